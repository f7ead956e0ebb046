/*
 * Starting the program as the bundle's process says; see init.h. The child
 * tells a failure through a pipe that a successful exec closes.
 * Source: runtime-spec 1.0.2, config.md, "Process"; capabilities(7).
 */
#include "guests/linux/init.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    MESSAGE_SIZE = 400,
    /* Indices of the header's capability sets. */
    BOUNDING = 0,
    EFFECTIVE,
    PERMITTED,
    INHERITABLE,
    AMBIENT,
};

#define CAPABILITY_VERSION 0x20080522 /* _LINUX_CAPABILITY_VERSION_3 */

/* Ends of the three pipes and of the one for failures: read, write. */
struct pipes {
    int input[2], output[2], errors[2], failure[2];
};

static _Noreturn void child_fail(int pipe, const char *what, const char *name)
{
    char text[MESSAGE_SIZE];
    int length = snprintf(text, sizeof(text), "%s%.200s%s: %s", what, name,
                          *name != '\0' ? "\"" : "", strerror(errno));

    if (length >= (int)sizeof(text))
        length = sizeof(text) - 1;
    (void)!write(pipe, text, (size_t)length);
    _exit(1);
}

static void set_oom_score(const struct process_spec *spec, int proc,
                          int failure)
{
    char text[16];
    int fd, length;

    if (!(spec->header.flags & PROCESS_SPEC_HAS_OOM_SCORE))
        return;
    length = snprintf(text, sizeof(text), "%d", spec->header.oom_score_adj);
    fd = openat(proc, "self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, (size_t)length) != length)
        child_fail(failure, "process.oomScoreAdj", "");
    close(fd);
}

static void set_limits(const struct process_spec *spec, int failure)
{
    for (uint32_t i = 0; i < spec->header.rlimit_count; i++) {
        const struct process_spec_rlimit *wanted = &spec->rlimits[i];
        const struct rlimit limit = {wanted->soft, wanted->hard};

        if (setrlimit((int)wanted->resource, &limit) < 0)
            child_fail(failure, "process.rlimits", "");
    }
}

/* Takes capabilities out of the bounding set while there is a right to. */
static void bound_capabilities(uint64_t bounding, int failure)
{
    for (unsigned long i = 0; i < 64; i++) {
        if (bounding & (1ull << i))
            continue;
        if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0) < 0 && errno != EINVAL)
            child_fail(failure, "process.capabilities.bounding", "");
    }
}

/* Those that this kernel does not know are left out, as runtimes do. */
static void set_capabilities(const uint64_t *sets, int failure)
{
    struct {
        uint32_t version;
        int pid;
    } header = {CAPABILITY_VERSION, 0};
    struct {
        uint32_t effective, permitted, inheritable;
    } data[2];

    for (unsigned int i = 0; i < 2; i++) {
        data[i].effective = (uint32_t)(sets[EFFECTIVE] >> (32 * i));
        data[i].permitted = (uint32_t)(sets[PERMITTED] >> (32 * i));
        data[i].inheritable = (uint32_t)(sets[INHERITABLE] >> (32 * i));
    }
    if (syscall(SYS_capset, &header, data) < 0)
        child_fail(failure, "process.capabilities", "");
    for (unsigned long i = 0; i < 64; i++) {
        if (sets[AMBIENT] & (1ull << i) &&
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
            child_fail(failure, "process.capabilities.ambient", "");
    }
}

static void become_user(const struct process_spec *spec, int failure)
{
    const struct process_spec_header *header = &spec->header;

    bound_capabilities(header->capabilities[BOUNDING], failure);
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 ||
        setgroups(header->group_count, spec->groups) < 0 ||
        setresgid(header->gid, header->gid, header->gid) < 0 ||
        setresuid(header->uid, header->uid, header->uid) < 0)
        child_fail(failure, "process.user", "");
    set_capabilities(header->capabilities, failure);
    if (header->flags & PROCESS_SPEC_HAS_UMASK)
        umask(header->umask);
    if (header->flags & PROCESS_SPEC_NO_NEW_PRIVILEGES &&
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        child_fail(failure, "process.noNewPrivileges", "");
}

static void reset_signals(void)
{
    sigset_t none;

    signal(SIGPIPE, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The user's own, who may open it again as /dev/stdout. */
static void set_stream(const struct process_spec *spec, int pipe, int stream,
                       int failure)
{
    if (fchown(pipe, spec->header.uid, spec->header.gid) < 0 ||
        dup2(pipe, stream) < 0)
        child_fail(failure, "standard streams", "");
}

static _Noreturn void become_program(const struct process_spec *spec, int proc,
                                     const struct pipes *pipes)
{
    int failure = pipes->failure[1];

    setsid();
    set_stream(spec, pipes->input[0], STDIN_FILENO, failure);
    set_stream(spec, pipes->output[1], STDOUT_FILENO, failure);
    set_stream(spec, pipes->errors[1], STDERR_FILENO, failure);
    set_oom_score(spec, proc, failure);
    set_limits(spec, failure);
    if (chdir(spec->cwd) < 0)
        child_fail(failure, "process.cwd: \"", spec->cwd);
    become_user(spec, failure);
    reset_signals();
    environ = spec->environment;
    report_phase(RINGSIDE_PHASE_EXEC);
    report_close();
    execvp(spec->arguments[0], spec->arguments);
    child_fail(failure, "process.args[0]: cannot execute \"",
               spec->arguments[0]);
}

static void make_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC) < 0)
        init_fail("pipe: %s", strerror(errno));
}

/* Waits for exec, or for what the child says went wrong. */
static void await_exec(int failure)
{
    char text[MESSAGE_SIZE];
    ssize_t n;

    do {
        n = read(failure, text, sizeof(text) - 1);
    } while (n < 0 && errno == EINTR);
    if (n > 0)
        init_fail("%.*s", (int)n, text);
    close(failure);
}

void program_start(const struct process_spec *spec, int proc,
                   struct program *program)
{
    struct pipes pipes;

    make_pipe(pipes.input);
    make_pipe(pipes.output);
    make_pipe(pipes.errors);
    make_pipe(pipes.failure);
    program->pid = fork();
    if (program->pid < 0)
        init_fail("fork: %s", strerror(errno));
    if (program->pid == 0)
        become_program(spec, proc, &pipes);
    close(pipes.input[0]);
    close(pipes.output[1]);
    close(pipes.errors[1]);
    close(pipes.failure[1]);
    await_exec(pipes.failure[0]);
    program->input = pipes.input[1];
    program->output = pipes.output[0];
    program->errors = pipes.errors[0];
    fcntl(program->input, F_SETFL, O_NONBLOCK);
    fcntl(program->output, F_SETFL, O_NONBLOCK);
    fcntl(program->errors, F_SETFL, O_NONBLOCK);
}
