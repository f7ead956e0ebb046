/* Running skopeo and umoci; see tools.h. */
#include "image/tools.h"

#include "image/limits.h"
#include "oci/cleanup.h"

#include <ctype.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { OUTPUT_SIZE = 8192, NOT_FOUND = 127 };

static void limit_files(void)
{
    const struct rlimit limit = {IMAGE_MAX_BYTES, IMAGE_MAX_BYTES};

    (void)setrlimit(RLIMIT_FSIZE, &limit);
}

/* In the directory, so that paths with a colon in front of it do no harm. */
static _Noreturn void execute(int directory, char *const *arguments, int output)
{
    int input = open("/dev/null", O_RDWR | O_CLOEXEC);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGXFSZ, SIG_IGN); /* EFBIG, in words, instead */
    limit_files();
    if (input >= 0 && fchdir(directory) == 0 &&
        dup2(input, STDIN_FILENO) >= 0 && dup2(input, STDOUT_FILENO) >= 0 &&
        dup2(output, STDERR_FILENO) >= 0 && setenv("TMPDIR", ".", 1) == 0)
        execvp(arguments[0], arguments);
    _exit(errno == ENOENT ? NOT_FOUND : NOT_FOUND - 1);
}

/* The last bytes of what is to be read. */
static void read_end(int fd, char text[OUTPUT_SIZE])
{
    size_t size = 0;
    ssize_t n;

    while ((n = read(fd, text + size, OUTPUT_SIZE - 1 - size)) != 0) {
        if (n < 0 && errno != EINTR)
            break;
        size += n > 0 ? (size_t)n : 0;
        if (size == OUTPUT_SIZE - 1) {
            size /= 2;
            memmove(text, text + OUTPUT_SIZE - 1 - size, size);
        }
    }
    while (size > 0 && isspace((unsigned char)text[size - 1]))
        size--;
    text[size] = '\0';
}

/* Their last line without its decoration: skopeo's time="..." msg="...", and
 * the sign that umoci puts in front. */
static const char *last_words(char *text)
{
    char *line = strrchr(text, '\n');
    char *message = strstr(line != NULL ? line : text, "msg=\"");

    line = line != NULL ? line + 1 : text;
    if (message != NULL) {
        size_t length = strlen(message);

        if (message[length - 1] == '"')
            message[length - 1] = '\0';
        return message + strlen("msg=\"");
    }
    while (*line != '\0' && !isalnum((unsigned char)*line))
        line++;
    return line;
}

static int judge(const char *program, int status, char *text,
                 struct error *error)
{
    const char *words = last_words(text);

    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
        return error_set(error, ENOPKG,
                         "%s is not installed, which images need: apt-get "
                         "install skopeo umoci",
                         program);
    return error_set(error, EINVAL, "%s: %s", program,
                     *words != '\0' ? words : "it was ended");
}

static int run(int directory, char *const *arguments, struct error *error)
{
    char text[OUTPUT_SIZE];
    int ends[2], status;
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_errno(error, errno, "%s", arguments[0]);
    pid = fork();
    if (pid == 0)
        execute(directory, arguments, ends[1]);
    close(ends[1]);
    if (pid > 0)
        read_end(ends[0], text);
    close(ends[0]);
    if (pid < 0)
        return error_errno(error, errno, "cannot start %s", arguments[0]);
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return error_errno(error, errno, "cannot wait for %s",
                               arguments[0]);
    }
    return judge(arguments[0], status, text, error);
}

int tools_copy(int directory, const char *source, struct error *error)
{
    char *const arguments[] = {"skopeo",
                               "--override-os=linux",
                               "--override-arch=amd64",
                               "copy",
                               "--quiet",
                               "--remove-signatures",
                               "--",
                               (char *)source,
                               "oci:layout:image",
                               NULL};

    return run(directory, arguments, error);
}

int tools_unpack(int directory, struct error *error)
{
    char *const as_root[] = {"umoci",        "raw", "unpack",       "--image",
                             "layout:image", "--",  "image/rootfs", NULL};
    char *const as_user[] = {"umoci",      "raw",          "unpack",
                             "--rootless", "--image",      "layout:image",
                             "--",         "image/rootfs", NULL};

    return run(directory, geteuid() == 0 ? as_root : as_user, error);
}
