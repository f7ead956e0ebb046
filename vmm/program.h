/*
 * Loading the program: the static ELF that the guest is for, placed where it
 * was linked, in the window of guest memory.
 */
#ifndef RINGSIDE_VMM_PROGRAM_H
#define RINGSIDE_VMM_PROGRAM_H

#include "guests/unikernel/page_tables.h"
#include "oci/error.h"
#include "vmm/memory.h"

#include <stdint.h>

/* Where the program came to lie; addresses are guest-virtual. */
struct program {
    uint64_t window, window_size; /* all memory behind the system region */
    uint64_t end;                 /* first byte after the program */
    uint64_t entry;
    uint64_t headers; /* program headers, 0 where no segment holds them */
    uint64_t header_count;
};

/*
 * Opens PATH as seen from inside ROOTFS (links never lead out of it).
 * Returns a descriptor that the caller closes, or a negative errno.
 */
int program_open(const char *rootfs, const char *path, struct error *error);

/*
 * Checks, places, copies and maps the open ELF file (name is for messages).
 * Errors: -ENOEXEC for what cannot be run, -ENOMEM where guest memory is too
 * small, -EIO and others from reading.
 */
int program_load(int fd, const char *name, const struct guest_memory *memory,
                 struct page_tables *tables, struct program *program,
                 struct error *error);

#endif
