/* Finding a Linux guest's files; see guest_files.h. */
#include "vmm/guest_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Where they may lie, seen from the directory of the program. */
static const char *const places[] = {"../guests/linux",
                                     "../libexec/ringside/linux"};

static int program_directory(char *directory, size_t size, struct error *error)
{
    ssize_t length = readlink("/proc/self/exe", directory, size - 1);
    char *slash;

    if (length < 0)
        return error_errno(error, errno, "cannot read /proc/self/exe");
    directory[length] = '\0';
    slash = strrchr(directory, '/');
    if (slash != NULL)
        *slash = '\0';
    return 0;
}

static int join(char *path, const char *directory, const char *place,
                const char *name)
{
    int length = snprintf(path, PATH_MAX, "%s/%s/%s", directory, place, name);

    return length > 0 && length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* modules/VERSION, where "version" names it; empty where there is none. */
static void find_modules(struct guest_files *files, const char *directory,
                         const char *place)
{
    char path[PATH_MAX], name[256], version[200] = "";
    FILE *file;

    files->modules[0] = '\0';
    if (join(path, directory, place, "version") < 0)
        return;
    file = fopen(path, "re");
    if (file == NULL)
        return;
    if (fgets(version, sizeof(version), file) != NULL) {
        version[strcspn(version, "\n")] = '\0';
        snprintf(name, sizeof(name), "modules/%s", version);
        if (join(files->modules, directory, place, name) < 0)
            files->modules[0] = '\0';
    }
    fclose(file);
}

int guest_files_find(struct guest_files *files, struct error *error)
{
    char directory[PATH_MAX];
    int status = program_directory(directory, sizeof(directory), error);

    if (status < 0)
        return status;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (join(files->init, directory, places[i], "init") < 0 ||
            access(files->init, R_OK) < 0 ||
            join(files->kernel, directory, places[i], "vmlinuz") < 0)
            continue;
        find_modules(files, directory, places[i]);
        return 0;
    }
    return error_set(error, ENOENT,
                     "the Linux guest's init is not beside this program: "
                     "build it with make");
}
