/* The I/O thread; see io_loop.h. */
#include "vmm/io_loop.h"

#include "oci/cleanup.h"
#include "vmm/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* epoll takes turns among more than one round's worth of ready sources. */
enum { EVENTS_PER_ROUND = 16, LAST_ROUNDS = 8 };

struct io_loop {
    int epoll;
    int always; /* eventfd that is readable for ever */
    int wake;   /* eventfd, written to stop */
    struct io_source wake_source;
    atomic_bool ending, stopping;
    bool started;
    pthread_t thread;
};

/* A source of its own, so that a thread that waits for ever looks up. */
static void wake_up(void *context, uint32_t events)
{
    struct io_loop *loop = context;
    eventfd_t count;

    (void)events;
    eventfd_read(loop->wake, &count);
}

/* Descriptors first, so that io_loop_release works on every path. */
static int open_descriptors(struct io_loop *loop)
{
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll < 0)
        return -errno;
    loop->always = eventfd(1, EFD_CLOEXEC);
    if (loop->always < 0)
        return -errno;
    loop->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->wake < 0)
        return -errno;
    loop->wake_source = (struct io_source){.fd = loop->wake,
                                           .events = EPOLLIN,
                                           .handle = wake_up,
                                           .context = loop};
    return io_loop_add(loop, &loop->wake_source);
}

int io_loop_create(struct io_loop **loop, struct error *error)
{
    struct io_loop *made = calloc(1, sizeof(*made));
    int result;

    if (made == NULL)
        return error_errno(error, ENOMEM, "cannot make the I/O loop");
    made->epoll = made->always = made->wake = -1;
    result = open_descriptors(made);
    if (result < 0) {
        io_loop_release(made);
        return error_errno(error, -result, "cannot make the I/O loop");
    }
    *loop = made;
    return 0;
}

void io_loop_descriptors(const struct io_loop *loop,
                         int fds[IO_LOOP_DESCRIPTORS])
{
    fds[0] = loop->epoll;
    fds[1] = loop->always;
    fds[2] = loop->wake;
}

/*
 * epoll refuses what is always ready with EPERM. A duplicate of an eventfd
 * that nobody ever reads stands in for it, one for each source, since epoll
 * tells its entries apart by descriptor.
 */
static int stand_in(const struct io_loop *loop, struct io_source *source,
                    struct epoll_event *event)
{
    _cleanup_close_ int always = fcntl(loop->always, F_DUPFD_CLOEXEC, 0);

    if (always < 0 || epoll_ctl(loop->epoll, EPOLL_CTL_ADD, always, event) < 0)
        return -errno;
    source->polled = take_fd(&always);
    return 0;
}

int io_loop_add(struct io_loop *loop, struct io_source *source)
{
    struct epoll_event event = {.events = source->events, .data.ptr = source};
    int result = 0;

    if (source->added)
        return 0;
    source->polled = source->fd;
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, source->fd, &event) < 0)
        result = errno == EPERM ? stand_in(loop, source, &event) : -errno;
    source->added = result == 0;
    return result;
}

void io_loop_remove(struct io_loop *loop, struct io_source *source)
{
    if (!source->added)
        return;
    epoll_ctl(loop->epoll, EPOLL_CTL_DEL, source->polled, NULL);
    if (source->polled != source->fd)
        close(source->polled);
    source->added = false;
}

int io_loop_dispatch(struct io_loop *loop, int timeout_ms)
{
    struct epoll_event ready[EVENTS_PER_ROUND];
    int count = epoll_wait(loop->epoll, ready, EVENTS_PER_ROUND, timeout_ms);

    if (count < 0)
        return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) {
        struct io_source *source = ready[i].data.ptr;

        source->handle(source->context, ready[i].events);
    }
    return count;
}

static void *serve(void *argument)
{
    struct io_loop *loop = argument;

    while (!atomic_load(&loop->stopping))
        io_loop_dispatch(loop, -1);
    for (int i = 0; i < LAST_ROUNDS; i++) {
        if (io_loop_dispatch(loop, 0) < EVENTS_PER_ROUND)
            break;
    }
    return NULL;
}

int io_loop_start(struct io_loop *loop, struct error *error)
{
    int status;

    atomic_store(&loop->stopping, false);
    status =
        thread_start(&loop->thread, serve, loop, 0, "the I/O thread", error);
    loop->started = status == 0;
    return status;
}

void io_loop_begin_end(struct io_loop *loop)
{
    atomic_store(&loop->ending, true);
}

bool io_loop_is_ending(const struct io_loop *loop)
{
    return atomic_load(&loop->ending);
}

void io_loop_stop(struct io_loop *loop)
{
    if (!loop->started)
        return;
    atomic_store(&loop->stopping, true);
    eventfd_write(loop->wake, 1);
    pthread_join(loop->thread, NULL);
    loop->started = false;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

void io_loop_release(struct io_loop *loop)
{
    if (loop == NULL)
        return;
    io_loop_stop(loop);
    close_if_open(loop->wake);
    close_if_open(loop->always);
    close_if_open(loop->epoll);
    free(loop);
}
