/* A layer, read once from end to end before it is unpacked. */
#ifndef RINGSIDE_IMAGE_LAYER_H
#define RINGSIDE_IMAGE_LAYER_H

#include "image/layout.h"
#include "image/tar_check.h"

/*
 * Checks that the layer has its digest as it lies there and its diff_id
 * unpacked, and each header in it (tar_check.h). No more is decompressed than
 * the budget allows. Errors: -EINVAL, -E2BIG, or of the file system.
 */
int layer_check(const struct layout *layout, const struct layout_layer *layer,
                struct tar_budget *budget, struct error *error);

#endif
