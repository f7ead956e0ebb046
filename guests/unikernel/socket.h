/*
 * Pairs of connected sockets: unix(7) streams within the process. Each has a
 * pipe of what it received.
 */
#ifndef RINGSIDE_UNIKERNEL_SOCKET_H
#define RINGSIDE_UNIKERNEL_SOCKET_H

#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/pipe.h"

#include <stdbool.h>
#include <stdint.h>

/* Bytes that a socket holds until they are read. */
enum { SOCKET_CAPACITY = 1 << 17 };

struct socket {
    struct node node;
    struct pipe received;
    struct socket *peer; /* NULL: closed */
};

/* A socket without a peer, its node with one reference; NULL: no memory. */
struct socket *socket_create(void);

/* The socket that is open; NULL for any other file. */
struct socket *socket_of(const struct description *file);

/* As pipe_take and pipe_put; a socket whose peer is gone is -EPIPE. */
int64_t socket_receive(struct socket *socket, bool nonblocking, void *to,
                       uint64_t length);
int64_t socket_send(struct socket *socket, bool nonblocking, const void *from,
                    uint64_t length);

#endif
