/* Packets with descriptors; see supervisor_message.h. Source: unix(7). */
#include "vmm/supervisor_message.h"

#include "oci/cleanup.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

union control {
    struct cmsghdr head;
    char storage[CMSG_SPACE(MESSAGE_DESCRIPTORS * sizeof(int))];
};

/* Only what is said is sent: the text up to its end. */
static size_t size_of(const struct message *message)
{
    return offsetof(struct message, error.text) + strlen(message->error.text) +
           1;
}

int message_send(int channel, struct message *message,
                 const int fds[MESSAGE_DESCRIPTORS])
{
    union control control = {0};
    struct iovec part = {message, 0};
    struct msghdr packet = {.msg_iov = &part, .msg_iovlen = 1};
    int sent[MESSAGE_DESCRIPTORS];
    size_t count = 0;

    message->present = 0;
    for (unsigned int i = 0; fds != NULL && i < MESSAGE_DESCRIPTORS; i++) {
        if (fds[i] < 0)
            continue;
        message->present |= 1u << i;
        sent[count++] = fds[i];
    }
    part.iov_len = size_of(message);
    if (count > 0) {
        packet.msg_control = &control;
        packet.msg_controllen = CMSG_SPACE(count * sizeof(int));
        control.head =
            (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        control.head.cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(&control.head), sent, count * sizeof(int));
    }
    return sendmsg(channel, &packet, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Hands them out in the places that the packet says; false: they are others. */
static bool hand_out(const struct message *message, const int *received,
                     size_t count, int fds[MESSAGE_DESCRIPTORS])
{
    size_t next = 0;

    for (unsigned int i = 0; i < MESSAGE_DESCRIPTORS; i++) {
        if (!(message->present & 1u << i))
            continue;
        if (next == count)
            return false;
        fds[i] = received[next++];
    }
    return next == count;
}

static int take_descriptors(struct msghdr *packet,
                            const struct message *message,
                            int fds[MESSAGE_DESCRIPTORS])
{
    const struct cmsghdr *head = CMSG_FIRSTHDR(packet);
    int received[MESSAGE_DESCRIPTORS];
    size_t count = 0;

    for (unsigned int i = 0; i < MESSAGE_DESCRIPTORS; i++)
        fds[i] = -1;
    if (head != NULL && head->cmsg_level == SOL_SOCKET &&
        head->cmsg_type == SCM_RIGHTS)
        count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    if (count > MESSAGE_DESCRIPTORS)
        count = MESSAGE_DESCRIPTORS;
    if (count > 0)
        memcpy(received, CMSG_DATA(head), count * sizeof(int));
    if (hand_out(message, received, count, fds))
        return 0;
    for (size_t i = 0; i < count; i++)
        cleanup_close(&received[i]);
    return -EPROTO;
}

int message_receive(int channel, struct message *message,
                    int fds[MESSAGE_DESCRIPTORS])
{
    union control control = {0};
    struct iovec part = {message, sizeof(*message)};
    struct msghdr packet = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    ssize_t n = recvmsg(channel, &packet, MSG_CMSG_CLOEXEC);
    int status;

    if (n == 0)
        return -EPIPE;
    /* It has ended with packets unread: what it has sent is still there. */
    if (n < 0)
        return errno == ECONNRESET ? -EINTR : -errno;
    if ((size_t)n <= offsetof(struct message, error.text))
        message->present = 0;
    status = take_descriptors(&packet, message, fds);
    if ((size_t)n <= offsetof(struct message, error.text))
        return -EPROTO;
    message->error.text[ERROR_TEXT_SIZE - 1] = '\0';
    ((char *)message)[n - 1] = '\0';
    return status;
}
