/* What is in the store, and removing it. */
#ifndef RINGSIDE_IMAGE_INVENTORY_H
#define RINGSIDE_IMAGE_INVENTORY_H

#include "oci/image_store.h"

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* The file of an image that says what it was made from. */
#define INVENTORY_FACTS "facts.json"

struct inventory_image {
    char entry[IMAGE_ENTRY_SIZE];
    char *reference; /* NULL when that is not known */
    int64_t bytes;   /* unpacked */
    struct timespec used;
    bool in_use;
};

struct inventory {
    struct inventory_image *images; /* least recently used first */
    size_t count;
};

/* Errors: of the file system. The caller releases *inventory. */
int inventory_read(const struct image_store *store, struct inventory *inventory,
                   struct error *error);
void inventory_release(struct inventory *inventory);

/*
 * Removes an image and the links to it. Errors: -EBUSY when a container is on
 * it, -ENOENT.
 */
int inventory_remove(const struct image_store *store, const char *entry,
                     struct error *error);

/*
 * Removes what was used least recently until the others are within
 * IMAGE_STORE_MAX_BYTES, but for `kept` and what is in use; and links that lead
 * nowhere. Best effort.
 */
void inventory_trim(const struct image_store *store, const char *kept);

#endif
