/*
 * The place where an image is made: a directory new-... of the store that its
 * maker holds a lock on for as long as it lives. What dead makers have left is
 * removed by the next one.
 */
#ifndef RINGSIDE_IMAGE_STAGING_H
#define RINGSIDE_IMAGE_STAGING_H

#include "oci/image_store.h"

enum { STAGING_NAME_SIZE = 32 };

struct staging {
    const struct image_store *store;
    char name[STAGING_NAME_SIZE];
    int directory; /* locked */
};

#define STAGING_NONE ((struct staging){.directory = -1})

/* Errors: of mkdirat(2) and flock(2). Remove it in any case. */
int staging_make(const struct image_store *store, struct staging *staging,
                 struct error *error);

/* Removes it with all in it. */
void staging_remove(struct staging *staging);

/* Removes a directory of the store, and all in it. Errors: of tree_remove. */
int staging_discard(const struct image_store *store, const char *name,
                    struct error *error);

/* Removes what makers that died have left. Best effort. */
void staging_sweep(const struct image_store *store);

#endif
