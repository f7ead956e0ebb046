/*
 * Starting with a cold page cache: what the first start after boot, or the
 * first in a long while, costs over those that follow. Dropping is for the
 * whole host (/proc/sys/vm/drop_caches, root alone): posix_fadvise(2) drops
 * single files and needs no root, but no platform tells all the files that it
 * reads. What another process has mapped stays, and so does what lies in
 * memory anyway, as the bundles do.
 * Source: Documentation/admin-guide/sysctl/vm.rst, drop_caches.
 */
#ifndef RINGSIDE_BENCH_PAGE_CACHE_H
#define RINGSIDE_BENCH_PAGE_CACHE_H

#include "oci/error.h"

/* May this process drop it? Errors: -EPERM and the like, with what to do. */
int page_cache_check(struct error *error);

/*
 * Writes back and drops pages, dentries and inodes that are not in use. Takes
 * milliseconds to seconds. Errors: of /proc/sys/vm/drop_caches.
 */
int page_cache_drop(struct error *error);

#endif
