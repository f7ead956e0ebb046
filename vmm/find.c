/* Program look-up along PATH, inside the rootfs; see find.h. */
#include "vmm/find.h"

#include "vmm/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *search_path(const struct bundle_process *process)
{
    for (char *const *variable = process->environment; *variable != NULL;
         variable++) {
        if (strncmp(*variable, "PATH=", 5) == 0)
            return *variable + 5;
    }
    return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

/* DIRECTORY/NAME, or NULL when there is no memory. */
static char *join(const char *directory, size_t length, const char *name)
{
    char *path;

    if (asprintf(&path, "%.*s/%s", (int)length, directory, name) < 0)
        return NULL;
    return path;
}

static int open_joined(const struct bundle *bundle, const char *directory,
                       size_t length, const char *name, char **path,
                       struct error *error)
{
    int fd;

    *path = join(directory, length, name);
    if (*path == NULL)
        return error_errno(error, ENOMEM, "%s", name);
    fd = program_open(bundle->rootfs, *path, error);
    if (fd < 0) {
        free(*path);
        *path = NULL;
    }
    return fd;
}

int find_program(const struct bundle *bundle, char **path, struct error *error)
{
    const char *name = bundle->process.arguments[0];
    const char *directory = search_path(&bundle->process);

    if (name[0] == '/')
        return open_joined(bundle, "", 0, name + 1, path, error);
    if (strchr(name, '/') != NULL)
        return open_joined(bundle, bundle->process.cwd,
                           strlen(bundle->process.cwd), name, path, error);
    for (;;) {
        size_t length = strcspn(directory, ":");
        int fd = open_joined(bundle, directory, length, name, path, error);

        if (fd >= 0)
            return fd;
        if (directory[length] == '\0')
            return error_set(error, ENOENT,
                             "exec: \"%s\": executable file not found in $PATH",
                             name);
        directory += length + 1;
    }
}
