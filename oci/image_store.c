/* The directory of unpacked images; see image_store.h. */
#include "oci/image_store.h"

#include "oci/cache.h"
#include "oci/cleanup.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

enum { DIRECTORY_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

static int find_place(struct image_store *store, struct error *error)
{
    static const char name[] = "/images";
    size_t length;

    if (!cache_usual_path(store->path, sizeof(store->path) - sizeof(name)))
        return error_set(error, ENOENT,
                         "there is no place for images: set XDG_CACHE_HOME or "
                         "HOME");
    length = strlen(store->path);
    memcpy(store->path + length, name, sizeof(name));
    return 0;
}

static int check_private(const struct image_store *store, struct error *error)
{
    struct stat status;
    int result = cache_check_owner(store->directory, store->path, error);

    if (result < 0)
        return result;
    if (fstat(store->directory, &status) < 0)
        return error_errno(error, errno, "%s", store->path);
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return error_set(error, EPERM,
                         "%s: others may enter it, and run set-user-ID "
                         "programs of images: chmod 700 it",
                         store->path);
    return 0;
}

int image_store_open(struct image_store *store, struct error *error)
{
    int status;

    *store = IMAGE_STORE_NONE;
    status = find_place(store, error);
    if (status < 0)
        return status;
    store->directory = cache_open(store->path, error);
    status =
        store->directory < 0 ? store->directory : check_private(store, error);
    if (status == 0) {
        store->lock = openat(store->directory, "lock",
                             O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (store->lock < 0)
            status = error_errno(error, errno, "%s/lock", store->path);
    }
    if (status < 0)
        image_store_release(store);
    return status;
}

void image_store_release(struct image_store *store)
{
    cleanup_close(&store->lock);
    cleanup_close(&store->directory);
    *store = IMAGE_STORE_NONE;
}

bool image_store_is_entry(const char *name)
{
    const size_t prefix = strlen(IMAGE_STORE_ENTRY);

    return strncmp(name, IMAGE_STORE_ENTRY, prefix) == 0 &&
           strspn(name + prefix, "0123456789abcdef") == IMAGE_DIGEST_DIGITS &&
           name[prefix + IMAGE_DIGEST_DIGITS] == '\0';
}

int image_store_find(const struct image_store *store, const char *stamp,
                     char entry[IMAGE_ENTRY_SIZE])
{
    ssize_t length =
        readlinkat(store->directory, stamp, entry, IMAGE_ENTRY_SIZE - 1);

    if (length < 0)
        return -ENOENT;
    entry[length] = '\0';
    if (!image_store_is_entry(entry) ||
        faccessat(store->directory, entry, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
        return -ENOENT;
    return 0;
}

/* Calls check for each link; stops, and is true, when check is. */
static bool each_use(int uses, bool (*check)(int uses, const char *name))
{
    _cleanup_directory_ DIR *stream = NULL;
    int fd = openat(uses, ".", DIRECTORY_FLAGS);
    const struct dirent *use;

    if (fd >= 0)
        stream = fdopendir(fd);
    if (stream == NULL) {
        cleanup_close(&fd);
        return false;
    }
    while ((use = readdir(stream)) != NULL) {
        if (use->d_name[0] != '.' && check(uses, use->d_name))
            return true;
    }
    return false;
}

/* A link to nowhere is of a container that is gone. */
static bool is_live(int uses, const char *name)
{
    if (faccessat(uses, name, F_OK, 0) == 0 || errno != ENOENT)
        return true;
    (void)unlinkat(uses, name, 0);
    return false;
}

static bool forget_if_gone(int uses, const char *name)
{
    (void)is_live(uses, name);
    return false;
}

static int open_uses(const struct image_store *store, const char *entry)
{
    char path[IMAGE_ENTRY_SIZE + sizeof("/uses")];
    int fd;

    snprintf(path, sizeof(path), "%s/uses", entry);
    fd = openat(store->directory, path, DIRECTORY_FLAGS);
    return fd < 0 ? -errno : fd;
}

static int note_use(int uses, const char *user)
{
    char name[2 * sizeof(uint64_t) + 1];
    uint64_t number;

    if (getrandom(&number, sizeof(number), 0) != sizeof(number))
        return -errno;
    snprintf(name, sizeof(name), "%016llx", (unsigned long long)number);
    /* Its time says when the image was last used. */
    (void)futimens(uses, NULL);
    return symlinkat(user, uses, name) < 0 ? -errno : 0;
}

int image_store_use(const struct image_store *store, const char *entry,
                    const char *user, struct error *error)
{
    _cleanup_close_ int uses = -1;
    int status;

    /* Whoever removes images waits for us, or we for it. */
    if (flock(store->lock, LOCK_SH) < 0)
        return error_errno(error, errno, "%s/lock", store->path);
    uses = open_uses(store, entry);
    status = uses < 0 ? uses : note_use(uses, user);
    (void)flock(store->lock, LOCK_UN);
    if (status == 0)
        (void)each_use(uses, forget_if_gone);
    return error_status(error, status, "%s/%s/uses", store->path, entry);
}

bool image_store_in_use(const struct image_store *store, const char *entry)
{
    _cleanup_close_ int uses = open_uses(store, entry);

    return uses >= 0 && each_use(uses, is_live);
}
