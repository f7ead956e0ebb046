/*
 * The guest that a worker of a pool has ready: made from a bundle, run until
 * it said so, and paused there.
 */
#ifndef RINGSIDE_VMM_POOL_GUEST_H
#define RINGSIDE_VMM_POOL_GUEST_H

#include "oci/bundle.h"
#include "oci/error.h"
#include "vmm/recorder.h"
#include "vmm/unikernel.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct pool_guest {
    struct bundle bundle;
    struct unikernel unikernel;
    struct recorder recorder;
    uint64_t monotonic_ns; /* how long it has run */
    /* The files that it was made from, as they were. */
    struct stat config, program;
    bool exists;
};

/*
 * Makes one of the bundle in directory; memory_size 0: as it says.
 * `until_ready` runs it up to its line "ringside ready"; without, it has yet to
 * be entered. Errors: of the parts; -ECHILD where the program ends before that
 * line. The caller releases it, also after failure.
 */
int pool_guest_make(struct pool_guest *guest, const char *directory,
                    uint64_t memory_size, bool until_ready,
                    struct error *error);

/* Whether it is of that bundle, whose files have not changed since. */
bool pool_guest_fits(const struct pool_guest *guest, const char *directory);

/*
 * Runs it to its end with the process's standard streams. Returns 0 with its
 * exit status, -EINTR where a signal ended it, or the error of a VM that cannot
 * go on.
 */
int pool_guest_run(struct pool_guest *guest, int *exit_status,
                   struct error *error);

void pool_guest_release(struct pool_guest *guest);

#endif
