/*
 * Workers are forked, watched and replaced; the daemon itself takes no part in
 * a request. It waits for one thing at a time: a signal (SIGCHLD for the end of
 * a worker), by sigwaitinfo.
 */
#include "vmm/pool_daemon.h"

#include "oci/cleanup.h"
#include "vmm/pool_client.h"
#include "vmm/pool_rights.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

enum {
    BACKLOG = 1024,
    TOGETHER = 4, /* workers that are prepared at once */
    QUIET_MS = 3,
    LOOK_SECONDS = 1,  /* how often to look whether the socket is still there */
    RETRY_SECONDS = 1, /* after a worker that could not prepare a guest */
    DYING_MS = 200,
    PREPARE_MS = 20000, /* the longest that a guest takes to be ready */
};

struct daemon {
    const char *path; /* of the socket; one that is removed ends the pool */
    const struct pool_options *options;
    int listener;
    int ready_fd, lock; /* not for workers: their ends say something */
    unsigned int alive;
    bool draining;
    pid_t *workers; /* options->size of them, 0: none */
};

static int make_lock(const char *path, struct error *error)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    _cleanup_free_ char *name = NULL;
    _cleanup_close_ int fd = -1;

    if (asprintf(&name, "%s.lock", path) < 0) {
        name = NULL;
        return error_errno(error, ENOMEM, "%s", path);
    }
    fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return error_errno(error, errno, "%s: cannot open", name);
    /* A daemon that has just been killed holds it until it is gone. */
    for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
        if (i == DYING_MS)
            return error_set(error, EADDRINUSE,
                             "%s: a pool serves there already", path);
        nanosleep(&moment, NULL);
    }
    return take_fd(&fd);
}

/* A socket that a daemon left; anything else is not ours to remove. */
static int remove_stale(const char *path, struct error *error)
{
    struct stat status;

    if (lstat(path, &status) < 0)
        return errno == ENOENT ? 0 : error_errno(error, errno, "%s", path);
    if (!S_ISSOCK(status.st_mode))
        return error_set(error, EEXIST, "%s: is there and is no socket", path);
    if (unlink(path) < 0)
        return error_errno(error, errno, "%s: cannot replace", path);
    return 0;
}

static int make_listener(const char *path, struct error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    _cleanup_close_ int fd = -1;
    mode_t mask;
    int status;

    if (strlen(path) >= sizeof(address.sun_path))
        return error_errno(error, ENAMETOOLONG, "%s: cannot be a socket", path);
    strcpy(address.sun_path, path);
    fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return error_errno(error, errno, "socket");
    status = remove_stale(path, error);
    if (status < 0)
        return status;
    mask = umask(0177);
    status = bind(fd, (const struct sockaddr *)&address, sizeof(address));
    umask(mask);
    if (status < 0 || listen(fd, BACKLOG) < 0)
        return error_errno(error, errno, "%s: cannot serve", path);
    return take_fd(&fd);
}

static void clear_signals(void)
{
    sigset_t none;

    signal(SIGTERM, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Forks a worker into a free place; *report is where it will tell. */
static int fork_worker(struct daemon *daemon, pid_t **started, int *report,
                       struct error *error)
{
    const pid_t parent = getpid();
    pid_t *place = daemon->workers;
    int ends[2];
    pid_t worker;

    while (*place != 0)
        place++;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_errno(error, errno, "pipe");
    worker = fork();
    if (worker == 0) {
        close(ends[0]);
        cleanup_close(&daemon->ready_fd);
        cleanup_close(&daemon->lock);
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        clear_signals();
        _exit(pool_worker(daemon->listener, ends[1], daemon->options));
    }
    close(ends[1]);
    if (worker < 0) {
        close(ends[0]);
        return error_errno(error, errno, "cannot fork a worker");
    }
    *place = worker;
    *started = place;
    daemon->alive++;
    *report = ends[0];
    return 0;
}

/* Waits for what a worker has to tell. */
static int hear(int report, struct error *error)
{
    struct pollfd wait = {.fd = report, .events = POLLIN};
    struct pool_report packet;
    ssize_t n = 0;

    if (poll(&wait, 1, PREPARE_MS) > 0)
        n = read(report, &packet, sizeof(packet));
    close(report);
    if (wait.revents == 0)
        return error_set(error, ETIMEDOUT,
                         "a guest was not ready within %d s: does its program "
                         "write the line \"ringside ready\"?",
                         PREPARE_MS / 1000);
    if (n != sizeof(packet))
        return error_set(error, ECHILD, "a worker died while it was prepared");
    packet.text[sizeof(packet.text) - 1] = '\0';
    if (packet.failed != 0)
        return error_set(error, packet.failed, "%s", packet.text);
    return 0;
}

/* Forgets workers that have ended. */
static void reap(struct daemon *daemon)
{
    pid_t ended;

    while ((ended = waitpid(-1, NULL, WNOHANG)) > 0) {
        for (unsigned int i = 0; i < daemon->options->size; i++) {
            if (daemon->workers[i] == ended) {
                daemon->workers[i] = 0;
                daemon->alive--;
            }
        }
    }
}

/*
 * Starts what is missing, some at a time: preparing a guest is mostly waiting
 * for the kernel. One that is not ready in time is ended. The first error
 * stands.
 */
static int refill(struct daemon *daemon, struct error *error)
{
    int status = 0;

    while (!daemon->draining && status == 0 &&
           daemon->alive < daemon->options->size) {
        const unsigned int missing = daemon->options->size - daemon->alive;
        int reports[TOGETHER];
        pid_t *places[TOGETHER];
        unsigned int started = 0;

        while (status == 0 && started < TOGETHER && started < missing) {
            status =
                fork_worker(daemon, &places[started], &reports[started], error);
            started += status == 0;
        }
        for (unsigned int i = 0; i < started; i++) {
            struct error mine = {0};
            int ready = hear(reports[i], &mine);

            if (ready < 0)
                kill(*places[i], SIGKILL);
            if (ready < 0 && status == 0) {
                *error = mine;
                status = ready;
            }
        }
    }
    return status;
}

static void signal_all(const struct daemon *daemon, int number)
{
    for (unsigned int i = 0; i < daemon->options->size; i++) {
        if (daemon->workers[i] != 0)
            kill(daemon->workers[i], number);
    }
}

/* On the socket itself, so that it ends accept(2) in every worker. */
static void drain(struct daemon *daemon)
{
    if (daemon->draining)
        signal_all(daemon, SIGKILL);
    daemon->draining = true;
    shutdown(daemon->listener, SHUT_RDWR);
}

static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGCHLD);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    sigprocmask(SIG_BLOCK, set, NULL);
}

/* The next signal. Negative where the time is over. */
static int next_signal(const sigset_t *signals, const struct timespec *time)
{
    int number;

    do {
        number = sigtimedwait(signals, NULL, time);
    } while (number < 0 && errno == EINTR);
    return number;
}

/*
 * Replaces workers as they end: once none has ended for a moment, so that
 * making one takes no processor from requests that follow each other, or at
 * once when half are gone. One that cannot be prepared (the bundle may be gone
 * for a moment) is tried again a little later.
 */
static void loop(struct daemon *daemon, const sigset_t *signals)
{
    const struct timespec look = {.tv_sec = LOOK_SECONDS};
    const struct timespec quiet = {.tv_nsec = QUIET_MS * 1000000};
    const struct timespec retry = {.tv_sec = RETRY_SECONDS};
    const unsigned int size = daemon->options->size;
    const struct timespec *wait = &look;

    while (!daemon->draining || daemon->alive > 0) {
        struct error error = {0};
        int number = next_signal(signals, wait);

        if (number == SIGTERM || number == SIGINT || number == SIGHUP)
            drain(daemon);
        if (!daemon->draining && access(daemon->path, F_OK) < 0)
            drain(daemon);
        reap(daemon);
        wait = !daemon->draining && daemon->alive < size ? &quiet : &look;
        if (number > 0 && daemon->alive > size / 2)
            continue;
        wait = &look;
        if (refill(daemon, &error) < 0) {
            fprintf(stderr, "ringside-vmm: pool: %s\n", error.text);
            wait = &retry;
        }
    }
}

int pool_serve(const char *path, const struct pool_options *options,
               int ready_fd, struct error *error)
{
    _cleanup_free_ pid_t *workers = calloc(options->size, sizeof(*workers));
    _cleanup_close_ int lock = make_lock(path, error);
    _cleanup_close_ int listener = lock < 0 ? -1 : make_listener(path, error);
    struct daemon daemon = {.path = path,
                            .options = options,
                            .listener = listener,
                            .ready_fd = ready_fd,
                            .lock = lock,
                            .workers = workers};
    sigset_t signals;
    int status;

    if (lock < 0 || listener < 0 || workers == NULL)
        return workers == NULL ? error_errno(error, ENOMEM, "%s", path)
                               : -error->code;
    block_signals(&signals);
    status = options->no_jail ? 0 : pool_give_up_rights(error);
    if (status == 0)
        status = refill(&daemon, error);
    if (status < 0) {
        drain(&daemon);
    } else if (ready_fd >= 0) {
        prctl(PR_SET_PDEATHSIG, 0); /* no more tied to who started it */
        cleanup_close(&daemon.ready_fd);
    }
    daemon.ready_fd = -1;
    loop(&daemon, &signals);
    unlink(path);
    return status;
}

/* Does a daemon hold the lock, be it that it is only starting? */
static bool is_locked(const char *path)
{
    _cleanup_free_ char *name = NULL;
    _cleanup_close_ int fd = -1;

    if (asprintf(&name, "%s.lock", path) < 0) {
        name = NULL;
        return false;
    }
    fd = open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;
}

/* Connects to a pool, which may not have come to listening yet. */
static int connect_to_daemon(const char *path, struct error *error)
{
    const struct timespec moment = {.tv_nsec = 5000000};
    int fd = pool_connect(path, error);

    for (int i = 0; fd < 0 && i < PREPARE_MS / 5 && is_locked(path); i++) {
        nanosleep(&moment, NULL);
        fd = pool_connect(path, error);
    }
    return fd;
}

int pool_stop(const char *path, struct error *error)
{
    _cleanup_close_ int fd = connect_to_daemon(path, error);
    _cleanup_close_ int lock = -1;
    _cleanup_free_ char *name = NULL;
    struct ucred peer;
    socklen_t size = sizeof(peer);

    if (fd < 0)
        return fd;
    /* Who called listen(2): the daemon, whichever worker is at the other end.
     */
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ||
        kill(peer.pid, SIGTERM) < 0)
        return error_errno(error, errno, "%s: cannot end the pool", path);
    /* A worker waits for what we ask. */
    cleanup_close(&fd);
    fd = -1;
    if (asprintf(&name, "%s.lock", path) < 0) {
        name = NULL;
        return error_errno(error, ENOMEM, "%s", path);
    }
    /* Ours, once the daemon is gone. */
    lock = open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    while (lock >= 0 && flock(lock, LOCK_EX) < 0 && errno == EINTR)
        continue;
    return 0;
}
