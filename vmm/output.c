/*
 * Output that can be ended; see output.h. Other threads take the signals, so
 * no write of ours is interrupted by one. Instead nothing is written before
 * poll(2) says that PIPE_BUF bytes will not block, which is what it means for
 * pipes, and an unwilling reader is asked again and again.
 */
#include "vmm/output.h"

#include "vmm/interrupt.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

enum { PATIENCE_MS = 50 };

/* One guest a process, as in interrupt.c. */
static atomic_bool abandoned;

void output_abandon(void)
{
    atomic_store(&abandoned, true);
}

/* False where the reader is unwilling and a signal is to end the guest. */
static bool wait_for_reader(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    bool last;

    do {
        if (atomic_load(&abandoned))
            return false;
        last = interrupt_pending() != 0;
        if (poll(&wait, 1, last ? 0 : PATIENCE_MS) > 0)
            return true;
    } while (!last);
    return false;
}

int output_write(int fd, const void *data, size_t size)
{
    const char *next = data;

    while (size > 0 && wait_for_reader(fd)) {
        ssize_t moved = write(fd, next, size < PIPE_BUF ? size : PIPE_BUF);

        if (moved < 0 && errno != EINTR && errno != EAGAIN)
            return -errno;
        if (moved > 0) {
            next += moved;
            size -= (size_t)moved;
        }
    }
    return 0;
}
