/* The user's cache directory; see cache.h. */
#include "oci/cache.h"

#include "oci/cleanup.h"
#include "oci/file.h"

#include <fcntl.h>
#include <sys/stat.h>

static const char name_of_program[] = "ringside";

bool cache_usual_path(char *path, size_t size)
{
    const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int length;

    if (base != NULL && base[0] == '/')
        length = snprintf(path, size, "%s/%s", base, name_of_program);
    else if (geteuid() == 0)
        length = snprintf(path, size, "/var/cache/%s", name_of_program);
    else if (home != NULL && home[0] == '/')
        length = snprintf(path, size, "%s/.cache/%s", home, name_of_program);
    else
        return false;
    return length > 0 && (size_t)length < size;
}

int cache_open(const char *path, struct error *error)
{
    int status = directory_make(path, 0700, error);
    int directory;

    if (status < 0)
        return status;
    directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0)
        return error_errno(error, errno, "cannot open %s", path);
    return directory;
}

int cache_check_owner(int directory, const char *path, struct error *error)
{
    struct stat status;

    if (fstat(directory, &status) < 0)
        return error_errno(error, errno, "%s", path);
    if (status.st_uid != geteuid())
        return error_set(error, EPERM,
                         "%s belongs to user %u: a cache of root file systems "
                         "must be one's own; name another with --cache or "
                         "XDG_CACHE_HOME",
                         path, (unsigned int)status.st_uid);
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return error_set(error, EPERM,
                         "%s: others may write to this cache of root file "
                         "systems: chmod 700 it, or name another with --cache "
                         "or XDG_CACHE_HOME",
                         path);
    return 0;
}
