/*
 * Reading compressed files; see decompress.h. By a process of the tool's own:
 * it is needed for some distributions' kernel modules only, and a library for
 * each would be part of every start.
 */
#include "vmm/decompress.h"

#include "oci/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

static const struct format {
    const char *suffix, *tool;
} formats[] = {
    {".xz", "xz"},
    {".zst", "zstd"},
    {".gz", "gzip"},
};

static const char *tool_for(const char *path)
{
    size_t length = strlen(path);

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        size_t suffix = strlen(formats[i].suffix);

        if (length > suffix &&
            strcmp(path + length - suffix, formats[i].suffix) == 0)
            return formats[i].tool;
    }
    return NULL;
}

/* Input and output of the tool; what it has to say is the caller's to say. */
static int redirect(posix_spawn_file_actions_t *actions, int input, int output)
{
    int status = posix_spawn_file_actions_adddup2(actions, input, 0);

    if (status == 0)
        status = posix_spawn_file_actions_adddup2(actions, output, 1);
    if (status == 0)
        status = posix_spawn_file_actions_addopen(actions, 2, "/dev/null",
                                                  O_WRONLY, 0);
    return status;
}

/* Starts the tool between the file and a pipe, whose end is *output. */
static int start(const char *tool, int input, int *output, pid_t *pid)
{
    char *arguments[] = {(char *)tool, (char *)"-dc", NULL};
    posix_spawn_file_actions_t actions;
    int ends[2], status;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    posix_spawn_file_actions_init(&actions); /* never fails on Linux */
    status = redirect(&actions, input, ends[1]);
    if (status == 0)
        status = posix_spawnp(pid, tool, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (status != 0)
        close(ends[0]);
    else
        *output = ends[0];
    return -status;
}

static int run_tool(const char *tool, const char *path, int input,
                    struct buffer *buffer, size_t limit, struct error *error)
{
    _cleanup_close_ int output = -1;
    pid_t pid, ended;
    int status = start(tool, input, &output, &pid), wait_status = 0;

    if (status < 0)
        return error_set(error, ENOTSUP,
                         "%s: needs the program %s, which cannot be run: %s",
                         path, tool, strerror(-status));
    status = buffer_read(buffer, output, limit);
    close(take_fd(&output)); /* what still writes is ended by SIGPIPE */
    do {
        ended = waitpid(pid, &wait_status, 0);
    } while (ended < 0 && errno == EINTR);
    if (status < 0)
        return error_errno(error, -status, "%s: cannot read it", path);
    if (ended < 0 || wait_status != 0)
        return error_set(error, EINVAL, "%s: %s cannot decompress it", path,
                         tool);
    return 0;
}

int decompress_file(const char *path, struct buffer *buffer, size_t limit,
                    struct error *error)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
    const char *tool = tool_for(path);
    int status;

    if (fd < 0)
        return error_errno(error, errno, "%s: cannot open it", path);
    if (tool != NULL)
        return run_tool(tool, path, fd, buffer, limit, error);
    status = buffer_read(buffer, fd, limit);
    if (status < 0)
        return error_errno(error, -status, "%s: cannot read it", path);
    return 0;
}
