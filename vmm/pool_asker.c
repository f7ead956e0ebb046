/* Clients that may ask, and what they ask for; see pool_asker.h. */
#include "vmm/pool_asker.h"

#include "oci/cleanup.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { PATIENCE_SECONDS = 2 };

/* By write(2), which is what a jail allows; so SIGPIPE is to be ignored. */
void pool_asker_answer(int fd, struct pool_answer *answer, const char *text)
{
    answer->magic = POOL_MAGIC;
    snprintf(answer->text, sizeof(answer->text), "%s", text);
    (void)!write(fd, answer, sizeof(*answer));
}

void pool_asker_release(struct pool_asker *asker)
{
    cleanup_close(&asker->fd);
    for (int i = 0; i < POOL_STREAMS; i++)
        cleanup_close(&asker->streams[i]);
    *asker = POOL_ASKER_NONE;
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

static int receive(struct pool_asker *asker)
{
    const size_t head = offsetof(struct pool_request, bundle);
    union {
        struct cmsghdr head;
        char storage[CMSG_SPACE(POOL_STREAMS * sizeof(int))];
    } control;
    struct iovec part = {&asker->request, sizeof(asker->request)};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        /* Not its size, which padding may make room for one more. */
        .msg_controllen = CMSG_LEN(POOL_STREAMS * sizeof(int)),
    };
    ssize_t n = recvmsg(asker->fd, &message, MSG_CMSG_CLOEXEC);
    int status = n < 0 ? -errno : take_streams(&message, asker->streams);

    if (status < 0)
        return status;
    if ((size_t)n <= head || asker->request.magic != POOL_MAGIC ||
        memchr(asker->request.bundle, '\0', (size_t)n - head) == NULL)
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

static void turn_away(int fd)
{
    struct pool_answer answer = {.failed = EPERM, .start = POOL_COLD};

    pool_asker_answer(fd, &answer, "this pool is for another user");
}

int pool_asker_accept(int listener, struct pool_asker *asker)
{
    const struct timeval patience = {.tv_sec = PATIENCE_SECONDS};

    for (;;) {
        asker->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (asker->fd < 0 && (errno == EINTR || errno == ECONNABORTED))
            continue;
        if (asker->fd < 0)
            return -errno;
        setsockopt(asker->fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
                   sizeof(patience));
        /* Also of who may not ask: a socket that is closed with a packet
         * unread takes the answer along. */
        if (receive(asker) == 0) {
            if (may_ask(asker->fd))
                return 0;
            turn_away(asker->fd);
        }
        pool_asker_release(asker);
    }
}
