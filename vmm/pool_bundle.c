/* A bundle and the state of its files; see pool_bundle.h. */
#include "vmm/pool_bundle.h"

#include "oci/cleanup.h"
#include "vmm/find.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int config_path(const char *directory, char **path, struct error *error)
{
    if (asprintf(path, "%s/config.json", directory) < 0) {
        *path = NULL;
        return error_errno(error, ENOMEM, "%s", directory);
    }
    return 0;
}

/* Notes config.json and the program; before they are read. */
static int note_files(struct pool_bundle *bundle, struct error *error)
{
    _cleanup_free_ char *program = NULL, *config = NULL;
    _cleanup_close_ int fd = find_program(&bundle->bundle, &program, error);
    int status =
        fd < 0 ? fd : config_path(bundle->bundle.directory, &config, error);

    if (status < 0)
        return status;
    if (fstat(fd, &bundle->program) < 0 || stat(config, &bundle->config) < 0)
        return error_errno(error, errno, "%s", bundle->bundle.directory);
    return 0;
}

int pool_bundle_load(struct pool_bundle *bundle, const char *directory,
                     struct error *error)
{
    int status;

    *bundle = (struct pool_bundle){.exists = false};
    status = bundle_load(directory, &bundle->bundle, error);
    if (status < 0)
        return status;
    bundle->exists = true;
    return note_files(bundle, error);
}

static bool is_same(const struct stat *then, const struct stat *now)
{
    return then->st_dev == now->st_dev && then->st_ino == now->st_ino &&
           then->st_size == now->st_size &&
           then->st_ctim.tv_sec == now->st_ctim.tv_sec &&
           then->st_ctim.tv_nsec == now->st_ctim.tv_nsec;
}

bool pool_bundle_fits(const struct pool_bundle *bundle, const char *directory)
{
    _cleanup_free_ char *program = NULL, *config = NULL;
    _cleanup_close_ int fd = -1;
    struct error ignored = {0};
    struct stat now;

    if (!bundle->exists || strcmp(bundle->bundle.directory, directory) != 0 ||
        config_path(directory, &config, &ignored) < 0 ||
        stat(config, &now) < 0 || !is_same(&bundle->config, &now))
        return false;
    fd = find_program(&bundle->bundle, &program, &ignored);
    return fd >= 0 && fstat(fd, &now) == 0 && is_same(&bundle->program, &now);
}

void pool_bundle_release(struct pool_bundle *bundle)
{
    if (bundle->exists)
        bundle_release(&bundle->bundle);
    bundle->exists = false;
}
