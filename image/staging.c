/* Images in the making; see staging.h. */
#include "image/staging.h"

#include "image/tree.h"
#include "oci/cleanup.h"
#include "oci/file.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

enum {
    DIRECTORY_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
    /* A maker locks its directory at once; this is longer than at once. */
    ABANDONED_SECONDS = 10,
};

int staging_make(const struct image_store *store, struct staging *staging,
                 struct error *error)
{
    uint64_t number;

    *staging = STAGING_NONE;
    staging->store = store;
    if (getrandom(&number, sizeof(number), 0) != sizeof(number))
        return error_errno(error, errno, "getrandom");
    snprintf(staging->name, sizeof(staging->name), IMAGE_STORE_NEW "%016llx",
             (unsigned long long)number);
    if (mkdirat(store->directory, staging->name, 0700) < 0)
        return error_errno(error, errno, "cannot make a directory in %s",
                           store->path);
    staging->directory =
        openat(store->directory, staging->name, DIRECTORY_FLAGS);
    if (staging->directory < 0 || flock(staging->directory, LOCK_EX) < 0)
        return error_errno(error, errno, "%s/%s", store->path, staging->name);
    if (mkdirat(staging->directory, "image", 0755) < 0)
        return error_errno(error, errno, "%s/%s/image", store->path,
                           staging->name);
    return 0;
}

int staging_discard(const struct image_store *store, const char *name,
                    struct error *error)
{
    _cleanup_free_ char *path = NULL;

    if (asprintf(&path, "%s/%s", store->path, name) < 0) {
        path = NULL;
        return error_errno(error, ENOMEM, "%s", store->path);
    }
    if (geteuid() != 0)
        image_tree_unprotect(path);
    return tree_remove(path, error);
}

void staging_remove(struct staging *staging)
{
    struct error ignored = {0};

    if (staging->directory >= 0)
        (void)staging_discard(staging->store, staging->name, &ignored);
    cleanup_close(&staging->directory);
    *staging = STAGING_NONE;
}

static void sweep_one(const struct image_store *store, const char *name)
{
    _cleanup_close_ int fd = openat(store->directory, name, DIRECTORY_FLAGS);
    struct error ignored = {0};
    struct stat status;
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (fd >= 0 && fstat(fd, &status) == 0 &&
        now.tv_sec - status.st_ctim.tv_sec > ABANDONED_SECONDS &&
        flock(fd, LOCK_EX | LOCK_NB) == 0)
        (void)staging_discard(store, name, &ignored);
}

void staging_sweep(const struct image_store *store)
{
    _cleanup_directory_ DIR *stream = NULL;
    int fd = openat(store->directory, ".", DIRECTORY_FLAGS);
    const struct dirent *entry;

    if (fd >= 0)
        stream = fdopendir(fd);
    if (stream == NULL) {
        cleanup_close(&fd);
        return;
    }
    while ((entry = readdir(stream)) != NULL) {
        if (strncmp(entry->d_name, IMAGE_STORE_NEW, strlen(IMAGE_STORE_NEW)) ==
            0)
            sweep_one(store, entry->d_name);
    }
}
