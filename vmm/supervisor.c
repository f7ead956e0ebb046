/* The side outside of the jail; see supervisor.h. */
#include "vmm/supervisor.h"

#include "oci/cleanup.h"
#include "vmm/supervisor_child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIGNAL_BASE = 128, LAST_PRIORITY = 19 };

/* What the supervisor knows of its ward. */
struct supervised {
    const struct ward *ward;
    pid_t process;
    int channel, signals;
    int watched;          /* whose hang-up ends it, -1: none */
    int denied;           /* a system call's number, -1: none */
    struct error failure; /* code != 0: what it could not do */
};

/* Those that a guest may get (interrupt.h, upcall.h). */
static void signals_to_forward(sigset_t *set)
{
    static const int forwarded[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGUSR1,
                                    SIGUSR2, SIGALRM, SIGCONT, SIGWINCH};

    sigemptyset(set);
    for (size_t i = 0; i < sizeof(forwarded) / sizeof(forwarded[0]); i++)
        sigaddset(set, forwarded[i]);
}

/* What a terminal sends goes to all of its foreground, the ward included. */
static void forward(pid_t process, int signal, int code)
{
    if (code != SI_KERNEL || !child_shares_terminal())
        kill(process, signal);
}

static void forward_next(const struct supervised *supervised)
{
    struct signalfd_siginfo info;

    if (read(supervised->signals, &info, sizeof(info)) == sizeof(info))
        forward(supervised->process, (int)info.ssi_signo, info.ssi_code);
}

static pid_t forwarded_to; /* by the handler; one ward a process */

static void on_signal(int signal, siginfo_t *info, void *context)
{
    const int code = errno;

    (void)context;
    forward(forwarded_to, signal, info->si_code);
    errno = code;
}

/* So that they also end waiting for a lock; *before is how it was. */
static void forward_at_once(const struct supervised *supervised,
                            sigset_t *before)
{
    const struct sigaction action = {.sa_sigaction = on_signal,
                                     .sa_flags = SA_SIGINFO};
    sigset_t signals;

    forwarded_to = supervised->process;
    signals_to_forward(&signals);
    for (int signal = 1; signal < NSIG; signal++) {
        if (sigismember(&signals, signal) > 0)
            sigaction(signal, &action, NULL);
    }
    sigprocmask(SIG_UNBLOCK, &signals, before);
}

/* Nothing more goes between us: its end, or it must be brought about. */
static void lose(struct supervised *supervised, int status)
{
    if (status == -EPIPE)
        return;
    error_errno(&supervised->failure, -status,
                "cannot talk to the process that runs the guest");
    kill(supervised->process, SIGKILL);
}

/* What it waits for. */
static void answer(struct supervised *supervised, struct message *message,
                   const int fds[MESSAGE_DESCRIPTORS])
{
    int status = message_send(supervised->channel, message, fds);

    if (status < 0)
        lose(supervised, status);
}

static int send_cage(struct supervised *supervised, struct error *error)
{
    struct message message = {.kind = MESSAGE_CAGE,
                              .value = (uint64_t)supervised->process};
    struct jail jail = JAIL_NONE;
    int status;

    jail.keeps_network = supervised->ward->keeps_network;
    status = jail_prepare(&jail, error);
    if (status == 0)
        answer(supervised, &message,
               (const int[MESSAGE_DESCRIPTORS]){jail.network, jail.ipc,
                                                jail.root, -1});
    jail_release(&jail);
    return status;
}

static void send_root(struct supervised *supervised)
{
    const struct ward *ward = supervised->ward;
    struct message message = {.kind = MESSAGE_ROOT};
    _cleanup_close_ int fd = -1;
    sigset_t before;

    if (ward->open_root == NULL) {
        error_set(&message.error, ENOTSUP, "this guest has no files");
    } else {
        forward_at_once(supervised, &before);
        fd = ward->open_root(ward->context, &message.value, &message.error);
        sigprocmask(SIG_SETMASK, &before, NULL);
    }
    answer(supervised, &message,
           (const int[MESSAGE_DESCRIPTORS]){fd, -1, -1, -1});
}

/* A ward that has died before takes nothing. */
static void engage(struct supervised *supervised)
{
    const struct ward *ward = supervised->ward;
    struct message message = {.kind = MESSAGE_GO};
    int *handed, status;

    if (ward->engage == NULL ||
        ward->engage(ward->context, &handed, &supervised->watched) < 0) {
        kill(supervised->process, SIGKILL);
        return;
    }
    status = message_send(supervised->channel, &message, handed);
    if (status < 0) {
        lose(supervised, status);
        return;
    }
    for (int i = 0; i < MESSAGE_DESCRIPTORS; i++) {
        cleanup_close(&handed[i]);
        handed[i] = -1;
    }
}

/* Who it works for has gone, perhaps because it has what it wanted: then its
 * end must not be in the way of the next one. */
static void abandon(struct supervised *supervised)
{
    supervised->watched = -1;
    setpriority(PRIO_PROCESS, (id_t)supervised->process, LAST_PRIORITY);
    kill(supervised->process, SIGKILL);
}

/* Does what it is asked for; false once there is nobody to ask. */
static bool serve(struct supervised *supervised)
{
    struct message message;
    int fds[MESSAGE_DESCRIPTORS];
    int status = message_receive(supervised->channel, &message, fds);

    for (int i = 0; status == 0 && i < MESSAGE_DESCRIPTORS; i++)
        cleanup_close(&fds[i]);
    if (status == -EINTR || status == -EPROTO)
        return true;
    if (status < 0) {
        lose(supervised, status);
        return false;
    }
    if (message.kind == MESSAGE_OPEN_ROOT)
        send_root(supervised);
    else if (message.kind == MESSAGE_READY)
        engage(supervised);
    else if (message.kind == MESSAGE_DENIED)
        supervised->denied = (int)message.value;
    else if (message.kind == MESSAGE_FAILED && message.error.code > 0)
        error_set(&supervised->failure, message.error.code, "%s",
                  message.error.text);
    else if (message.kind == MESSAGE_STARTED &&
             supervised->ward->started != NULL)
        supervised->ward->started(supervised->ward->context,
                                  supervised->process);
    return true;
}

static void attend(struct supervised *supervised)
{
    bool goes_on = true;

    while (goes_on) {
        struct pollfd fds[] = {
            {.fd = supervised->channel, .events = POLLIN},
            {.fd = supervised->signals, .events = POLLIN},
            {.fd = supervised->watched, .events = POLLRDHUP},
        };

        if (poll(fds, sizeof(fds) / sizeof(fds[0]), -1) < 0)
            continue;
        if (fds[1].revents != 0)
            forward_next(supervised);
        if (fds[2].revents != 0)
            abandon(supervised);
        if (fds[0].revents != 0)
            goes_on = serve(supervised);
    }
}

static bool is_crash(int signal)
{
    return signal == SIGSEGV || signal == SIGBUS || signal == SIGILL ||
           signal == SIGFPE || signal == SIGABRT;
}

static int tell_end(const struct supervised *supervised, int state,
                    int *exit_status, struct error *error)
{
    const int signal = WIFSIGNALED(state) ? WTERMSIG(state) : 0;

    if (supervised->denied >= 0 || signal == SIGSYS)
        return error_set(error, EPERM,
                         "the VMM was stopped by its own jail: system call "
                         "%d; please report this (--jail=off does without)",
                         supervised->denied);
    if (supervised->failure.code != 0) {
        *error = supervised->failure;
        return -error->code;
    }
    if (is_crash(signal))
        return error_set(error, EFAULT,
                         "the VMM crashed (signal %d): please report this",
                         signal);
    *exit_status = signal != 0 ? SIGNAL_BASE + signal : WEXITSTATUS(state);
    return 0;
}

/* Its end; a sibling's is for others to see. */
static int await_end(const struct supervised *supervised)
{
    int state = 0;

    if (supervised->ward->is_sibling)
        return 0;
    while (waitpid(supervised->process, &state, 0) < 0 && errno == EINTR)
        continue;
    return state;
}

static int supervise(struct supervised *supervised, int *exit_status,
                     struct error *error)
{
    int status = send_cage(supervised, error), state;

    if (status < 0)
        kill(supervised->process, SIGKILL);
    else
        attend(supervised);
    state = await_end(supervised);
    return status < 0 ? status
                      : tell_end(supervised, state, exit_status, error);
}

int supervisor_run(const struct ward *ward, int *exit_status,
                   struct error *error)
{
    struct supervised supervised = {.ward = ward, .watched = -1, .denied = -1};
    _cleanup_close_ int ours = -1, theirs = -1, signals = -1;
    sigset_t forwarded, before;
    int ends[2], status;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return error_errno(error, errno, "cannot make a socket pair");
    ours = ends[0];
    theirs = ends[1];
    signals_to_forward(&forwarded);
    signals = signalfd(-1, &forwarded, SFD_CLOEXEC);
    if (signals < 0)
        return error_errno(error, errno, "signalfd");
    sigprocmask(SIG_BLOCK, &forwarded, &before);
    supervised.process = child_make(ward, ends, &before, error);
    if (supervised.process < 0) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        return supervised.process;
    }
    close(take_fd(&theirs));
    if (ward->handed_over >= 0)
        close(ward->handed_over);
    supervised.channel = ours;
    supervised.signals = signals;
    status = supervise(&supervised, exit_status, error);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return status;
}
