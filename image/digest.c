/* Digests; see digest.h. */
#include "image/digest.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

bool digest_parse(const char *text, struct digest *digest)
{
    static const char prefix[] = "sha256:";
    const size_t length = strlen(prefix);

    if (strncmp(text, prefix, length) != 0 ||
        strlen(text + length) != IMAGE_DIGEST_DIGITS ||
        strspn(text + length, "0123456789abcdef") != IMAGE_DIGEST_DIGITS)
        return false;
    memcpy(digest->text, text + length, sizeof(digest->text));
    return true;
}

void digest_finish(struct sha256_ctx *hash, struct digest *digest)
{
    uint8_t bytes[SHA256_DIGEST_SIZE];

    sha256_digest(hash, sizeof(bytes), bytes);
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(digest->text + 2 * i, 3, "%02x", bytes[i]);
}

bool digest_equal(const struct digest *one, const struct digest *other)
{
    return strcmp(one->text, other->text) == 0;
}
