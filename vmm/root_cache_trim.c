/*
 * One pass over the directory whenever an archive is kept; see
 * root_cache_trim.h. Whoever removes a name that another process is about to
 * open costs it the work of making the archive, nothing else.
 */
#include "vmm/root_cache_trim.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

enum {
    FIRST_FILES = 64,
    /* A maker locks its file at once; this is longer than at once. */
    ABANDONED_SECONDS = 60,
};

struct file {
    char name[ROOT_CACHE_NAME];
    struct timespec used;
    int64_t size;
};

struct files {
    struct file *list;
    size_t count, capacity;
};

static void files_release(struct files *files)
{
    free(files->list);
}

static bool begins_with(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

static void note(struct files *files, const char *name,
                 const struct stat *status)
{
    struct file *file;

    if (files->count == files->capacity) {
        size_t capacity =
            files->capacity > 0 ? files->capacity * 2 : FIRST_FILES;
        struct file *list = reallocarray(files->list, capacity, sizeof(*list));

        if (list == NULL)
            return;
        files->list = list;
        files->capacity = capacity;
    }
    file = &files->list[files->count++];
    snprintf(file->name, sizeof(file->name), "%s", name);
    file->used = status->st_mtim;
    file->size = status->st_size;
}

/* Its maker, were it alive, would hold the lock. */
static void drop_abandoned(const struct root_cache *cache, const char *name,
                           const struct stat *status)
{
    _cleanup_close_ int file = -1;
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (now.tv_sec - status->st_mtime < ABANDONED_SECONDS)
        return;
    file = openat(cache->directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0)
        root_cache_drop(cache, name);
}

static void scan(const struct root_cache *cache, struct files *archives,
                 struct files *trees)
{
    _cleanup_directory_ DIR *stream = NULL;
    int fd = openat(cache->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const struct dirent *entry;

    if (fd >= 0)
        stream = fdopendir(fd);
    if (stream == NULL) {
        cleanup_close(&fd);
        return;
    }
    while ((entry = readdir(stream)) != NULL) {
        const char *name = entry->d_name;
        struct stat status;

        if (strlen(name) >= ROOT_CACHE_NAME ||
            fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        if (begins_with(name, ROOT_CACHE_ARCHIVE))
            note(archives, name, &status);
        else if (begins_with(name, ROOT_CACHE_TREE))
            note(trees, name, &status);
        else if (begins_with(name, ROOT_CACHE_NEW))
            drop_abandoned(cache, name, &status);
    }
}

static int oldest_first(const void *left, const void *right)
{
    const struct timespec *one = &((const struct file *)left)->used;
    const struct timespec *other = &((const struct file *)right)->used;

    if (one->tv_sec != other->tv_sec)
        return one->tv_sec < other->tv_sec ? -1 : 1;
    if (one->tv_nsec != other->tv_nsec)
        return one->tv_nsec < other->tv_nsec ? -1 : 1;
    return 0;
}

static void sort(struct files *files)
{
    if (files->count > 0)
        qsort(files->list, files->count, sizeof(files->list[0]), oldest_first);
}

static void drop_archives(const struct root_cache *cache,
                          const struct files *archives)
{
    int64_t sum = 0;

    for (size_t i = 0; i < archives->count; i++)
        sum += archives->list[i].size;
    for (size_t i = 0; i < archives->count && sum > cache->maximum_bytes; i++) {
        root_cache_drop(cache, archives->list[i].name);
        sum -= archives->list[i].size;
    }
}

static void drop_trees(const struct root_cache *cache,
                       const struct files *trees)
{
    for (size_t i = 0; i < trees->count; i++) {
        const char *name = trees->list[i].name;
        struct stat status;

        if (trees->count - i > ROOT_CACHE_MAX_TREES ||
            fstatat(cache->directory, name, &status, 0) < 0)
            root_cache_drop(cache, name);
    }
}

void root_cache_trim(const struct root_cache *cache)
{
    _cleanup_(files_release) struct files archives = {0};
    _cleanup_(files_release) struct files trees = {0};

    scan(cache, &archives, &trees);
    sort(&archives);
    drop_archives(cache, &archives);
    sort(&trees);
    drop_trees(cache, &trees);
}
