/* See script.h. */
#include "report/script.h"

#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdint.h>
#include <string.h>

struct script_digest script_digest(const char *script)
{
    struct script_digest result = {0};
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx context;

    sha256_init(&context);
    sha256_update(&context, strlen(script), (const uint8_t *)script);
    sha256_digest(&context, sizeof(digest), digest);
    base64_encode_raw(result.text, sizeof(digest), digest);
    return result;
}
