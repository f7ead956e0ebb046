/*
 * The boot information page: all that the VMM tells the library OS. It lies at
 * SYSTEM_BOOT_INFO, is written once before the first instruction, and is
 * read-only for the guest.
 */
#ifndef RINGSIDE_UNIKERNEL_BOOT_INFO_H
#define RINGSIDE_UNIKERNEL_BOOT_INFO_H

#include <stdint.h>

#define BOOT_INFO_MAGIC   0x6564697367 /* "gside" */
#define BOOT_INFO_VERSION 1

/* Addresses are guest-virtual unless noted; sizes are bytes. */
struct boot_info {
    uint64_t magic;
    uint64_t version;

    /* Memory. The window is [window, window + window_size). */
    uint64_t memory_size;
    uint64_t window;
    uint64_t window_size;
    uint64_t program_end; /* first byte after the program; brk starts here */
    uint64_t stack;       /* lowest byte of the program's stack */
    uint64_t stack_end;   /* strings of argv and envp lie just below */

    /* Page tables, guest-physical. */
    uint64_t page_table_root;
    uint64_t page_table_next; /* first free page of the pool */

    /* Program. */
    uint64_t program_entry;
    uint64_t program_headers;
    uint64_t program_header_count;
    uint64_t strings; /* NUL-terminated, packed: path of the program, working
                         directory, argv, envp */
    uint64_t argument_count; /* at least 1 */
    uint64_t environment_count;
    uint64_t uid, gid;

    /* Clock: wall time is wall_ns + (tsc - tsc_base) / frequency. */
    uint64_t tsc_khz;
    uint64_t tsc_base;
    uint64_t wall_ns; /* ns since 1970 at tsc_base */

    uint8_t seed[32]; /* fresh randomness for this guest alone */
    uint8_t id[16];   /* random identity of this guest */
};

#endif
