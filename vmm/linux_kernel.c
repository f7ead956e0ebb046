/* Kernel images; see linux_kernel.h. Both kinds are hostile input. */
#include "vmm/linux_kernel.h"

#include "vmm/files.h"
#include "vmm/microvm_layout.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

enum {
    SECTOR = 512,
    BOOT_FLAG = 0xaa55,
    HEADER_MAGIC = 0x53726448, /* "HdrS" */
    VERSION_MIN = 0x020c,      /* 64-bit entry, since Linux 3.8 */
    DEFAULT_SETUP_SECTORS = 4,
    ENTRY_64 = 0x200, /* from where the protected-mode kernel is loaded */
    NOTE_PHYS32_ENTRY = 18,
    MAX_SEGMENTS = 64,
    MAX_NOTES_SIZE = 1 << 16,
};

/* What is being loaded, from where, to where. */
struct source {
    int fd;
    const char *name;
    uint64_t size; /* of the file */
    const struct guest_memory *memory;
};

/* Reads part of the file into guest memory below the gap. */
static int load_range(const struct source *source, uint64_t offset,
                      uint64_t length, uint64_t address, struct error *error)
{
    void *slice = NULL;
    int status;

    if (address >= MICROVM_HIGH && address < source->memory->low_size)
        slice = guest_memory_slice(source->memory, (struct guest_addr){address},
                                   length);
    if (slice == NULL)
        return error_set(error, ENOMEM,
                         "%s: does not fit guest memory at %#" PRIx64
                         ": give it more with --memory",
                         source->name, address);
    if (offset > source->size || length > source->size - offset)
        return error_set(error, ENOEXEC, "%s: is cut short", source->name);
    status = file_read_at(source->fd, slice, length, offset);
    if (status < 0)
        return error_errno(error, -status, "cannot read %s", source->name);
    return 0;
}

static int check_setup(const struct source *source,
                       const struct setup_header *setup, struct error *error)
{
    if (setup->version < VERSION_MIN)
        return error_set(error, ENOEXEC,
                         "%s: boot protocol %#x is too old for a 64-bit entry",
                         source->name, setup->version);
    if (!(setup->xloadflags & XLF_KERNEL_64))
        return error_set(error, ENOEXEC, "%s: is not a 64-bit kernel",
                         source->name);
    if (setup->pref_address < MICROVM_HIGH ||
        setup->pref_address + setup->init_size > source->memory->low_size)
        return error_set(
            error, ENOMEM,
            "%s: needs memory up to %#" PRIx64 ": give it more with --memory",
            source->name, (uint64_t)setup->pref_address + setup->init_size);
    return 0;
}

static int load_bzimage(const struct source *source,
                        struct linux_kernel *kernel, struct error *error)
{
    const uint64_t start = offsetof(struct boot_params, hdr);
    struct setup_header *setup = &kernel->setup;
    uint64_t skip;
    int status = file_read_at(source->fd, setup, sizeof(*setup), start);

    if (status < 0)
        return error_set(error, ENOEXEC, "%s: is cut short", source->name);
    status = check_setup(source, setup, error);
    if (status < 0)
        return status;
    if (setup->setup_sects == 0)
        setup->setup_sects = DEFAULT_SETUP_SECTORS;
    skip = ((uint64_t)setup->setup_sects + 1) * SECTOR;
    if (skip >= source->size)
        return error_set(error, ENOEXEC, "%s: is cut short", source->name);
    if ((uint64_t)setup->syssize * 16 > source->size - skip)
        return error_set(error, ENOEXEC, "%s: is cut short", source->name);
    kernel->protocol = LINUX_BOOT_64;
    kernel->entry = setup->pref_address + ENTRY_64;
    kernel->end = setup->pref_address + setup->init_size;
    return load_range(source, skip, source->size - skip, setup->pref_address,
                      error);
}

/* Looks for the PVH entry point among the notes of one segment. */
static int find_pvh_note(const unsigned char *notes, uint64_t size,
                         uint64_t *entry)
{
    uint64_t at = 0;

    while (size - at >= sizeof(Elf64_Nhdr)) {
        Elf64_Nhdr note;
        uint64_t name, value, end;

        memcpy(&note, notes + at, sizeof(note));
        name = at + sizeof(note);
        value = name + (((uint64_t)note.n_namesz + 3) & ~3ull);
        end = value + (((uint64_t)note.n_descsz + 3) & ~3ull);
        if (end > size)
            return -ENOENT;
        if (note.n_type == NOTE_PHYS32_ENTRY && note.n_namesz == 4 &&
            memcmp(notes + name, "Xen", 4) == 0 &&
            (note.n_descsz == 4 || note.n_descsz == 8)) {
            *entry = 0;
            memcpy(entry, notes + value, note.n_descsz);
            return 0;
        }
        at = end;
    }
    return -ENOENT;
}

static int read_pvh_entry(const struct source *source,
                          const Elf64_Phdr *segment, uint64_t *entry)
{
    unsigned char notes[MAX_NOTES_SIZE];

    if (segment->p_filesz > sizeof(notes) || segment->p_offset > source->size ||
        segment->p_filesz > source->size - segment->p_offset ||
        file_read_at(source->fd, notes, segment->p_filesz, segment->p_offset) <
            0)
        return -ENOENT;
    return find_pvh_note(notes, segment->p_filesz, entry);
}

static int load_elf_segment(const struct source *source,
                            const Elf64_Phdr *segment,
                            struct linux_kernel *kernel, struct error *error)
{
    uint64_t end;

    if (segment->p_filesz > segment->p_memsz ||
        __builtin_add_overflow(segment->p_paddr, segment->p_memsz, &end) ||
        end > source->memory->low_size)
        return error_set(error, ENOMEM,
                         "%s: does not fit guest memory at %#" PRIx64
                         ": give it more with --memory",
                         source->name, (uint64_t)segment->p_paddr);
    if (end > kernel->end)
        kernel->end = end;
    return load_range(source, segment->p_offset, segment->p_filesz,
                      segment->p_paddr, error);
}

/* The segments have been loaded, so that no sum can wrap. */
static bool is_loaded(const Elf64_Phdr *segments, size_t count,
                      uint64_t address)
{
    for (size_t i = 0; i < count; i++) {
        if (segments[i].p_type == PT_LOAD && address >= segments[i].p_paddr &&
            address - segments[i].p_paddr < segments[i].p_memsz)
            return true;
    }
    return false;
}

static int load_vmlinux(const struct source *source, const Elf64_Ehdr *header,
                        struct linux_kernel *kernel, struct error *error)
{
    Elf64_Phdr segments[MAX_SEGMENTS];
    bool found = false;
    int status = 0;

    if (header->e_machine != EM_X86_64 ||
        header->e_ident[EI_CLASS] != ELFCLASS64 ||
        header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum == 0 ||
        header->e_phnum > MAX_SEGMENTS ||
        file_read_at(source->fd, segments, header->e_phnum * sizeof(Elf64_Phdr),
                     header->e_phoff) < 0)
        return error_set(error, ENOEXEC, "%s: is no x86-64 ELF kernel",
                         source->name);
    kernel->protocol = LINUX_PVH;
    for (size_t i = 0; status == 0 && i < header->e_phnum; i++) {
        if (segments[i].p_type == PT_LOAD)
            status = load_elf_segment(source, &segments[i], kernel, error);
        else if (segments[i].p_type == PT_NOTE && !found)
            found = read_pvh_entry(source, &segments[i], &kernel->entry) == 0;
    }
    if (status == 0 && !found)
        return error_set(error, ENOEXEC,
                         "%s: is an ELF file without a PVH entry point (a "
                         "kernel needs CONFIG_PVH)",
                         source->name);
    if (status == 0 && !is_loaded(segments, header->e_phnum, kernel->entry))
        return error_set(error, ENOEXEC,
                         "%s: its PVH entry point %#" PRIx64
                         " lies in none of its segments",
                         source->name, kernel->entry);
    return status;
}

int linux_kernel_load(int fd, const char *name,
                      const struct guest_memory *memory,
                      struct linux_kernel *kernel, struct error *error)
{
    union {
        Elf64_Ehdr elf;
        unsigned char bytes[offsetof(struct boot_params, hdr) +
                            sizeof(struct setup_header)];
    } head;
    struct source source = {.fd = fd, .name = name, .memory = memory};
    struct setup_header *setup =
        (void *)(head.bytes + offsetof(struct boot_params, hdr));
    struct stat status;

    if (fstat(fd, &status) < 0)
        return error_errno(error, errno, "cannot examine %s", name);
    if (!S_ISREG(status.st_mode))
        return error_set(error, ENOEXEC, "%s: is no regular file", name);
    source.size = (uint64_t)status.st_size;
    memset(kernel, 0, sizeof(*kernel));
    if (source.size < sizeof(head) ||
        file_read_at(fd, &head, sizeof(head), 0) < 0)
        return error_set(error, ENOEXEC, "%s: is too short for a kernel", name);
    if (memcmp(head.elf.e_ident, ELFMAG, SELFMAG) == 0)
        return load_vmlinux(&source, &head.elf, kernel, error);
    if (setup->boot_flag == BOOT_FLAG && setup->header == HEADER_MAGIC)
        return load_bzimage(&source, kernel, error);
    return error_set(error, ENOEXEC,
                     "%s: is neither a bzImage nor an ELF vmlinux", name);
}
