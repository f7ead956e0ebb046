/*
 * What bundles are to have otherwise than the default one: a file of members
 * of config.json, objects in it merged with the default's, anything else in
 * place of it. "docker" is what Docker gives a container by default.
 */
#ifndef RINGSIDE_BENCH_BUNDLE_CHANGES_H
#define RINGSIDE_BENCH_BUNDLE_CHANGES_H

#include "bench/paths.h"

#include <jansson.h>

/*
 * Reads the changes called name: a file of that path if it has a slash, else
 * NAME.json of those that come with ringside. *changes is the caller's;
 * NULL for a name that is NULL. Errors: negative errno; -EINVAL for a file
 * that is no JSON object.
 */
int bundle_changes_load(const struct paths *paths, const char *name,
                        json_t **changes, struct error *error);

#endif
