/* Asking a pool for a guest. */
#ifndef RINGSIDE_VMM_POOL_CLIENT_H
#define RINGSIDE_VMM_POOL_CLIENT_H

#include "oci/error.h"
#include "vmm/pool_protocol.h"

/*
 * Connects to the pool whose socket is at path. Returns a descriptor that the
 * caller closes. Errors: of connect(2); -ENAMETOOLONG.
 */
int pool_connect(const char *path, struct error *error);

/*
 * Runs the bundle in a guest of the pool, with the caller's standard streams,
 * to its end. Errors: -EINVAL for a bundle path that is too long, those of
 * pool_connect, -ECONNRESET where the pool went away, -EPROTO, and what the
 * pool answers in its own words.
 */
int pool_run(const char *path, const char *bundle, struct pool_answer *answer,
             struct error *error);

#endif
