/* SHA-256 as images write it. Source: image-spec 1.0, descriptor.md. */
#ifndef RINGSIDE_IMAGE_DIGEST_H
#define RINGSIDE_IMAGE_DIGEST_H

#include "oci/image_store.h"

#include <nettle/sha2.h>
#include <stdbool.h>

/* In lower-case hexadecimal, with a NUL. */
struct digest {
    char text[IMAGE_DIGEST_DIGITS + 1];
};

/* Reads "sha256:HEX"; false for anything else. */
bool digest_parse(const char *text, struct digest *digest);

/* The end of a computation. */
void digest_finish(struct sha256_ctx *hash, struct digest *digest);

bool digest_equal(const struct digest *one, const struct digest *other);

#endif
