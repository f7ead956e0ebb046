/* From our process to the workload; see workload.h. */
#include "container/workload.h"

#include "container/identity.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int enter_directory(const char *path, struct error *error)
{
    char where[PATH_MAX];

    if (chdir(path) < 0)
        return error_errno(error, errno, "process.cwd: cannot enter %s", path);
    /* A magic link could have led out; the kernel calls that unreachable. */
    if (syscall(SYS_getcwd, where, sizeof(where)) < 0 || where[0] != '/')
        return error_set(error, EPERM, "process.cwd: %s is outside the rootfs",
                         path);
    return 0;
}

static const char *search_path(char *const *environment)
{
    static const char prefix[] = "PATH=";

    for (; *environment != NULL; environment++) {
        if (strncmp(*environment, prefix, strlen(prefix)) == 0)
            return *environment + strlen(prefix);
    }
    return "";
}

/* Looks for program in PATH's directories; found is of PATH_MAX bytes. */
static int find_program(const char *program, const char *path, char *found)
{
    int status = -ENOENT;

    while (*path != '\0') {
        int length = (int)strcspn(path, ":");
        struct stat file;

        snprintf(found, PATH_MAX, "%.*s/%s", length, path, program);
        if (stat(found, &file) == 0 && S_ISREG(file.st_mode)) {
            if (access(found, X_OK) == 0)
                return 0;
            status = -EACCES;
        }
        path += length + (path[length] == ':');
    }
    return status;
}

int workload_find(struct workload *workload, struct error *error)
{
    const struct bundle_process *process = workload->process;
    const char *name = process->arguments[0];
    int status;

    workload->program = name;
    /* exec would tell as well, but for a created container too late. */
    if (strchr(name, '/') != NULL)
        return access(name, X_OK) == 0 ? 0 : error_program(error, errno, name);
    status =
        find_program(name, search_path(process->environment), workload->found);
    workload->program = workload->found;
    if (status < 0)
        return error_set(error, -status,
                         "exec: \"%s\": executable file not found in $PATH",
                         name);
    return 0;
}

int workload_assume(const struct workload *workload, struct error *error)
{
    const struct bundle_process *process = workload->process;
    int status = enter_directory(process->cwd, error);

    return status == 0 ? identity_assume(process, workload->seccomp, error)
                       : status;
}

int workload_execute(const struct workload *workload, struct error *error)
{
    const struct bundle_process *process = workload->process;

    /* From the filter's installation on, exec alone is left to do. */
    if (!seccomp_needs_rights(workload->seccomp, process)) {
        int status = seccomp_install(workload->seccomp, error);

        if (status < 0)
            return status;
    }
    execve(workload->program, process->arguments, process->environment);
    return error_program(error, errno, process->arguments[0]);
}
