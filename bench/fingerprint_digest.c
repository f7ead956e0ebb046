/* SHA-256 (FIPS 180-4, by nettle) of the fingerprint and of files. */
#include "bench/fingerprint.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <nettle/sha2.h>
#include <string.h>
#include <sys/stat.h>

void sha256_to_hex(struct sha256_ctx *context, char hex[SHA256_HEX_SIZE])
{
    uint8_t digest[SHA256_DIGEST_SIZE];

    sha256_digest(context, sizeof(digest), digest);
    for (size_t i = 0; i < sizeof(digest); i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

int fingerprint_digest(const json_t *host, char hex[SHA256_HEX_SIZE])
{
    _cleanup_free_ char *text = json_dumps(host, JSON_COMPACT | JSON_SORT_KEYS);
    struct sha256_ctx context;

    if (text == NULL)
        return -ENOMEM;
    sha256_init(&context);
    sha256_update(&context, strlen(text), (const uint8_t *)text);
    sha256_to_hex(&context, hex);
    return 0;
}

int sha256_file(const char *path, char hex[SHA256_HEX_SIZE],
                struct error *error)
{
    /* Not blocking, lest it be a FIFO. */
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct sha256_ctx context;
    struct stat status;
    uint8_t buffer[65536];
    ssize_t length;

    if (fd < 0 || fstat(fd, &status) < 0)
        return error_errno(error, errno, "%s", path);
    if (!S_ISREG(status.st_mode))
        return error_set(error, S_ISDIR(status.st_mode) ? EISDIR : EINVAL,
                         "%s: not a regular file", path);
    sha256_init(&context);
    while ((length = read(fd, buffer, sizeof(buffer))) > 0)
        sha256_update(&context, (size_t)length, buffer);
    if (length < 0)
        return error_errno(error, errno, "%s: read", path);
    sha256_to_hex(&context, hex);
    return 0;
}
