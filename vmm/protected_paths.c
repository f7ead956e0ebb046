/* Masked and read-only paths of a guest; see protected_paths.h. */
#include "vmm/protected_paths.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static bool shows_kernel(const char *path)
{
    static const char *const trees[] = {"/proc", "/sys", "/dev", NULL};

    if (strstr(path, "/..") != NULL)
        return false;
    for (const char *const *tree = trees; *tree != NULL; tree++) {
        const size_t length = strlen(*tree);

        if (strncmp(path, *tree, length) == 0 &&
            (path[length] == '/' || path[length] == '\0'))
            return true;
    }
    return false;
}

static int check_paths(char *const *paths, const char *name,
                       struct error *error)
{
    for (; paths != NULL && *paths != NULL; paths++) {
        if (!shows_kernel(*paths))
            return error_set(error, ENOTSUP,
                             "config.json: linux.%s: %s: a virtual machine "
                             "cannot protect parts of its root file system",
                             name, *paths);
    }
    return 0;
}

int protected_paths_check(const struct bundle *bundle, struct error *error)
{
    int status = check_paths(bundle->masked_paths, "maskedPaths", error);

    return status < 0
               ? status
               : check_paths(bundle->readonly_paths, "readonlyPaths", error);
}
