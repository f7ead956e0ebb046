/*
 * The bundle that a pool's guest is made from, and whether it is still what it
 * was. A jailed process could not look.
 */
#ifndef RINGSIDE_VMM_POOL_BUNDLE_H
#define RINGSIDE_VMM_POOL_BUNDLE_H

#include "oci/bundle.h"
#include "oci/error.h"

#include <stdbool.h>
#include <sys/stat.h>

struct pool_bundle {
    struct bundle bundle;
    struct stat config, program; /* as they were before they were read */
    bool exists;
};

/* Loads the one in directory. Errors: of bundle_load and find_program. The
 * caller releases it, also after failure. */
int pool_bundle_load(struct pool_bundle *bundle, const char *directory,
                     struct error *error);

/* Whether it is of that directory, whose files have not changed since. */
bool pool_bundle_fits(const struct pool_bundle *bundle, const char *directory);

void pool_bundle_release(struct pool_bundle *bundle);

#endif
