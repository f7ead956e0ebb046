/* The images that are kept; see inventory.h. */
#include "image/inventory.h"

#include "image/limits.h"
#include "image/staging.h"
#include "oci/cleanup.h"
#include "oci/json.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

enum { DIRECTORY_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

static DIR *open_stream(const struct image_store *store)
{
    int fd = openat(store->directory, ".", DIRECTORY_FLAGS);
    DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;

    if (stream == NULL)
        cleanup_close(&fd);
    return stream;
}

static void read_facts(const struct image_store *store,
                       struct inventory_image *image)
{
    _cleanup_free_ char *path = NULL;
    struct error ignored = {0};
    json_t *facts = NULL;
    const char *reference;

    if (asprintf(&path, "%s/%s/" INVENTORY_FACTS, store->path, image->entry) <
        0) {
        path = NULL;
        return;
    }
    if (json_read_file(path, &facts, &ignored) < 0)
        return;
    reference = json_string_value(json_object_get(facts, "reference"));
    if (reference != NULL)
        image->reference = strdup(reference);
    image->bytes = json_integer_value(json_object_get(facts, "bytes"));
    json_decref(facts);
}

static int append(const struct image_store *store, const char *name,
                  struct inventory *inventory)
{
    char uses[IMAGE_ENTRY_SIZE + sizeof("/uses")];
    struct inventory_image *grown =
        reallocarray(inventory->images, inventory->count + 1, sizeof(*grown));
    struct inventory_image *image;
    struct stat status;

    if (grown == NULL)
        return -ENOMEM;
    inventory->images = grown;
    image = &grown[inventory->count++];
    *image = (struct inventory_image){0};
    memcpy(image->entry, name, IMAGE_ENTRY_SIZE);
    snprintf(uses, sizeof(uses), "%.*s/uses", IMAGE_ENTRY_SIZE - 1, name);
    if (fstatat(store->directory, uses, &status, AT_SYMLINK_NOFOLLOW) == 0)
        image->used = status.st_mtim;
    read_facts(store, image);
    image->in_use = image_store_in_use(store, name);
    return 0;
}

static int least_recent_first(const void *left, const void *right)
{
    const struct timespec *one = &((const struct inventory_image *)left)->used;
    const struct timespec *other =
        &((const struct inventory_image *)right)->used;

    if (one->tv_sec != other->tv_sec)
        return one->tv_sec < other->tv_sec ? -1 : 1;
    if (one->tv_nsec != other->tv_nsec)
        return one->tv_nsec < other->tv_nsec ? -1 : 1;
    return 0;
}

int inventory_read(const struct image_store *store, struct inventory *inventory,
                   struct error *error)
{
    _cleanup_directory_ DIR *stream = open_stream(store);
    const struct dirent *entry;
    int status = 0;

    *inventory = (struct inventory){0};
    if (stream == NULL)
        return error_errno(error, errno, "%s", store->path);
    while (status == 0 && (entry = readdir(stream)) != NULL) {
        if (image_store_is_entry(entry->d_name))
            status = append(store, entry->d_name, inventory);
    }
    if (status < 0) {
        inventory_release(inventory);
        return error_errno(error, -status, "%s", store->path);
    }
    if (inventory->count > 0)
        qsort(inventory->images, inventory->count, sizeof(*inventory->images),
              least_recent_first);
    return 0;
}

void inventory_release(struct inventory *inventory)
{
    for (size_t i = 0; i < inventory->count; i++)
        free(inventory->images[i].reference);
    free(inventory->images);
    *inventory = (struct inventory){0};
}

/* Out of the way at once, so that nobody finds half of it. */
static int set_aside(const struct image_store *store, const char *entry,
                     char aside[STAGING_NAME_SIZE])
{
    uint64_t number;
    int status = 0;

    if (getrandom(&number, sizeof(number), 0) != sizeof(number))
        return -errno;
    snprintf(aside, STAGING_NAME_SIZE, IMAGE_STORE_NEW "%016llx",
             (unsigned long long)number);
    if (flock(store->lock, LOCK_EX) < 0)
        return -errno;
    if (image_store_in_use(store, entry))
        status = -EBUSY;
    else if (renameat(store->directory, entry, store->directory, aside) < 0)
        status = -errno;
    (void)flock(store->lock, LOCK_UN);
    return status;
}

static void drop_dead_links(const struct image_store *store)
{
    _cleanup_directory_ DIR *stream = open_stream(store);
    const struct dirent *entry;

    while (stream != NULL && (entry = readdir(stream)) != NULL) {
        if (strncmp(entry->d_name, IMAGE_STORE_STAMP,
                    strlen(IMAGE_STORE_STAMP)) == 0 &&
            faccessat(store->directory, entry->d_name, F_OK, 0) < 0)
            (void)unlinkat(store->directory, entry->d_name, 0);
    }
}

int inventory_remove(const struct image_store *store, const char *entry,
                     struct error *error)
{
    char aside[STAGING_NAME_SIZE];
    int status = set_aside(store, entry, aside);

    if (status == -EBUSY)
        return error_set(error, EBUSY, "%s: a container is on it", entry);
    if (status < 0)
        return error_errno(error, -status, "%s", entry);
    drop_dead_links(store);
    return staging_discard(store, aside, error);
}

void inventory_trim(const struct image_store *store, const char *kept)
{
    struct inventory inventory;
    struct error ignored = {0};
    int64_t sum = 0;

    if (inventory_read(store, &inventory, &ignored) < 0)
        return;
    for (size_t i = 0; i < inventory.count; i++)
        sum += inventory.images[i].bytes;
    for (size_t i = 0; i < inventory.count && sum > IMAGE_STORE_MAX_BYTES;
         i++) {
        const struct inventory_image *image = &inventory.images[i];

        if (strcmp(image->entry, kept) != 0 &&
            inventory_remove(store, image->entry, &ignored) == 0)
            sum -= image->bytes;
    }
    drop_dead_links(store);
    inventory_release(&inventory);
}
