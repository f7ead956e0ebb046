/*
 * The output of a guest that is run up to a point: kept, not written, so that
 * each guest which goes on from there can begin with it. The point is the first
 * line "ringside ready" on standard output; the write that completes the line
 * is not kept, as it is the first thing that is done again.
 */
#ifndef RINGSIDE_VMM_RECORDER_H
#define RINGSIDE_VMM_RECORDER_H

#include "oci/error.h"
#include "vmm/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORDER_READY_LINE "ringside ready\n"

enum { RECORDER_MAX = 64 << 10 }; /* bytes kept, with their heads */

/* Before each piece of output. */
struct recorder_head {
    uint32_t stream; /* 1 or 2 */
    uint32_t length; /* bytes that follow */
};

/* All zeros is a recorder at a line's start with nothing kept. */
struct recorder {
    struct buffer kept;
    size_t matched; /* of the ready line, SIZE_MAX: inside another one */
    bool ready;
};

/* Has the room for all that can be kept: no more memory is asked for. Errors:
 * -ENOMEM. */
int recorder_reserve(struct recorder *recorder);

/*
 * Takes length bytes that the guest writes to a stream. Returns length, or 0
 * with ready set where they complete the ready line; -ENOSPC where more is
 * written than is kept, -ENOMEM.
 */
int64_t recorder_write(struct recorder *recorder, uint64_t stream,
                       const void *data, size_t length);

/* Whether the size bytes at data are what recorder_write keeps. */
bool recorder_check(const void *data, size_t size);

/* Writes what was kept to standard output and error. Errors: of write(2). */
int recorder_replay(const void *data, size_t size);

void recorder_release(struct recorder *recorder);

#endif
