/*
 * The boot information page: all that the VMM tells the library OS. It lies at
 * SYSTEM_BOOT_INFO, is written before the first instruction, and is read-only
 * for the guest. A guest that goes on from a snapshot finds its last part,
 * from `generation` on, written anew; see renew.h.
 */
#ifndef RINGSIDE_UNIKERNEL_BOOT_INFO_H
#define RINGSIDE_UNIKERNEL_BOOT_INFO_H

#include <stdint.h>

#define BOOT_INFO_MAGIC   0x6564697367 /* "gside" */
#define BOOT_INFO_VERSION 4

/* Flags. */
#define BOOT_INFO_TRACE             (1u << 0) /* print system calls */
#define BOOT_INFO_ROOT_READ_ONLY    (1u << 1) /* writes to files: EROFS */
#define BOOT_INFO_NO_NEW_PRIVILEGES (1u << 2) /* as prctl(2) shows it */
#define BOOT_INFO_CAPABILITIES      (1u << 3) /* else by the user id */

#define BOOT_INFO_RLIMITS  16 /* RLIMIT_..., all that Linux has */
#define BOOT_INFO_GROUPS   64
#define BOOT_INFO_HOSTNAME 64 /* bytes, without the NUL */
#define BOOT_INFO_SEED     32 /* bytes */
#define BOOT_INFO_ID       16

/* Soft and hard limit; UINT64_MAX is RLIM_INFINITY. */
struct boot_rlimit {
    uint64_t soft, hard;
};

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
    /* What of the window is only there after HYPERCALL_ADD_MEMORY. */
    uint64_t held, held_end;

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
    uint64_t terminals; /* bit n: standard stream n is one */
    uint64_t flags;     /* BOOT_INFO_... */
    uint64_t umask;
    uint64_t group_count; /* supplementary groups */
    uint32_t groups[BOOT_INFO_GROUPS];
    /* Bit n is capability n: bounding, effective, permitted, inheritable,
       ambient. */
    uint64_t capabilities[5];
    /* Of the bundle, else those that Linux starts its first program with. */
    struct boot_rlimit rlimits[BOOT_INFO_RLIMITS];
    char hostname[BOOT_INFO_HOSTNAME + 1];

    /* Where HYPERCALL_ATTACH_ROOT puts the root file system: guest-physical,
       2 MiB-aligned. See root_archive.h. */
    uint64_t root_physical;

    uint64_t generation; /* changes when what follows is written anew */

    /* Clocks: each is its value at tsc_base + (tsc - tsc_base) / frequency. */
    uint64_t tsc_khz;
    uint64_t tsc_base;
    uint64_t wall_ns;      /* ns since 1970 */
    uint64_t monotonic_ns; /* ns that the guest has run */

    uint8_t seed[BOOT_INFO_SEED]; /* fresh randomness for this guest alone */
    uint8_t id[BOOT_INFO_ID];     /* random identity of this guest */
};

#endif
