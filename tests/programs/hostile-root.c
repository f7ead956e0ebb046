/*
 * A guest that attaches its root file system by itself, maps it writable in
 * page tables that it edits, and does with it what the argument says:
 *
 *   read     prints how many entries its index has
 *   write    writes to it
 *   beyond   reads behind it
 *   twice    attaches it again: the size must be the same
 */
#include "guests/unikernel/boot_info.h"
#include "guests/unikernel/hypercall.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/page_tables.h"
#include "guests/unikernel/root_index.h"

#include <stdio.h>
#include <string.h>

static const struct boot_info *const boot =
    (const struct boot_info *)(SYSTEM_BASE + SYSTEM_BOOT_INFO);

static int64_t attach(void)
{
    static volatile struct hypercall_attach_root call;
    uint64_t physical = (uint64_t)&call - boot->window + WINDOW_PHYSICAL;

    __asm__ volatile("outl %0, %w1"
                     :
                     : "a"((uint32_t)physical),
                       "d"(HYPERCALL_PORT + HYPERCALL_ATTACH_ROOT)
                     : "memory");
    return call.result;
}

static volatile uint64_t *table(uint64_t physical)
{
    return (volatile uint64_t *)(SYSTEM_BASE + (physical & PAGE_ADDRESS));
}

/* The GiB at ROOT_ARCHIVE_BASE, through the last page of the pool. */
static void map_writable(void)
{
    const uint64_t rights = PAGE_PRESENT | PAGE_WRITE | PAGE_USER;
    const uint64_t last = SYSTEM_SIZE - PAGE_SIZE;
    volatile uint64_t *root = table(boot->page_table_root);
    volatile uint64_t *directory = table(root[ROOT_ARCHIVE_BASE >> 39 & 511]);

    for (uint64_t i = 0; i < 512; i++)
        table(last)[i] =
            (boot->root_physical + i * LARGE_PAGE_SIZE) | rights | PAGE_LARGE;
    directory[ROOT_ARCHIVE_BASE >> 30 & 511] = last | rights;
}

int main(int argc, char **argv)
{
    const char *what = argc == 2 ? argv[1] : "";
    const uint64_t size = (uint64_t)attach();
    volatile char *base = (volatile char *)ROOT_ARCHIVE_BASE;
    const struct root_index *index =
        (const struct root_index *)(ROOT_ARCHIVE_BASE + size - PAGE_SIZE);

    map_writable();
    if (strcmp(what, "twice") == 0)
        return (uint64_t)attach() == size ? 0 : 1;
    if (strcmp(what, "read") == 0)
        printf("%u entries\n", (unsigned int)index->entry_count);
    else if (strcmp(what, "write") == 0)
        base[0] = 1;
    else if (strcmp(what, "beyond") == 0)
        return base[(size + LARGE_PAGE_SIZE) & -(uint64_t)LARGE_PAGE_SIZE];
    return 0;
}
