/* Examining a root file system without reading it; see root_tree.h. */
#include "vmm/root_tree.h"

#include "guests/unikernel/root_index.h"
#include "guests/workloads/sha256.h"
#include "vmm/rootfs_walk.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    /* Coarser than any file system's clock but that of FAT, which is 2 s. */
    SETTLED_SECONDS = 2,
};

struct examination {
    struct sha256 hash;
    time_t newest; /* change time, seconds */
};

static void write_text(const uint8_t digest[SHA256_DIGEST_SIZE],
                       char text[ROOT_DIGEST_TEXT])
{
    for (size_t i = 0; i < SHA256_DIGEST_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

static void add_time(struct sha256 *hash, const struct timespec *time)
{
    sha256_add_u64(hash, (uint64_t)time->tv_sec);
    sha256_add_u64(hash, (uint64_t)time->tv_nsec);
}

static int examine(void *context, const struct rootfs_file *file,
                   struct error *error)
{
    struct examination *examination = context;
    struct sha256 *hash = &examination->hash;
    const struct stat *status = &file->status;

    (void)error;
    sha256_add(hash, file->path, strlen(file->path) + 1);
    sha256_add_u64(hash, status->st_mode);
    sha256_add_u64(hash, (uint64_t)status->st_uid << 32 | status->st_gid);
    sha256_add_u64(hash, status->st_rdev);
    sha256_add_u64(hash, status->st_dev);
    sha256_add_u64(hash, status->st_ino);
    sha256_add_u64(hash, (uint64_t)status->st_size);
    add_time(hash, &status->st_mtim);
    add_time(hash, &status->st_ctim);
    if (status->st_ctim.tv_sec > examination->newest)
        examination->newest = status->st_ctim.tv_sec;
    return 0;
}

int root_tree_examine(const struct bundle *bundle, struct root_tree *tree,
                      struct error *error)
{
    struct examination examination = {0};
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct timespec now;
    int status;

    clock_gettime(CLOCK_REALTIME, &now);
    sha256_start(&examination.hash);
    /* Another version of this program makes other archives. */
    sha256_add_u64(&examination.hash, ROOT_INDEX_VERSION);
    status = rootfs_walk(bundle, examine, &examination, error);
    if (status < 0)
        return status;
    sha256_finish(&examination.hash, digest);
    write_text(digest, tree->digest);
    tree->settled = now.tv_sec > examination.newest &&
                    now.tv_sec - examination.newest > SETTLED_SECONDS;
    return 0;
}

void root_digest(const void *data, size_t size, char text[ROOT_DIGEST_TEXT])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256 hash;

    sha256_start(&hash);
    sha256_add(&hash, data, size);
    sha256_finish(&hash, digest);
    write_text(digest, text);
}
