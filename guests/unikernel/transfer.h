/*
 * Moving bytes between the program and open files: what read(2), write(2),
 * their vectors and positions have in common.
 */
#ifndef RINGSIDE_UNIKERNEL_TRANSFER_H
#define RINGSIDE_UNIKERNEL_TRANSFER_H

#include "guests/unikernel/descriptor.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    /* Linux moves at most this many bytes by one call. */
    TRANSFER_MAX = 0x7ffff000,
};

/* Where a transfer takes place. */
struct place {
    struct description *file;
    bool at_position; /* of the description, which moves along */
    uint64_t offset;
};

/*
 * Moves bytes from or to the program's memory at an address, which is checked
 * here; place moves along. Returns their number, or what the node's operation
 * does, or -EFAULT, -EFBIG, -EINVAL.
 */
int64_t transfer_read(struct place *place, uint64_t address, uint64_t length);
int64_t transfer_write(struct place *place, uint64_t address, uint64_t length);

/* Whether no program could have this memory: -EFAULT before all else. */
bool transfer_is_outside(uint64_t address, uint64_t length);

/*
 * The place of a call that reads or writes at the description's position.
 * Errors: -EBADF, -EISDIR, -EINVAL.
 */
int64_t transfer_begin(uint64_t descriptor, bool writes, struct place *place);

/* The same at an offset of the program's; also -ESPIPE. */
int64_t transfer_begin_at(uint64_t descriptor, bool writes, int64_t offset,
                          struct place *place);

#endif
