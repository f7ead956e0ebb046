/* What an image may have, and what all that are kept may take. */
#ifndef RINGSIDE_IMAGE_LIMITS_H
#define RINGSIDE_IMAGE_LIMITS_H

#include <stdint.h>

enum {
    IMAGE_MAX_LAYERS = 256,
    IMAGE_MAX_ENTRIES = 1000000,  /* of all layers together */
    IMAGE_MAX_DOCUMENT = 4 << 20, /* bytes of index, manifest, config */
};

#define IMAGE_MAX_BYTES       (INT64_C(16) << 30) /* unpacked */
#define IMAGE_STORE_MAX_BYTES (INT64_C(32) << 30)

#endif
