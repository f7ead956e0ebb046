/*
 * Removing directory trees; see file.h. It works on descriptors alone, so that
 * neither the length of a path nor a link put in its way matters. A tree that
 * is deeper than descriptors should be spent on is cut: what lies below is
 * renamed to the top, and goes in a further round.
 */
#include "oci/file.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

enum {
    DEPTH_MAX = 32,
    NAME_SIZE = 32,
    DIRECTORY_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
};

struct removal {
    int top; /* the tree's own directory */
    dev_t device;
    unsigned int lifted; /* names that were used for what was renamed */
    bool again;          /* something was */
    int code;            /* errno of the first failure */
};

static void fail(struct removal *removal)
{
    if (removal->code == 0 && errno != ENOENT)
        removal->code = errno;
}

/* Renames a directory to the top; a name that is taken there is passed over. */
static void lift(struct removal *removal, int parent, const char *name)
{
    char target[NAME_SIZE];
    int status;

    do {
        snprintf(target, sizeof(target), ".deep-%u", removal->lifted++);
        status = renameat(parent, name, removal->top, target);
    } while (status < 0 &&
             (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR));
    if (status < 0)
        fail(removal);
    else
        removal->again = true;
}

static void remove_directory(struct removal *removal, int parent,
                             const char *name, unsigned int depth);

/* fd is taken over; -1 where it could not be opened. */
static void empty_directory(struct removal *removal, int fd, unsigned int depth)
{
    _cleanup_directory_ DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry;

    if (directory == NULL) {
        fail(removal);
        cleanup_close(&fd);
        return;
    }
    while ((entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(fd, entry->d_name, 0) == 0)
            continue;
        if (errno == EISDIR)
            remove_directory(removal, fd, entry->d_name, depth + 1);
        else
            fail(removal);
    }
}

/* Opens a directory; one that its owner has taken the rights to away (as the
 * workdir of overlayfs has none) gets them back. */
static int open_directory(int parent, const char *name)
{
    int fd = openat(parent, name, DIRECTORY_FLAGS), place;
    char path[NAME_SIZE];

    if (fd >= 0 || errno != EACCES)
        return fd;
    place = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", place);
    if (place >= 0 && chmod(path, S_IRWXU) == 0)
        fd = openat(parent, name, DIRECTORY_FLAGS);
    cleanup_close(&place);
    return fd;
}

static void remove_directory(struct removal *removal, int parent,
                             const char *name, unsigned int depth)
{
    int fd;
    struct stat status;

    if (depth > DEPTH_MAX) {
        lift(removal, parent, name);
        return;
    }
    fd = open_directory(parent, name);
    if (fd < 0 || fstat(fd, &status) < 0 || status.st_dev != removal->device) {
        if (fd >= 0)
            errno = EBUSY; /* something is mounted there */
        fail(removal);
        cleanup_close(&fd);
        return;
    }
    empty_directory(removal, fd, depth);
    if (unlinkat(parent, name, AT_REMOVEDIR) < 0)
        fail(removal);
}

int tree_remove(const char *path, struct error *error)
{
    struct removal removal = {.top = -1};
    struct stat status;

    if (lstat(path, &status) < 0)
        return errno == ENOENT
                   ? 0
                   : error_errno(error, errno, "%s: cannot examine", path);
    if (S_ISDIR(status.st_mode))
        removal.top = open(path, DIRECTORY_FLAGS);
    removal.device = status.st_dev;
    do {
        removal.again = false;
        if (removal.top >= 0)
            empty_directory(&removal, openat(removal.top, ".", DIRECTORY_FLAGS),
                            0);
    } while (removal.again && removal.code == 0);
    cleanup_close(&removal.top);
    if (remove(path) < 0)
        fail(&removal);
    return removal.code == 0
               ? 0
               : error_errno(error, removal.code, "%s: cannot remove", path);
}
