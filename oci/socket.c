/* UNIX sockets; see socket.h. */
#include "oci/socket.h"

#include "oci/cleanup.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

int socket_connect(const char *path, int type, const char *what,
                   struct error *error)
{
    _cleanup_close_ int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof(address.sun_path))
        return error_set(error, ENAMETOOLONG,
                         "%s %s: the path of a socket has at most %zu bytes",
                         what, path, sizeof(address.sun_path) - 1);
    strcpy(address.sun_path, path);
    if (fd < 0 ||
        connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
        return error_errno(error, errno, "%s %s: cannot connect", what, path);
    return take_fd(&fd);
}

int socket_pair(int *one, int *other, struct error *error)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return error_errno(error, errno, "cannot make a socket pair");
    *one = ends[0];
    *other = ends[1];
    return 0;
}

int socket_send_descriptor(int socket, const char *text, size_t size, int fd)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)),
                            .cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS}};
    struct iovec data = {.iov_base = (char *)text, .iov_len = size};
    const struct msghdr message = {.msg_iov = &data,
                                   .msg_iovlen = 1,
                                   .msg_control = &control,
                                   .msg_controllen = sizeof(control)};

    memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
    return sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int socket_receive_descriptor(int socket, int flags)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    char text[64];
    struct iovec data = {.iov_base = text, .iov_len = sizeof(text)};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof(control)};
    const struct cmsghdr *header;
    int fd;

    if (recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC) <= 0)
        return -EPIPE;
    header = CMSG_FIRSTHDR(&message);
    if (header == NULL || header->cmsg_level != SOL_SOCKET ||
        header->cmsg_type != SCM_RIGHTS)
        return -EPIPE;
    memcpy(&fd, CMSG_DATA(header), sizeof(fd));
    return fd;
}
