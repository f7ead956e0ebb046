/*
 * Names of the host kernel's functions by address, from /proc/kallsyms
 * (proc_kallsyms(5)). The kernel shows addresses to root alone, and to nobody
 * where kernel.kptr_restrict is 2.
 */
#ifndef RINGSIDE_BENCH_KERNEL_SYMBOLS_H
#define RINGSIDE_BENCH_KERNEL_SYMBOLS_H

#include "oci/error.h"

#include <stddef.h>
#include <stdint.h>

enum { KERNEL_SYMBOL_SIZE = 64 }; /* longer names are cut */

struct kernel_symbol {
    uint64_t address;
    char name[KERNEL_SYMBOL_SIZE];
};

/* Sorted by address; a zeroed one is empty and needs no release. */
struct kernel_symbols {
    struct kernel_symbol *items;
    size_t count;
};

/*
 * Reads a file in the format of /proc/kallsyms, functions alone. Errors: of the
 * file; -EPERM where addresses are hidden.
 */
int kernel_symbols_load(const char *path, struct kernel_symbols *symbols,
                        struct error *error);

/* The function that an address is in; NULL when it is below them all. */
const char *kernel_symbols_find(const struct kernel_symbols *symbols,
                                uint64_t address);

void kernel_symbols_release(struct kernel_symbols *symbols);

#endif
