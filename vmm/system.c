/*
 * Building the system region. The library OS is an ELF inside this program
 * (image.S), already linked to its place; its segments are copied and mapped
 * with exactly the rights that they ask for.
 * Source: Intel SDM volume 3, 3.4.5 (segment descriptors), 6.14 (interrupts
 * in 64-bit mode), 7.7 (TSS in 64-bit mode).
 */
#include "vmm/system.h"

#include "guests/unikernel/hypercall.h"
#include "guests/unikernel/layout.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

enum {
    GATE_INTERRUPT = 0x8e00, /* present, 64-bit interrupt gate, DPL 0 */
    GATE_DPL3 = 0x6000,
    VECTOR_BREAKPOINT = 3,
    VECTOR_DOUBLE_FAULT = 8,
    TSS_RSP0 = 4, /* byte offsets in the TSS */
    TSS_IST1 = 36,
    TSS_IO_MAP_BASE = 102,
    TSS_IO_MAP = 104,
};

#define RIGHTS_RING0_DATA (PAGE_PRESENT | PAGE_WRITE | PAGE_NO_EXECUTE)
#define RIGHTS_READ       (PAGE_PRESENT | PAGE_USER | PAGE_NO_EXECUTE)
#define RIGHTS_READ_WRITE (RIGHTS_READ | PAGE_WRITE)
#define RIGHTS_CODE       (PAGE_PRESENT | PAGE_USER)

extern const unsigned char unikernel_image[], unikernel_image_end[];

static const uint64_t descriptors[] = {
    [SELECTOR_KERNEL_CODE / 8] = 0x00af9b000000ffff,
    [SELECTOR_KERNEL_DATA / 8] = 0x00cf93000000ffff,
    [SELECTOR_USER_DATA / 8] = 0x00cff3000000ffff,
    [SELECTOR_USER_CODE / 8] = 0x00affb000000ffff,
};

static void write_gdt(char *gdt)
{
    const uint64_t base = SYSTEM_BASE + SYSTEM_TSS;
    const uint64_t busy_tss = 0x8bull << 40;
    const uint64_t task[2] = {
        (SYSTEM_TSS_SIZE - 1) | (base & 0xffffff) << 16 | busy_tss |
            (base >> 24 & 0xff) << 56,
        base >> 32,
    };

    memcpy(gdt, descriptors, sizeof(descriptors));
    memcpy(gdt + SELECTOR_TSS, task, sizeof(task));
}

/*
 * The TSS says where ring 0's stacks are, in the trap area, and which I/O
 * ports ring 3 may use: a clear bit allows, and the last byte must be all ones.
 */
static void write_tss(char *tss)
{
    const uint64_t trap = SYSTEM_BASE + SYSTEM_TRAP;
    const uint64_t rsp0 = trap + TRAP_STACK_TOP;
    const uint64_t ist1 = trap + TRAP_DOUBLE_FAULT;
    const uint16_t io_map = TSS_IO_MAP;

    _Static_assert((HYPERCALL_PORT + HYPERCALL_COUNT) / 8 + 1 <
                       SYSTEM_TSS_SIZE - TSS_IO_MAP,
                   "the I/O permission map does not reach all hypercalls");
    memcpy(tss + TSS_RSP0, &rsp0, sizeof(rsp0));
    memcpy(tss + TSS_IST1, &ist1, sizeof(ist1));
    memcpy(tss + TSS_IO_MAP_BASE, &io_map, sizeof(io_map));
    memset(tss + TSS_IO_MAP, 0xff, SYSTEM_TSS_SIZE - TSS_IO_MAP);
    for (int port = HYPERCALL_PORT; port < HYPERCALL_PORT + HYPERCALL_COUNT;
         port++) {
        /* A 32-bit access needs the bits of four ports. */
        for (int i = port; i < port + 4; i++)
            tss[TSS_IO_MAP + i / 8] &= (char)~(1 << i % 8);
    }
}

static void write_gate(char *idt, unsigned int vector, uint64_t handler,
                       uint64_t attributes)
{
    const uint64_t gate[2] = {
        (handler & 0xffff) | (uint64_t)SELECTOR_KERNEL_CODE << 16 |
            attributes << 32 | (handler >> 16 & 0xffff) << 48,
        handler >> 32,
    };

    memcpy(idt + vector * sizeof(gate), gate, sizeof(gate));
}

static void write_idt(char *idt)
{
    const uint64_t first = SYSTEM_BASE + SYSTEM_RING0;

    for (unsigned int vector = 0; vector < EXCEPTION_VECTORS; vector++) {
        uint64_t attributes = GATE_INTERRUPT;

        if (vector == VECTOR_BREAKPOINT)
            attributes |= GATE_DPL3;
        if (vector == VECTOR_DOUBLE_FAULT)
            attributes |= 1; /* on IST 1 */
        write_gate(idt, vector, first + vector * RING0_SLOT_SIZE, attributes);
    }
}

static int map(struct page_tables *tables, uint64_t offset, uint64_t length,
               uint64_t rights)
{
    return page_tables_map(tables, SYSTEM_BASE + offset, offset, length,
                           rights);
}

static int map_fixed_parts(struct page_tables *tables)
{
    static const struct {
        uint64_t start, end, rights;
    } parts[] = {
        {SYSTEM_TABLES, SYSTEM_RING0, RIGHTS_RING0_DATA},
        {SYSTEM_TRAP, SYSTEM_BOOT_INFO, RIGHTS_READ_WRITE},
        {SYSTEM_BOOT_INFO, SYSTEM_BOOT_INFO + PAGE_SIZE, RIGHTS_READ},
        {SYSTEM_STACK, SYSTEM_STACK_END, RIGHTS_READ_WRITE},
        {SYSTEM_PAGE_TABLES, SYSTEM_SIZE, RIGHTS_READ_WRITE},
    };

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        int status = map(tables, parts[i].start, parts[i].end - parts[i].start,
                         parts[i].rights);

        if (status < 0)
            return status;
    }
    return 0;
}

static uint64_t segment_rights(const Elf64_Phdr *segment)
{
    if (segment->p_flags & PF_X)
        return RIGHTS_CODE;
    return segment->p_flags & PF_W ? RIGHTS_READ_WRITE : RIGHTS_READ;
}

static int load_segment(const struct guest_memory *memory,
                        struct page_tables *tables, const Elf64_Phdr *segment,
                        struct error *error)
{
    uint64_t offset = segment->p_vaddr - SYSTEM_BASE;
    uint64_t pages = (segment->p_memsz + PAGE_SIZE - 1) & -(uint64_t)PAGE_SIZE;

    if (segment->p_vaddr % PAGE_SIZE != 0 ||
        segment->p_filesz > segment->p_memsz || offset >= SYSTEM_STACK ||
        pages > SYSTEM_STACK - offset ||
        guest_memory_write(memory, (struct guest_addr){offset},
                           unikernel_image + segment->p_offset,
                           segment->p_filesz) < 0)
        return error_set(error, EINVAL,
                         "the library OS does not fit the guest's layout");
    if (map(tables, offset, pages, segment_rights(segment)) < 0)
        return error_set(error, ENOMEM, "no room for page tables");
    return 0;
}

static int load_image(const struct guest_memory *memory,
                      struct page_tables *tables, uint64_t *entry,
                      struct error *error)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)unikernel_image;
    const Elf64_Phdr *segments =
        (const Elf64_Phdr *)(unikernel_image + header->e_phoff);

    for (size_t i = 0; i < header->e_phnum; i++) {
        int status = 0;

        if (segments[i].p_type == PT_LOAD)
            status = load_segment(memory, tables, &segments[i], error);
        if (status < 0)
            return status;
    }
    *entry = header->e_entry;
    return 0;
}

int system_load(const struct guest_memory *memory, struct page_tables *tables,
                uint64_t *entry, struct error *error)
{
    char *system =
        guest_memory_slice(memory, (struct guest_addr){0}, SYSTEM_SIZE);

    if (system == NULL)
        return error_set(error, EINVAL, "guest memory is too small");
    *tables = (struct page_tables){
        .system = system,
        .root = SYSTEM_PAGE_TABLES,
        .next = SYSTEM_PAGE_TABLES + PAGE_SIZE,
        .pool_end = SYSTEM_SIZE,
    };
    write_gdt(system + SYSTEM_TABLES);
    write_tss(system + SYSTEM_TSS);
    write_idt(system + SYSTEM_IDT);
    if (map_fixed_parts(tables) < 0)
        return error_set(error, ENOMEM, "no room for page tables");
    return load_image(memory, tables, entry, error);
}
