/*
 * The daemon of a pool: keeps so many workers alive, until it is told to end.
 */
#ifndef RINGSIDE_VMM_POOL_DAEMON_H
#define RINGSIDE_VMM_POOL_DAEMON_H

#include "oci/error.h"
#include "vmm/pool_worker.h"

enum { POOL_MAX_SIZE = 4096, POOL_DEFAULT_SIZE = 4 };

/*
 * Serves at the socket `path`, made with mode 0600, until SIGTERM or SIGINT, or
 * until the socket is removed (its directory is gone, say); then no new client
 * is taken, those that wait are served as long as there are workers, guests
 * that run end in their own time, and the socket is removed. A second signal
 * ends them at once. Once all workers are ready, ready_fd is closed (-1: none).
 *
 * A lock on PATH.lock tells whether another daemon lives; a socket left by one
 * that does not is replaced. Errors: -EADDRINUSE, those of making the socket,
 * and where not one guest could be prepared, why.
 */
int pool_serve(const char *path, const struct pool_options *options,
               int ready_fd, struct error *error);

/*
 * Ends the daemon that serves at path and waits until it is gone. Errors:
 * those of pool_connect; -EPERM where it is another user's.
 */
int pool_stop(const char *path, struct error *error);

#endif
