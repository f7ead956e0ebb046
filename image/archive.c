/* Telling image archives apart; see archive.h. */
#include "image/archive.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>

enum {
    BLOCK = 512,
    NAME_SIZE = 100,
    SIZE = 124,
    SIZE_SIZE = 12,
    MAGIC = 257,
    ENTRIES_LIMIT = 100000,
};

static int not_one(const char *path, struct error *error)
{
    return error_set(error, EINVAL,
                     "%s: expected an OCI or docker archive of an image, and "
                     "it is neither",
                     path);
}

static bool is_named(const unsigned char *header, const char *name)
{
    const char *own = (const char *)header;

    if (strncmp(own, "./", 2) == 0)
        own += 2;
    return strncmp(own, name, NAME_SIZE - 2) == 0;
}

/* Octal; what is no number has no next header either. */
static uint64_t size_of(const unsigned char *header)
{
    uint64_t size = 0;

    for (size_t i = SIZE; i < SIZE + SIZE_SIZE - 1; i++) {
        if (header[i] < '0' || header[i] > '7')
            break;
        size = size << 3 | (uint64_t)(header[i] - '0');
    }
    return size;
}

int archive_kind(const char *path, struct error *error)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    unsigned char header[BLOCK];
    bool is_oci = false;
    off_t offset = 0;

    if (fd < 0)
        return error_errno(error, errno, "%s", path);
    for (int i = 0; i < ENTRIES_LIMIT; i++) {
        if (pread(fd, header, sizeof(header), offset) != sizeof(header))
            break;
        if (i == 0 && header[0] == 0x1f && header[1] == 0x8b)
            return IMAGE_DOCKER_ARCHIVE;
        if (memcmp(header + MAGIC, "ustar", 5) != 0)
            break;
        if (is_named(header, "manifest.json"))
            return IMAGE_DOCKER_ARCHIVE;
        is_oci = is_oci || is_named(header, "oci-layout");
        /* At most 8 GiB, so that this cannot wrap before the file ends. */
        offset +=
            BLOCK + (off_t)((size_of(header) + BLOCK - 1) / BLOCK * BLOCK);
    }
    return is_oci ? IMAGE_OCI_ARCHIVE : not_one(path, error);
}
