/*
 * Sockets. A guest has no network, so socket(2) says that of every address
 * family, as Linux does where it lacks one. What stays within the process is
 * there: socketpair(2) of streams, two pipes that cross.
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/pipe.h"
#include "guests/unikernel/poll.h"
#include "guests/unikernel/socket.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/unnamed_node.h"

#include <asm/errno.h>
#include <asm/socket.h>
#include <linux/fcntl.h>
#include <linux/net.h>
#include <linux/poll.h>
#include <stddef.h>

/* <sys/socket.h>, which only C libraries have. */
enum {
    AF_UNIX = 1,
    SOCK_STREAM = 1,
    FAMILIES = 46,
    SOCK_MAX = 11,
    SOCK_TYPE_MASK = 0xf,
    SHUT_RD = 0,
    SHUT_WR = 1,
    SHUT_RDWR = 2,
    MSG_DONTWAIT = 0x40,
    MSG_NOSIGNAL = 0x4000,
};

static int64_t check_type(uint64_t type)
{
    const uint32_t flags = (uint32_t)type & ~(uint32_t)SOCK_TYPE_MASK;

    if ((flags & ~(uint32_t)(O_CLOEXEC | O_NONBLOCK)) != 0)
        return -EINVAL;
    return 0;
}

/* Whether there could be such a socket, and then that there is not. */
static int64_t check_family(uint64_t family, uint64_t type)
{
    if ((uint32_t)family >= FAMILIES)
        return -EAFNOSUPPORT;
    return ((uint32_t)type & SOCK_TYPE_MASK) >= SOCK_MAX ? -EINVAL
                                                         : -EAFNOSUPPORT;
}

int64_t sys_socket(const struct registers *call)
{
    int64_t status = check_type(call->rsi);

    return status < 0 ? status : check_family(call->rdi, call->rsi);
}

/* Both ends get descriptors, or none. */
static int64_t install(struct socket *one, struct socket *other, uint32_t flags,
                       uint64_t address)
{
    int64_t first, second = -ENFILE;
    int32_t ends[2];

    one->peer = other;
    other->peer = one;
    first = unnamed_node_install(&one->node, O_RDWR | flags);
    if (first >= 0)
        second = unnamed_node_install(&other->node, O_RDWR | flags);
    else
        node_release(&other->node);
    if (first < 0 || second < 0) {
        if (first >= 0)
            descriptor_close((uint64_t)first);
        return first < 0 ? first : second;
    }
    ends[0] = (int32_t)first;
    ends[1] = (int32_t)second;
    if (user_copy_out(address, ends, sizeof(ends)) == 0)
        return 0;
    descriptor_close((uint64_t)first);
    descriptor_close((uint64_t)second);
    return -EFAULT;
}

int64_t sys_socketpair(const struct registers *call)
{
    const uint32_t type = (uint32_t)call->rsi & SOCK_TYPE_MASK;
    int64_t status = check_type(call->rsi);
    struct socket *one, *other;

    if (status < 0)
        return status;
    if ((uint32_t)call->rdi != AF_UNIX)
        return check_family(call->rdi, call->rsi);
    if (type != SOCK_STREAM)
        return type >= SOCK_MAX ? -EINVAL : -ESOCKTNOSUPPORT;
    if ((uint32_t)call->rdx > 1)
        return -EPROTONOSUPPORT;
    one = socket_create();
    other = socket_create();
    if (one == NULL || other == NULL) {
        if (one != NULL)
            node_release(&one->node);
        if (other != NULL)
            node_release(&other->node);
        return -ENOMEM;
    }
    return install(one, other, (uint32_t)call->rsi & ~(uint32_t)SOCK_TYPE_MASK,
                   call->r10);
}

/* The socket behind a descriptor: 0, -EBADF or -ENOTSOCK. */
static int64_t find(uint64_t descriptor, struct description **file)
{
    *file = descriptor_get((uint32_t)descriptor);
    if (*file == NULL)
        return -EBADF;
    return socket_of(*file) != NULL ? 0 : -ENOTSOCK;
}

/* Calls that no socket of a pair is for. */
static int64_t refuse(const struct registers *call, int64_t error)
{
    struct description *file;
    int64_t status = find(call->rdi, &file);

    return status < 0 ? status : error;
}

int64_t sys_connect(const struct registers *call)
{
    return refuse(call, -EISCONN);
}

int64_t sys_bind(const struct registers *call)
{
    return refuse(call, -EINVAL);
}

int64_t sys_listen(const struct registers *call)
{
    return refuse(call, -EINVAL);
}

int64_t sys_accept(const struct registers *call)
{
    return refuse(call, -EINVAL);
}

int64_t sys_setsockopt(const struct registers *call)
{
    return refuse(call, call->rsi == SOL_SOCKET ? 0 : -EOPNOTSUPP);
}

/* Options that are asked of any socket; all others are not there. */
int64_t sys_getsockopt(const struct registers *call)
{
    static const struct {
        uint64_t option;
        int32_t value;
    } options[] = {
        {SO_TYPE, SOCK_STREAM},       {SO_ERROR, 0},
        {SO_DOMAIN, AF_UNIX},         {SO_PROTOCOL, 0},
        {SO_ACCEPTCONN, 0},           {SO_SNDBUF, SOCKET_CAPACITY},
        {SO_RCVBUF, SOCKET_CAPACITY},
    };
    const int32_t size = sizeof(options[0].value);
    struct description *file;
    int64_t status = find(call->rdi, &file);
    int32_t length;

    if (status < 0)
        return status;
    if (user_copy_in(&length, call->r8, sizeof(length)) < 0)
        return -EFAULT;
    if (length < 0)
        return -EINVAL;
    if (length > size)
        length = size;
    for (uint64_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (call->rsi != SOL_SOCKET || options[i].option != call->rdx)
            continue;
        if (user_copy_out(call->r10, &options[i].value, (uint64_t)length) < 0)
            return -EFAULT;
        return user_copy_out(call->r8, &length, sizeof(length));
    }
    return call->rsi == SOL_SOCKET ? -ENOPROTOOPT : -EOPNOTSUPP;
}

/* Nameless: the family alone. */
static int64_t copy_out_name(uint64_t address, uint64_t length_address)
{
    const uint16_t family = AF_UNIX;
    int32_t length;

    if (user_copy_in(&length, length_address, sizeof(length)) < 0)
        return -EFAULT;
    if (length < 0)
        return -EINVAL;
    if ((uint32_t)length > sizeof(family))
        length = sizeof(family);
    if (user_copy_out(address, &family, (uint64_t)length) < 0)
        return -EFAULT;
    length = sizeof(family);
    return user_copy_out(length_address, &length, sizeof(length));
}

int64_t sys_getsockname(const struct registers *call)
{
    struct description *file;
    int64_t status = find(call->rdi, &file);

    return status < 0 ? status : copy_out_name(call->rsi, call->rdx);
}

int64_t sys_getpeername(const struct registers *call)
{
    struct description *file;
    int64_t status = find(call->rdi, &file);

    if (status == 0 && socket_of(file)->peer == NULL)
        status = -ENOTCONN;
    return status < 0 ? status : copy_out_name(call->rsi, call->rdx);
}

int64_t sys_shutdown(const struct registers *call)
{
    const uint32_t how = (uint32_t)call->rsi;
    struct description *file;
    int64_t status = find(call->rdi, &file);
    struct socket *socket;

    if (status < 0)
        return status;
    if (how > SHUT_RDWR)
        return -EINVAL;
    socket = socket_of(file);
    if (socket->peer == NULL)
        return -ENOTCONN;
    if (how != SHUT_RD) {
        socket->peer->received.writers = 0;
        socket->peer->received.readers = 0;
        pipe_changed(&socket->peer->received, &socket->peer->node,
                     POLLIN | POLLOUT);
    }
    if (how != SHUT_WR) {
        socket->received.readers = 0;
        socket->received.writers = 0;
        pipe_changed(&socket->received, &socket->peer->node, POLLIN | POLLOUT);
    }
    return 0;
}

static bool is_nonblocking(const struct description *file, uint64_t flags)
{
    return (file->flags & O_NONBLOCK) != 0 || (flags & MSG_DONTWAIT) != 0;
}

int64_t sys_sendto(const struct registers *call)
{
    struct description *file;
    int64_t status = find(call->rdi, &file);

    if (status < 0)
        return status;
    if ((call->r10 & ~(uint64_t)(MSG_DONTWAIT | MSG_NOSIGNAL)) != 0)
        return -EOPNOTSUPP;
    if (call->r8 != 0)
        return -EISCONN;
    if (user_check_read(call->rsi, call->rdx) < 0)
        return -EFAULT;
    if (call->r10 & MSG_NOSIGNAL && (socket_of(file)->peer == NULL))
        return -EPIPE;
    return socket_send(socket_of(file), is_nonblocking(file, call->r10),
                       (const void *)call->rsi, call->rdx);
}

int64_t sys_recvfrom(const struct registers *call)
{
    struct description *file;
    int64_t status = find(call->rdi, &file);

    if (status < 0)
        return status;
    if ((call->r10 & ~(uint64_t)(MSG_DONTWAIT | MSG_NOSIGNAL)) != 0)
        return -EOPNOTSUPP;
    if (user_check_write(call->rsi, call->rdx) < 0)
        return -EFAULT;
    return socket_receive(socket_of(file), is_nonblocking(file, call->r10),
                          (void *)call->rsi, call->rdx);
}

/* Messages carry descriptors, to another process: there is none. */
int64_t sys_sendmsg(const struct registers *call)
{
    return refuse(call, -EOPNOTSUPP);
}

int64_t sys_recvmsg(const struct registers *call)
{
    return refuse(call, -EOPNOTSUPP);
}
