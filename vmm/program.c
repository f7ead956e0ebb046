/*
 * The program loader. The window's virtual base is the program's lowest
 * address rounded down to 2 MiB, so that 2 MiB pages of the guest fall on
 * 2 MiB pages of the host.
 * Source: System V ABI, chapter 5 (program loading).
 */
#include "vmm/program.h"

#include "guests/unikernel/layout.h"
#include "oci/cleanup.h"
#include "oci/elf.h"
#include "vmm/files.h"
#include "vmm/program_hint.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    /* Linux lets no program map memory below this address. */
    LOWEST_ADDRESS = 0x10000,
    /* Where a position-independent program is placed. */
    POSITION_INDEPENDENT_BASE = 0x400000,
};

int program_open(const char *rootfs, const char *path, struct error *error)
{
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
    };
    _cleanup_close_ int root = open(rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
    long fd;

    if (root < 0)
        return error_errno(error, errno, "cannot open %s", rootfs);
    fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
    if (fd < 0)
        return error_program(error, errno, path);
    return (int)fd;
}

static uint64_t page_down(uint64_t value)
{
    return value & -(uint64_t)PAGE_SIZE;
}

static uint64_t page_up(uint64_t value)
{
    return page_down(value + PAGE_SIZE - 1);
}

static bool is_loaded(const Elf64_Phdr *segment)
{
    return segment->p_type == PT_LOAD && segment->p_memsz > 0;
}

/* Lowest and highest address of the program, before it is moved. */
static void program_span(const struct elf_program *elf, uint64_t *low,
                         uint64_t *high)
{
    *low = UINT64_MAX;
    *high = 0;
    for (size_t i = 0; i < elf->header.e_phnum; i++) {
        const Elf64_Phdr *segment = &elf->segments[i];

        if (!is_loaded(segment))
            continue;
        if (segment->p_vaddr < *low)
            *low = segment->p_vaddr;
        if (segment->p_vaddr + segment->p_memsz > *high)
            *high = segment->p_vaddr + segment->p_memsz;
    }
}

/* Do they have bytes of one page? No page can have the rights of both. */
static bool share_page(const Elf64_Phdr *one, const Elf64_Phdr *other)
{
    return page_down(one->p_vaddr) < page_up(other->p_vaddr + other->p_memsz) &&
           page_down(other->p_vaddr) < page_up(one->p_vaddr + one->p_memsz);
}

static int check_overlap(const struct elf_program *elf, const char *name,
                         struct error *error)
{
    for (size_t i = 0; i < elf->header.e_phnum; i++) {
        for (size_t j = 0; j < i; j++) {
            const Elf64_Phdr *one = &elf->segments[i];

            if (is_loaded(one) && is_loaded(&elf->segments[j]) &&
                share_page(one, &elf->segments[j]))
                return error_set(error, ENOEXEC,
                                 "%s: segments %zu and %zu share a page, at "
                                 "%#" PRIx64,
                                 name, j, i, page_down(one->p_vaddr));
        }
    }
    return 0;
}

/* Chooses the window; *bias is what to add to the file's addresses. */
static int place(const struct elf_program *elf, const char *name,
                 const struct guest_memory *memory, struct program *program,
                 uint64_t *bias, struct error *error)
{
    uint64_t low, high;

    program_span(elf, &low, &high);
    if (low >= high)
        return error_set(error, ENOEXEC, "%s: has nothing to load", name);
    *bias = elf->header.e_type == ET_DYN ? POSITION_INDEPENDENT_BASE : 0;
    if (high >= SYSTEM_BASE - *bias)
        return error_set(error, ENOEXEC,
                         "%s: is linked at %#" PRIx64
                         ", beyond what a unikernel can map",
                         name, high);
    low += *bias;
    high += *bias;
    if (low < LOWEST_ADDRESS)
        return error_set(error, ENOEXEC,
                         "%s: is linked at %#" PRIx64
                         ", below the lowest address allowed (%#x)",
                         name, low, LOWEST_ADDRESS);
    program->window = low & -(uint64_t)LARGE_PAGE_SIZE;
    program->window_size = memory->size - SYSTEM_SIZE;
    program->end = high;
    program->entry = elf->header.e_entry + *bias;
    if (page_up(high) - program->window > program->window_size)
        return error_set(
            error, ENOMEM,
            "%s: needs %" PRIu64 " bytes, guest memory leaves %" PRIu64
            ": give it more with --memory",
            name, page_up(high) - program->window, program->window_size);
    if (program->window_size > SYSTEM_BASE - program->window)
        return error_set(error, ENOMEM,
                         "%s: guest memory of %" PRIu64
                         " bytes does not fit above its address",
                         name, memory->size);
    return 0;
}

static uint64_t segment_rights(const Elf64_Phdr *segment)
{
    uint64_t rights = PAGE_PRESENT | PAGE_USER;

    if (segment->p_flags & PF_W)
        rights |= PAGE_WRITE;
    if (!(segment->p_flags & PF_X))
        rights |= PAGE_NO_EXECUTE;
    return rights;
}

/* Maps and fills one segment. */
static int load_segment(int fd, const char *name,
                        const struct guest_memory *memory,
                        struct page_tables *tables,
                        const struct program *program,
                        const Elf64_Phdr *segment, uint64_t start,
                        struct error *error)
{
    uint64_t first = page_down(start);
    uint64_t length = page_up(start + segment->p_memsz) - first;
    struct guest_addr at = {start - program->window + WINDOW_PHYSICAL};
    void *slice = guest_memory_slice(memory, at, segment->p_memsz);
    int status;

    if (slice == NULL)
        return error_set(error, ENOMEM, "%s: does not fit guest memory", name);
    status = file_read_at(fd, slice, segment->p_filesz, segment->p_offset);
    if (status < 0)
        return error_errno(error, -status, "cannot read %s", name);
    if (page_tables_map(tables, first, at.value - (start - first), length,
                        segment_rights(segment)) < 0)
        return error_set(error, ENOMEM, "%s: no room for page tables", name);
    return 0;
}

/* The program headers as the program will see them (AT_PHDR). */
static void find_headers(const struct elf_program *elf, uint64_t bias,
                         struct program *program)
{
    uint64_t offset = elf->header.e_phoff;

    program->header_count = elf->header.e_phnum;
    for (size_t i = 0; i < elf->header.e_phnum; i++) {
        const Elf64_Phdr *segment = &elf->segments[i];

        if (segment->p_type == PT_LOAD && offset >= segment->p_offset &&
            offset - segment->p_offset < segment->p_filesz)
            program->headers =
                offset - segment->p_offset + segment->p_vaddr + bias;
    }
}

int program_load(int fd, const char *name, const struct guest_memory *memory,
                 struct page_tables *tables, struct program *program,
                 struct error *error)
{
    struct elf_program elf;
    uint64_t bias = 0;
    int status = elf_read_static(fd, name, &elf, error);

    if (status == -ENOEXEC)
        return program_hint(fd, error);
    if (status == 0)
        status = check_overlap(&elf, name, error);
    if (status == 0)
        status = place(&elf, name, memory, program, &bias, error);
    for (size_t i = 0; status == 0 && i < elf.header.e_phnum; i++) {
        const Elf64_Phdr *segment = &elf.segments[i];

        if (is_loaded(segment))
            status = load_segment(fd, name, memory, tables, program, segment,
                                  segment->p_vaddr + bias, error);
    }
    if (status == 0)
        find_headers(&elf, bias, program);
    return status;
}
