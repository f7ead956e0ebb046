/* Handing a terminal over; see console_socket.h. */
#include "oci/console_socket.h"

#include "oci/cleanup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

int console_socket_connect(const char *path, struct error *error)
{
    _cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof(address.sun_path))
        return error_set(error, ENAMETOOLONG,
                         "--console-socket %s: the path of a socket has at "
                         "most %zu bytes",
                         path, sizeof(address.sun_path) - 1);
    strcpy(address.sun_path, path);
    if (fd < 0 ||
        connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
        return error_errno(error, errno, "--console-socket %s: cannot connect",
                           path);
    return take_fd(&fd);
}

int console_socket_send(int socket, int master)
{
    char name[32], room[CMSG_SPACE(sizeof(int))] = {0};
    unsigned int number = 0;
    struct iovec data = {.iov_base = name};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = room,
                             .msg_controllen = sizeof(room)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    if (ioctl(master, TIOCGPTN, &number) < 0)
        return -errno;
    data.iov_len = (size_t)snprintf(name, sizeof(name), "/dev/pts/%u", number);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &master, sizeof(int));
    return sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}
