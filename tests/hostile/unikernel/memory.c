/*
 * Attacks by page tables, which are in the program's reach: everything mapped
 * that there is not, and nothing mapped that there should be.
 */
#include "tests/hostile/unikernel/program.h"

#include "guests/unikernel/page_tables.h"

enum { ENTRIES = 512 };

#define ALL_RIGHTS (PAGE_PRESENT | PAGE_WRITE | PAGE_USER)

/* What lies at a guest-physical address, or behind memory, is read. */
static void read_physical(const uint64_t *arguments)
{
    say("attempts", 1);
    map_wild(arguments[0] == 0 ? BOOT->memory_size : arguments[0]);
    (void)*(volatile uint64_t *)WILD;
}

static void write_physical(const uint64_t *arguments)
{
    say("attempts", 1);
    map_wild(arguments[0] == 0 ? BOOT->memory_size : arguments[0]);
    *(volatile uint64_t *)WILD = UINT64_MAX;
}

static void execute_physical(const uint64_t *arguments)
{
    say("attempts", 1);
    map_wild(arguments[0] == 0 ? BOOT->memory_size : arguments[0]);
    ((void (*)(void))WILD)();
}

/*
 * All of the lower address space is one table, which is its own entry on each
 * level: writing anywhere changes what is mapped everywhere.
 */
static void map_everything(const uint64_t *arguments)
{
    const uint64_t last = SYSTEM_SIZE - PAGE_SIZE;
    volatile uint64_t *root = page_table(BOOT->page_table_root);

    (void)arguments;
    say("attempts", ENTRIES);
    for (uint64_t i = 0; i < ENTRIES; i++)
        page_table(last)[i] = last | ALL_RIGHTS;
    for (uint64_t i = 0; i < ENTRIES; i++) {
        if (root[i] == 0)
            root[i] = last | ALL_RIGHTS;
    }
    flush_tlb();
    for (uint64_t i = 1; i < ENTRIES / 2; i++)
        (*(volatile uint64_t *)(i << 39 | 0x800))++;
}

/* Bits that must be zero, in every level at once. */
static void reserved_bits(const uint64_t *arguments)
{
    volatile uint64_t *root = page_table(BOOT->page_table_root);

    (void)arguments;
    say("attempts", 1);
    for (uint64_t i = 0; i < ENTRIES; i++)
        root[i] |= 0x7ffull << 52 | PAGE_LARGE | 1ull << 51;
    flush_tlb();
}

/* Nothing is mapped any more, not even what handles that. */
static void nothing_mapped(const uint64_t *arguments)
{
    volatile uint64_t *root = page_table(BOOT->page_table_root);

    (void)arguments;
    say("attempts", 1);
    for (uint64_t i = 0; i < ENTRIES; i++)
        root[i] = 0;
    flush_tlb();
}

/* The processor's own tables, page by page from the one given. */
static void scribble_system(const uint64_t *arguments)
{
    volatile uint64_t *at;

    say("attempts", 1);
    *page_entry(SYSTEM_BASE + arguments[0]) |= ALL_RIGHTS;
    flush_tlb();
    at = (volatile uint64_t *)(SYSTEM_BASE + arguments[0]);
    for (int i = 0; i < ENTRIES; i++)
        at[i] = next_random();
    __asm__ volatile("ud2");
}

/* As its second-last act, what the VMM reads of the guest's own account. */
static void forge_boot_info(const uint64_t *arguments)
{
    (void)arguments;
    *page_entry(SYSTEM_BASE + SYSTEM_BOOT_INFO) |= PAGE_WRITE;
    flush_tlb();
    for (uint64_t i = 0; i < 4096 / 8; i++)
        ((volatile uint64_t *)BOOT)[i] = next_absurd();
    say("attempts", 1);
}

const struct attack memory_attacks[] = {
    {"read-physical", read_physical},
    {"write-physical", write_physical},
    {"execute-physical", execute_physical},
    {"map-everything", map_everything},
    {"reserved-bits", reserved_bits},
    {"nothing-mapped", nothing_mapped},
    {"scribble-system", scribble_system},
    {"forge-boot-info", forge_boot_info},
    {NULL, NULL},
};
