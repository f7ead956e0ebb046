/*
 * Is this file a static ELF for x86-64 Linux? See elf.h for the contract.
 *
 * The file is hostile: nothing in a header is believed before it has been
 * held against the size of the file and the user address range.
 */
#include "oci/elf.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* First address past user space with four-level page tables. */
static const uint64_t user_address_end = UINT64_C(1) << 47;

enum {
    /* Entries of PT_DYNAMIC looked at; linkers write a few dozen. */
    MAX_DYNAMIC_ENTRIES = 256,
};

static const struct {
    uint16_t machine;
    const char *name;
} machines[] = {
    {EM_386, "32-bit x86"}, {EM_ARM, "32-bit Arm"}, {EM_AARCH64, "AArch64"},
    {EM_RISCV, "RISC-V"},   {EM_PPC64, "PowerPC"},  {EM_S390, "S/390"},
};

static int refuse(struct error *error, const char *name, const char *what)
{
    return error_set(error, ENOEXEC, "%s %s", name, what);
}

/* Reads exactly size bytes at offset; the range was checked before. */
static int read_at(int fd, const char *name, void *buffer, size_t size,
                   uint64_t offset, struct error *error)
{
    size_t done = 0;

    while (done < size) {
        ssize_t n = pread(fd, (char *)buffer + done, size - done,
                          (off_t)(offset + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_errno(error, errno, "%s: cannot read", name);
        if (n == 0)
            return refuse(error, name, "is cut short");
        done += (size_t)n;
    }
    return 0;
}

/* Does [offset, offset + size) lie inside the file? */
static bool inside_file(const struct elf_program *program, uint64_t offset,
                        uint64_t size)
{
    return offset <= program->file_size && size <= program->file_size - offset;
}

static int check_file(int fd, const char *name, struct elf_program *program,
                      struct error *error)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return error_errno(error, errno, "%s: cannot examine", name);
    if (S_ISDIR(status.st_mode))
        return refuse(error, name, "is a directory, not a program");
    if (!S_ISREG(status.st_mode))
        return refuse(error, name, "is not a regular file");
    if (status.st_size == 0)
        return refuse(error, name, "is an empty file, not a program");
    program->file_size = (uint64_t)status.st_size;
    return 0;
}

static int refuse_machine(const char *name, uint16_t machine,
                          struct error *error)
{
    for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
        if (machines[i].machine == machine)
            return error_set(error, ENOEXEC,
                             "%s is built for %s, not for x86-64", name,
                             machines[i].name);
    }
    return error_set(error, ENOEXEC,
                     "%s is built for ELF machine %u, not for x86-64", name,
                     machine);
}

static int refuse_type(const char *name, uint16_t type, struct error *error)
{
    if (type == ET_REL)
        return refuse(error, name,
                      "is an object file that has not been linked");
    if (type == ET_CORE)
        return refuse(error, name, "is a core dump, not a program");
    return error_set(error, ENOEXEC, "%s has the unknown ELF type %u", name,
                     type);
}

/* The first bytes: what kind of file is it at all? */
static int check_identity(int fd, const char *name, struct elf_program *program,
                          struct error *error)
{
    Elf64_Ehdr *header = &program->header;
    size_t size = sizeof(*header);
    int status;

    memset(header, 0, sizeof(*header));
    if (program->file_size < size)
        size = (size_t)program->file_size;
    status = read_at(fd, name, header, size, 0, error);
    if (status < 0)
        return status;
    if (memcmp(header->e_ident, "#!", 2) == 0)
        return refuse(error, name,
                      "is a script; a static x86-64 ELF program is needed");
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return refuse(error, name, "is not an ELF program");
    if (size > EI_CLASS && header->e_ident[EI_CLASS] == ELFCLASS32)
        return refuse(error, name, "is a 32-bit program, not x86-64");
    if (size < sizeof(*header))
        return refuse(error, name, "is cut short inside the ELF header");
    return 0;
}

static int check_header(const char *name, const Elf64_Ehdr *header,
                        struct error *error)
{
    const unsigned char *identity = header->e_ident;

    if (identity[EI_CLASS] != ELFCLASS64)
        return refuse(error, name, "has an invalid ELF class");
    if (identity[EI_DATA] != ELFDATA2LSB)
        return refuse(error, name, "is big-endian, not x86-64");
    if (header->e_machine != EM_X86_64)
        return refuse_machine(name, header->e_machine, error);
    if (identity[EI_VERSION] != EV_CURRENT || header->e_version != EV_CURRENT)
        return refuse(error, name, "has an unknown ELF version");
    if (identity[EI_OSABI] != ELFOSABI_NONE &&
        identity[EI_OSABI] != ELFOSABI_LINUX)
        return refuse(error, name, "is built for another system than Linux");
    if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
        return refuse_type(name, header->e_type, error);
    if (header->e_phnum == 0)
        return refuse(error, name, "has no program headers");
    if (header->e_phnum > ELF_MAX_PROGRAM_HEADERS)
        return error_set(error, ENOEXEC,
                         "%s has %u program headers, more than %d", name,
                         header->e_phnum, ELF_MAX_PROGRAM_HEADERS);
    if (header->e_phentsize != sizeof(Elf64_Phdr))
        return refuse(error, name, "has program headers of a wrong size");
    return 0;
}

static int check_load(const char *name, const struct elf_program *program,
                      const Elf64_Phdr *segment, struct error *error)
{
    if (segment->p_filesz > segment->p_memsz)
        return refuse(error, name,
                      "has a segment larger in the file than in memory");
    if (!inside_file(program, segment->p_offset, segment->p_filesz))
        return refuse(error, name,
                      "is cut short: a segment reaches past its end");
    if (segment->p_vaddr >= user_address_end ||
        segment->p_memsz > user_address_end - segment->p_vaddr)
        return refuse(error, name, "has a segment outside user addresses");
    return 0;
}

/* A program without PT_INTERP may still ask for shared libraries. */
static int check_dynamic(int fd, const char *name,
                         const struct elf_program *program,
                         const Elf64_Phdr *segment, struct error *error)
{
    Elf64_Dyn entries[MAX_DYNAMIC_ENTRIES];
    size_t count = segment->p_filesz / sizeof(entries[0]);
    int status;

    if (!inside_file(program, segment->p_offset, segment->p_filesz))
        return refuse(error, name,
                      "is cut short: its dynamic section is outside the file");
    if (count > MAX_DYNAMIC_ENTRIES)
        return refuse(error, name, "has an oversized dynamic section");
    status = read_at(fd, name, entries, count * sizeof(entries[0]),
                     segment->p_offset, error);
    if (status < 0)
        return status;
    for (size_t i = 0; i < count && entries[i].d_tag != DT_NULL; i++) {
        if (entries[i].d_tag == DT_NEEDED)
            return refuse(error, name,
                          "needs shared libraries; link it with -static");
    }
    return 0;
}

static int check_segment(int fd, const char *name,
                         const struct elf_program *program,
                         const Elf64_Phdr *segment, struct error *error)
{
    switch (segment->p_type) {
    case PT_INTERP:
        return refuse(error, name,
                      "is dynamically linked; link it with -static");
    case PT_LOAD:
        return check_load(name, program, segment, error);
    case PT_DYNAMIC:
        return check_dynamic(fd, name, program, segment, error);
    default:
        return 0;
    }
}

static int check_entry(const char *name, const struct elf_program *program,
                       struct error *error)
{
    uint64_t entry = program->header.e_entry;

    for (size_t i = 0; i < program->header.e_phnum; i++) {
        const Elf64_Phdr *segment = &program->segments[i];

        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X) != 0 &&
            entry >= segment->p_vaddr &&
            entry - segment->p_vaddr < segment->p_memsz)
            return 0;
    }
    return refuse(error, name, "has its entry point outside its code");
}

int elf_read_static(int fd, const char *name, struct elf_program *program,
                    struct error *error)
{
    const Elf64_Ehdr *header = &program->header;
    size_t table_size;
    int status;

    status = check_file(fd, name, program, error);
    if (status == 0)
        status = check_identity(fd, name, program, error);
    if (status == 0)
        status = check_header(name, header, error);
    if (status < 0)
        return status;

    table_size = header->e_phnum * sizeof(Elf64_Phdr);
    if (!inside_file(program, header->e_phoff, table_size))
        return refuse(error, name,
                      "is cut short: its program headers are outside the file");
    status = read_at(fd, name, program->segments, table_size, header->e_phoff,
                     error);
    for (size_t i = 0; status == 0 && i < header->e_phnum; i++)
        status = check_segment(fd, name, program, &program->segments[i], error);
    if (status < 0)
        return status;
    return check_entry(name, program, error);
}

int elf_check_static(const char *path, struct error *error)
{
    /* Not blocking: the name may be that of a FIFO. */
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct elf_program program;

    if (fd < 0)
        return error_errno(error, errno, "%s: cannot open", path);
    return elf_read_static(fd, path, &program, error);
}
