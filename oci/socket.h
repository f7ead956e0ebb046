/*
 * UNIX sockets: connected to by path, and descriptors sent over them.
 * Source: unix(7), cmsg(3).
 */
#ifndef RINGSIDE_OCI_SOCKET_H
#define RINGSIDE_OCI_SOCKET_H

#include "oci/error.h"

#include <stddef.h>

/*
 * A socket of that type (SOCK_STREAM, SOCK_DGRAM), close-on-exec, connected to
 * the one at path. what, an option or a JSON path, begins messages. Errors:
 * -ENAMETOOLONG and those of connect.
 */
int socket_connect(const char *path, int type, const char *what,
                   struct error *error);

/* Two ends that are connected, close-on-exec, for messages that are kept apart
 * (SOCK_SEQPACKET). Errors: of socketpair. */
int socket_pair(int *one, int *other, struct error *error);

/* Sends size bytes of text with a descriptor. Errors: negative errno. */
int socket_send_descriptor(int socket, const char *text, size_t size, int fd);

/* The descriptor of the next message, close-on-exec; its text is dropped. flags
 * are those of recvmsg. -EPIPE where there is none. */
int socket_receive_descriptor(int socket, int flags);

#endif
