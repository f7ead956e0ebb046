/* Starting a command under the clock; see spawn.h for the contract. */
#include "bench/spawn.h"

#include "bench/clock.h"
#include "oci/cleanup.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

enum { CHILD_STACK_SIZE = 64 * 1024, EXTRA_FILENO = 3 };

char *const spawn_environment[] = {
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL};

/* What parent and child share; the child runs in the parent's memory. */
struct launch {
    const struct spawn_request *request;
    int null, output, errors; /* the child's ends */
    pid_t parent;
    const char *failed; /* step that failed, NULL when none */
    int failure;        /* its errno */
    int64_t prepared_at, spawn_at;
    int64_t joined_cpu_ns, exec_cpu_ns;
    struct rusage usage; /* of the child until execve */
};

static int64_t thread_cpu_ns(void)
{
    struct timespec used;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * NS_PER_SECOND + used.tv_nsec;
}

/*
 * Everything below until execve runs in the child on the parent's memory:
 * system calls and writes to struct launch only.
 */
static int child_fails(struct launch *launch, const char *step)
{
    launch->failed = step;
    launch->failure = errno;
    return -1;
}

static int child_redirect(struct launch *launch)
{
    if (dup2(launch->null, STDIN_FILENO) < 0 ||
        dup2(launch->output, STDOUT_FILENO) < 0 ||
        dup2(launch->errors, STDERR_FILENO) < 0)
        return child_fails(launch, "dup2");
    return 0;
}

/* Last of all: number 3 may be one of the descriptors that were needed. */
static int child_pass_extra(struct launch *launch)
{
    const int extra = launch->request->extra;

    if (extra == EXTRA_FILENO ? fcntl(extra, F_SETFD, 0) < 0
                              : extra > 0 && dup2(extra, EXTRA_FILENO) < 0)
        return child_fails(launch, "dup2");
    return 0;
}

/* Dispositions are shared by nobody: clone without CLONE_SIGHAND copied them.
 */
/*
 * By the system call itself: the C library keeps the signals below SIGRTMIN
 * for its own use and would not touch them, yet a parent can leave them
 * ignored (a shell under make does).
 */
static void child_reset_signals(void)
{
    static const uint64_t initial[4]; /* struct sigaction of the kernel */
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        syscall(SYS_rt_sigaction, number, initial, NULL, sizeof(uint64_t));
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int child_prepare(struct launch *launch)
{
    const struct spawn_request *request = launch->request;

    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return child_fails(launch, "prctl(PR_SET_PDEATHSIG)");
    if (getppid() != launch->parent) { /* it died before the line above */
        errno = ESRCH;
        return child_fails(launch, "getppid");
    }
    if (setsid() < 0)
        return child_fails(launch, "setsid");
    if (request->mount_namespace >= 0 &&
        setns(request->mount_namespace, CLONE_NEWNS) < 0)
        return child_fails(launch, "setns");
    if (chdir(request->directory) < 0)
        return child_fails(launch, "chdir");
    if (child_redirect(launch) < 0)
        return -1;
    if (request->cpus != NULL &&
        sched_setaffinity(0, sizeof(*request->cpus), request->cpus) < 0)
        return child_fails(launch, "sched_setaffinity");
    umask(022);
    for (size_t i = 0; i < request->cgroup_count; i++) {
        if (write(request->cgroups[i], "0", 1) != 1)
            return child_fails(launch, "joining the cgroup");
    }
    return child_pass_extra(launch);
}

static int child_main(void *context)
{
    struct launch *launch = context;
    const struct spawn_request *request = launch->request;

    if (child_prepare(launch) < 0)
        _exit(127);
    launch->joined_cpu_ns = thread_cpu_ns();
    launch->prepared_at = clock_now();
    if (request->settle_ns > 0)
        clock_sleep(request->settle_ns);
    child_reset_signals();
    getrusage(RUSAGE_SELF, &launch->usage);
    launch->exec_cpu_ns = thread_cpu_ns();
    launch->spawn_at = clock_now();
    execve(request->arguments[0], request->arguments, spawn_environment);
    child_fails(launch, "execve");
    _exit(127);
}

static int open_pipe(int ends[2], struct error *error)
{
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_errno(error, errno, "pipe");
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0)
        return error_errno(error, errno, "fcntl(O_NONBLOCK)");
    return 0;
}

static int clone_child(struct launch *launch, struct spawned *spawned,
                       struct error *error)
{
    int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
    void *stack = mmap(NULL, CHILD_STACK_SIZE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

    if (stack == MAP_FAILED)
        return error_errno(error, errno, "mmap");
    spawned->pid = clone(child_main, (char *)stack + CHILD_STACK_SIZE, flags,
                         launch, &spawned->pidfd);
    if (spawned->pid < 0)
        error_errno(error, errno, "clone");
    munmap(stack, CHILD_STACK_SIZE);
    return spawned->pid < 0 ? -error->code : 0;
}

static int launch_child(struct launch *launch, struct spawned *spawned,
                        struct error *error)
{
    int64_t started = clock_now();
    int result = clone_child(launch, spawned, error);

    if (result < 0)
        return result;
    if (launch->failed != NULL) {
        waitpid(spawned->pid, NULL, 0);
        return error_errno(error, launch->failure, "%s: %s",
                           launch->request->arguments[0], launch->failed);
    }
    spawned->spawn_at = launch->spawn_at;
    spawned->fork_ns = launch->prepared_at - started;
    spawned->setup_cpu_ns = launch->exec_cpu_ns - launch->joined_cpu_ns;
    spawned->setup_usage = launch->usage;
    return 0;
}

int spawn(const struct spawn_request *request, struct spawned *spawned,
          struct error *error)
{
    struct launch launch = {.request = request, .parent = getpid()};
    int output[2] = {-1, -1}, errors[2] = {-1, -1};
    int result;

    *spawned = (struct spawned){.pidfd = -1, .output = -1, .errors = -1};
    launch.null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (launch.null < 0)
        return error_errno(error, errno, "/dev/null");
    result = open_pipe(output, error);
    if (result < 0)
        goto out;
    result = open_pipe(errors, error);
    if (result < 0)
        goto out;
    launch.output = output[1];
    launch.errors = errors[1];
    result = launch_child(&launch, spawned, error);
    if (result < 0)
        goto out;
    spawned->output = take_fd(&output[0]);
    spawned->errors = take_fd(&errors[0]);
out:
    cleanup_close(&launch.null);
    for (size_t i = 0; i < 2; i++) {
        cleanup_close(&output[i]);
        cleanup_close(&errors[i]);
    }
    if (result < 0)
        spawned_close(spawned);
    return result;
}

void spawned_close(struct spawned *spawned)
{
    cleanup_close(&spawned->pidfd);
    cleanup_close(&spawned->output);
    cleanup_close(&spawned->errors);
    spawned->pidfd = spawned->output = spawned->errors = -1;
}
