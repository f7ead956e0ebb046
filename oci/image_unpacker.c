/* A process for unpacking; see image_unpacker.h. */
#include "oci/image_unpacker.h"

#include "oci/cleanup.h"
#include "oci/path.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static const char program[] = "ringside-image";

enum { OUTPUT_SIZE = 8192 };

/*
 * Beside us as we were called: /proc/self/exe does not tell, since a runtime
 * may have executed itself from where nobody can write to it.
 */
static char *find_program(void)
{
    const char *own = program_invocation_name;
    const char *slash = strrchr(own, '/');
    char *path;

    if (slash == NULL)
        return strdup(program);
    if (asprintf(&path, "%.*s/%s", (int)(slash - own), own, program) < 0)
        return NULL;
    if (access(path, X_OK) == 0)
        return path;
    free(path);
    return strdup(program);
}

static _Noreturn void execute(const char *path, char *const *arguments,
                              int output)
{
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (input >= 0 && dup2(input, STDIN_FILENO) >= 0 &&
        dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0)
        execvp(path, arguments);
    _exit(errno == ENOENT ? 127 : 126);
}

/* Reads to the end and keeps the last bytes, cut to their last line. */
static void read_last_line(int fd, char text[OUTPUT_SIZE])
{
    size_t size = 0;
    ssize_t n;
    char *newline;

    while ((n = read(fd, text + size, OUTPUT_SIZE - 1 - size)) != 0) {
        if (n < 0 && errno != EINTR)
            break;
        size += n > 0 ? (size_t)n : 0;
        if (size == OUTPUT_SIZE - 1) {
            size /= 2;
            memmove(text, text + OUTPUT_SIZE - 1 - size, size);
        }
    }
    while (size > 0 && text[size - 1] == '\n')
        size--;
    text[size] = '\0';
    newline = strrchr(text, '\n');
    if (newline != NULL)
        memmove(text, newline + 1, strlen(newline));
}

static int judge(int status, const char *line, struct error *error)
{
    const size_t prefix = strlen(program);

    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127 && *line == '\0')
        return error_set(error, ENOPKG,
                         "%s is not beside this program nor on PATH: install "
                         "it, too",
                         program);
    if (strncmp(line, program, prefix) == 0 && line[prefix] == ':')
        line += prefix + 1 + strspn(line + prefix + 1, " ");
    return error_set(error, EINVAL, "%s",
                     *line != '\0' ? line : "ringside-image was ended");
}

/* Runs it to its end; line becomes the last that it has written. */
static int run(char *const *arguments, char line[OUTPUT_SIZE],
               struct error *error)
{
    _cleanup_free_ char *path = find_program();
    int ends[2], status;
    pid_t pid;

    if (path == NULL || pipe2(ends, O_CLOEXEC) < 0)
        return error_errno(error, path == NULL ? ENOMEM : errno, "%s", program);
    pid = fork();
    if (pid == 0)
        execute(path, arguments, ends[1]);
    close(ends[1]);
    if (pid > 0)
        read_last_line(ends[0], line);
    close(ends[0]);
    if (pid < 0)
        return error_errno(error, errno, "cannot start %s", program);
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return error_errno(error, errno, "cannot wait for %s", program);
    }
    return judge(status, line, error);
}

int image_unpacker_run(const char *reference, char entry[IMAGE_ENTRY_SIZE],
                       struct error *error)
{
    char *const arguments[] = {(char *)program, "get", "--", (char *)reference,
                               NULL};
    char line[OUTPUT_SIZE];
    const char *name;
    int status = run(arguments, line, error);

    if (status < 0)
        return status;
    name = path_basename(line);
    if (!image_store_is_entry(name))
        return error_set(error, EINVAL, "%s: expected an image, got \"%.80s\"",
                         program, line);
    memcpy(entry, name, IMAGE_ENTRY_SIZE);
    return 0;
}

int image_unpacker_remove_all(struct error *error)
{
    char *const arguments[] = {(char *)program, "remove", "--all", NULL};
    char line[OUTPUT_SIZE];

    return run(arguments, line, error);
}
