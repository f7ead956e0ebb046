/* Handing a terminal over; see console_socket.h. */
#include "oci/console_socket.h"

#include "oci/socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int console_socket_connect(const char *path, struct error *error)
{
    return socket_connect(path, SOCK_STREAM, "--console-socket", error);
}

int console_socket_send(int socket, int master)
{
    unsigned int number = 0;
    char name[32];

    if (ioctl(master, TIOCGPTN, &number) < 0)
        return -errno;
    snprintf(name, sizeof(name), "/dev/pts/%u", number);
    return socket_send_descriptor(socket, name, strlen(name), master);
}
