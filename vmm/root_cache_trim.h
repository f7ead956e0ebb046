/* Keeping the cache of root file systems within its bounds. */
#ifndef RINGSIDE_VMM_ROOT_CACHE_TRIM_H
#define RINGSIDE_VMM_ROOT_CACHE_TRIM_H

#include "vmm/root_cache.h"

/* How the names in the directory begin. */
#define ROOT_CACHE_ARCHIVE "root-"
#define ROOT_CACHE_TREE    "tree-"
#define ROOT_CACHE_NEW     "new-"

/*
 * Removes the archives that were used least recently until the others are
 * within cache->maximum_bytes, links that lead nowhere or are too many, and
 * what makers that died have left. Best effort: what cannot be removed stays.
 */
void root_cache_trim(const struct root_cache *cache);

#endif
