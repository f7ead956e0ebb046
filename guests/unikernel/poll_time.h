/*
 * What poll, select and epoll have in common besides looking: their timeouts,
 * told back with what is left of them, and the signal mask while they wait.
 */
#ifndef RINGSIDE_UNIKERNEL_POLL_TIME_H
#define RINGSIDE_UNIKERNEL_POLL_TIME_H

#include <stdint.h>

enum { NS_PER_MILLISECOND = 1000000 };

/* How the program gave its timeout. */
enum poll_time_format { POLL_TIMEVAL, POLL_TIMESPEC };

struct poll_time {
    uint64_t address; /* the program's, 0: waits for ever */
    enum poll_time_format format;
    uint64_t deadline;
};

/* Reads a timeout: 0, -EFAULT or -EINVAL. */
int64_t poll_time_read(struct poll_time *time, uint64_t address,
                       enum poll_time_format format);

/* The moment that is so long after the call was begun; 0: long ago. */
uint64_t poll_deadline(uint64_t duration_ns);

/*
 * Blocks the signals of a mask of size bytes at the address (0: none given)
 * for as long as the call takes. 0, -EINVAL or -EFAULT.
 */
int64_t poll_mask_set(uint64_t address, uint64_t size);

/*
 * The end of a call: unless it is to wait, writes back how much time was left
 * and unblocks. Returns the call's result.
 */
int64_t poll_finish(const struct poll_time *time, int64_t result);

#endif
