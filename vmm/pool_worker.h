/*
 * A worker of a pool: a process with one prepared guest, which it gives to the
 * first client that asks, and ends with it. The guest is in a process of its
 * own, in a jail (pool_guest.h), whose supervisor the worker is.
 */
#ifndef RINGSIDE_VMM_POOL_WORKER_H
#define RINGSIDE_VMM_POOL_WORKER_H

#include "vmm/root_archive.h"

#include <stdbool.h>
#include <stdint.h>

struct pool_options {
    const char *bundle;   /* to prepare guests of; NULL: none is prepared */
    uint64_t memory_size; /* bytes of a guest, 0: as its bundle says */
    unsigned int size;    /* guests kept ready */
    struct root_options root;
    bool no_jail;
};

/* What a worker says once, on the pipe that it was given. */
struct pool_report {
    int32_t failed; /* 0: it is ready; or it ends now, `text` says why */
    char text[1024];
};

/*
 * The life of a worker: prepares, reports, accepts one client at the listening
 * socket, serves it. Returns the status to exit with. Clients must be of this
 * process's user or root.
 */
int pool_worker(int listener, int report, const struct pool_options *options);

#endif
