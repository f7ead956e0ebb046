/*
 * An OCI image layout with one image, checked: every document has the digest
 * and the size that it is named with, and is of its type.
 * Source: image-spec 1.0, image-layout.md, manifest.md, config.md.
 */
#ifndef RINGSIDE_IMAGE_LAYOUT_H
#define RINGSIDE_IMAGE_LAYOUT_H

#include "image/digest.h"
#include "image/limits.h"
#include "oci/error.h"

#include <jansson.h>
#include <stddef.h>

struct layout_layer {
    struct digest digest, diff_id; /* as it lies there, and unpacked */
    uint64_t size;                 /* bytes, as it lies there */
};

struct layout {
    int blobs; /* the directory blobs/sha256 */
    struct digest manifest;
    json_t *config; /* checked by image_config_check */
    struct layout_layer layers[IMAGE_MAX_LAYERS];
    size_t layer_count;
};

/*
 * Reads the layout in the open directory. Layers are not looked into. Errors:
 * -EINVAL with what is wrong, or of the file system. The caller releases
 * *layout.
 */
int layout_read(int directory, struct layout *layout, struct error *error);
void layout_release(struct layout *layout);

/* Opens a blob of that size. Errors: -EINVAL where it has another one. */
int layout_open_blob(const struct layout *layout, const struct digest *digest,
                     uint64_t size, struct error *error);

#endif
