/*
 * What an engine does with a console socket: "console SOCKET [TEXT]" listens
 * there, says so, receives a terminal, types TEXT into it, and shows what
 * comes out of it until nobody has it open any more.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
    if (fd < 0 || bind(fd, (void *)&address, sizeof(address)) < 0 ||
        listen(fd, 1) < 0)
        return -1;
    return fd;
}

static int receive_terminal(int connection)
{
    char name[64] = "", room[CMSG_SPACE(sizeof(int))];
    struct iovec data = {name, sizeof(name) - 1};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = room,
                             .msg_controllen = sizeof(room)};
    int terminal;

    if (recvmsg(connection, &message, 0) <= 0 ||
        CMSG_FIRSTHDR(&message) == NULL)
        return -1;
    memcpy(&terminal, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(terminal));
    printf("received %s\n", name);
    fflush(stdout);
    return terminal;
}

int main(int argc, char **argv)
{
    int terminal, listening = argc > 1 ? listen_at(argv[1]) : -1;
    char data[256];
    ssize_t n;

    if (listening < 0) {
        perror("console");
        return 1;
    }
    printf("listening\n");
    fflush(stdout);
    terminal = receive_terminal(accept(listening, NULL, NULL));
    if (terminal < 0)
        return 1;
    if (argc > 2)
        dprintf(terminal, "%s\n", argv[2]);
    while ((n = read(terminal, data, sizeof(data))) > 0)
        fwrite(data, 1, (size_t)n, stdout);
    return 0;
}
