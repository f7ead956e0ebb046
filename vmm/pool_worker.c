/*
 * All workers wait in accept(2) on one socket, so the kernel hands a client
 * straight to a guest that is ready: nothing stands between them. A worker
 * serves one client and ends; the daemon replaces it (pool_daemon.c). What a
 * guest does wrong, or a client that is gone, takes one process with it.
 */
#include "vmm/pool_worker.h"

#include "oci/cleanup.h"
#include "vmm/interrupt.h"
#include "vmm/pool_guest.h"
#include "vmm/pool_protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_SECONDS = 2, SIGNAL_BASE = 128, LAST_PRIORITY = 19 };

/* A client and what it asks for. */
struct client {
    int fd;
    int streams[POOL_STREAMS];
    struct pool_request request;
};

static void release_client(struct client *client)
{
    cleanup_close(&client->fd);
    for (int i = 0; i < POOL_STREAMS; i++)
        cleanup_close(&client->streams[i]);
    client->fd = client->streams[0] = client->streams[1] = client->streams[2] =
        -1;
}

static void answer(const struct client *client, int failed, int exit_status,
                   enum pool_start start, const char *text)
{
    struct pool_answer packet = {
        .magic = POOL_MAGIC,
        .failed = failed,
        .exit_status = exit_status,
        .start = start,
        .process = (uint32_t)getpid(),
    };

    snprintf(packet.text, sizeof(packet.text), "%s", text);
    send(client->fd, &packet, sizeof(packet), MSG_NOSIGNAL);
}

/* The descriptors that came with a packet; those that fit are ours to close. */
static int take_streams(struct msghdr *message, int streams[POOL_STREAMS])
{
    struct cmsghdr *head = CMSG_FIRSTHDR(message);

    if (head == NULL || head->cmsg_level != SOL_SOCKET ||
        head->cmsg_type != SCM_RIGHTS)
        return -EPROTO;
    for (size_t i = 0;
         i < POOL_STREAMS && head->cmsg_len >= CMSG_LEN((i + 1) * sizeof(int));
         i++)
        memcpy(&streams[i], CMSG_DATA(head) + i * sizeof(int), sizeof(int));
    if (head->cmsg_len != CMSG_LEN(POOL_STREAMS * sizeof(int)) ||
        (message->msg_flags & (MSG_CTRUNC | MSG_TRUNC)) != 0)
        return -EPROTO;
    return 0;
}

static int receive(struct client *client)
{
    const size_t head = offsetof(struct pool_request, bundle);
    union {
        struct cmsghdr head;
        char storage[CMSG_SPACE(POOL_STREAMS * sizeof(int))];
    } control;
    struct iovec part = {&client->request, sizeof(client->request)};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        /* Not its size, which padding may make room for one more. */
        .msg_controllen = CMSG_LEN(POOL_STREAMS * sizeof(int)),
    };
    ssize_t n = recvmsg(client->fd, &message, MSG_CMSG_CLOEXEC);
    int status = n < 0 ? -errno : take_streams(&message, client->streams);

    if (status < 0)
        return status;
    if ((size_t)n <= head || client->request.magic != POOL_MAGIC ||
        memchr(client->request.bundle, '\0', (size_t)n - head) == NULL)
        return -EPROTO;
    return 0;
}

static bool may_ask(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == geteuid() || peer.uid == 0);
}

/* One client that may ask and does; -EINVAL once the pool is being drained. */
static int next_client(int listener, struct client *client)
{
    const struct timeval patience = {.tv_sec = PATIENCE_SECONDS};

    for (;;) {
        client->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client->fd < 0 && errno == EINTR && interrupt_pending() == 0)
            continue;
        if (client->fd < 0 && errno == ECONNABORTED)
            continue;
        if (client->fd < 0)
            return -errno;
        setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
                   sizeof(patience));
        if (!may_ask(client->fd))
            answer(client, EPERM, 0, POOL_COLD,
                   "this pool is for another user");
        else if (receive(client) == 0)
            return 0;
        release_client(client);
    }
}

/* The client has hung up (it says no more after its request): so end. */
static void client_gone(int signal)
{
    (void)signal;
    _exit(SIGNAL_BASE + SIGHUP);
}

/* The guest's streams become the client's; its end is watched by signal. */
static int become(struct client *client)
{
    struct sigaction action = {.sa_handler = client_gone};

    for (int i = 0; i < POOL_STREAMS; i++) {
        if (dup2(client->streams[i], i) < 0)
            return -errno;
        cleanup_close(&client->streams[i]);
        client->streams[i] = -1;
    }
    /* From now on the daemon's end is not ours. */
    prctl(PR_SET_PDEATHSIG, 0);
    sigaction(SIGIO, &action, NULL);
    if (fcntl(client->fd, F_SETOWN, getpid()) < 0 ||
        fcntl(client->fd, F_SETFL, O_ASYNC) < 0)
        return -errno;
    /* It may have been gone before that. */
    if (recv(client->fd, &(char){0}, 1, MSG_DONTWAIT | MSG_PEEK) == 0)
        client_gone(0);
    return 0;
}

static void serve(struct client *client, struct pool_guest *guest,
                  const struct pool_options *options)
{
    enum pool_start start = guest->unikernel.paused ? POOL_PREPARED : POOL_COLD;
    struct error error = {0};
    int exit_status = 0, status = 0;

    if (!pool_guest_fits(guest, client->request.bundle)) {
        start = POOL_COLD;
        pool_guest_release(guest);
        status = pool_guest_make(guest, client->request.bundle,
                                 options->memory_size, false, &error);
    }
    if (status == 0) {
        status = become(client);
        if (status < 0)
            error_errno(&error, -status, "cannot take over the streams");
    }
    if (status == 0)
        status = pool_guest_run(guest, &exit_status, &error);
    if (status == -EINTR)
        answer(client, 0, SIGNAL_BASE + interrupt_pending(), start, "");
    else
        answer(client, -status, exit_status, start, error.text);
}

static void tell(int report, const struct error *error)
{
    struct pool_report packet = {.failed = error->code};

    snprintf(packet.text, sizeof(packet.text), "%s", error->text);
    while (write(report, &packet, sizeof(packet)) < 0 && errno == EINTR)
        continue;
    close(report);
}

/* The daemon's streams are nobody's business. */
static void drop_streams(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int i = 0; null >= 0 && i < POOL_STREAMS; i++)
        dup2(null, i);
    cleanup_close(&null);
}

int pool_worker(int listener, int report, const struct pool_options *options)
{
    struct pool_guest guest = {.unikernel = UNIKERNEL_NONE};
    struct client client = {.fd = -1, .streams = {-1, -1, -1}};
    struct error error = {0};

    drop_streams();
    if (options->bundle != NULL &&
        pool_guest_make(&guest, options->bundle, options->memory_size, true,
                        &error) < 0) {
        tell(report, &error);
        return 1;
    }
    tell(report, &error);
    if (next_client(listener, &client) < 0)
        return 0;
    /* Once the daemon is gone nobody must find the socket open. */
    close(listener);
    serve(&client, &guest, options);
    /*
     * The client has its answer; VM and memory go with this process, when
     * nobody else has more to do: requests often follow each other.
     */
    setpriority(PRIO_PROCESS, 0, LAST_PRIORITY);
    return 0;
}
