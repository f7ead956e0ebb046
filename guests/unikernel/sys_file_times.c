/* Setting the times of files: utimensat(2) and its older relatives. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/path.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <linux/time_types.h>
#include <stddef.h>

enum { WRITE = 2 };

#define HERE          ((uint64_t)AT_FDCWD)
#define NS_PER_SECOND 1000000000ll
#define US_PER_SECOND 1000000

/* The special nanoseconds of utimensat(2), not in a kernel header. */
#define TIME_NOW  0x3fffffff
#define TIME_OMIT 0x3ffffffe

/* Access and modification; both now where set is false. */
struct times {
    bool set;
    struct __kernel_timespec at[2];
};

static int64_t check(struct node *node, const struct times *times)
{
    const bool both_now = !times->set || (times->at[0].tv_nsec == TIME_NOW &&
                                          times->at[1].tv_nsec == TIME_NOW);

    if (node_is_read_only(node))
        return -EROFS;
    if (node->operations->change == NULL)
        return -EPERM;
    if (!node_is_owner(node) && !both_now)
        return -EPERM;
    if (!node_is_owner(node) && node_permission(node, WRITE) < 0)
        return -EACCES;
    return node->operations->change(node);
}

static int64_t new_time(int64_t old, const struct __kernel_timespec *time,
                        int64_t now)
{
    const int64_t seconds_max = INT64_MAX / NS_PER_SECOND - 1;

    if (time->tv_nsec == TIME_OMIT)
        return old;
    if (time->tv_nsec == TIME_NOW)
        return now;
    if (time->tv_sec > seconds_max)
        return seconds_max * NS_PER_SECOND;
    if (time->tv_sec < -seconds_max)
        return -seconds_max * NS_PER_SECOND;
    return time->tv_sec * NS_PER_SECOND + time->tv_nsec;
}

static int64_t set_times(struct node *node, const struct times *times)
{
    const int64_t now = (int64_t)clock_realtime_ns();
    int64_t status = check(node, times);

    if (status < 0)
        return status;
    node->accessed =
        times->set ? new_time(node->accessed, &times->at[0], now) : now;
    node->modified =
        times->set ? new_time(node->modified, &times->at[1], now) : now;
    node->changed = now;
    return 0;
}

static int64_t set_times_at(uint64_t descriptor, uint64_t address,
                            uint64_t flags, const struct times *times)
{
    struct path path;
    uint32_t walk = 0;
    int64_t status;

    if (times->set && times->at[0].tv_nsec == TIME_OMIT &&
        times->at[1].tv_nsec == TIME_OMIT)
        return 0;
    if ((flags & ~(uint64_t)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0)
        return -EINVAL;
    if (!(flags & AT_SYMLINK_NOFOLLOW))
        walk |= PATH_FOLLOW;
    if (flags & AT_EMPTY_PATH)
        walk |= PATH_EMPTY;
    status = path_lookup(descriptor, address, walk, &path);
    if (status < 0)
        return status;
    status = set_times(path.node, times);
    path_release(&path);
    return status;
}

static bool is_valid(const struct __kernel_timespec *time)
{
    return time->tv_nsec == TIME_NOW || time->tv_nsec == TIME_OMIT ||
           (time->tv_nsec >= 0 && time->tv_nsec < NS_PER_SECOND);
}

int64_t sys_utimensat(const struct registers *call)
{
    struct times times = {.set = call->rdx != 0};
    struct description *file;

    if (times.set) {
        if (user_copy_in(times.at, call->rdx, sizeof(times.at)) < 0)
            return -EFAULT;
        if (!is_valid(&times.at[0]) || !is_valid(&times.at[1]))
            return -EINVAL;
    }
    if (call->rsi != 0 || (int32_t)call->rdi == AT_FDCWD)
        return set_times_at(call->rdi, call->rsi, (uint32_t)call->r10, &times);
    if ((uint32_t)call->r10 != 0)
        return -EINVAL;
    file = descriptor_get((uint32_t)call->rdi);
    if (file == NULL || file->flags & O_PATH)
        return -EBADF;
    return set_times(file->node, &times);
}

/* Times of seconds and microseconds, of utimes and futimesat. */
static int64_t copy_in_microseconds(uint64_t address, struct times *times)
{
    struct __kernel_timespec given[2];

    times->set = address != 0;
    if (!times->set)
        return 0;
    if (user_copy_in(given, address, sizeof(given)) < 0)
        return -EFAULT;
    for (int i = 0; i < 2; i++) {
        if (given[i].tv_nsec < 0 || given[i].tv_nsec >= US_PER_SECOND)
            return -EINVAL;
        times->at[i].tv_sec = given[i].tv_sec;
        times->at[i].tv_nsec = given[i].tv_nsec * 1000;
    }
    return 0;
}

int64_t sys_futimesat(const struct registers *call)
{
    struct times times;
    int64_t status = copy_in_microseconds(call->rdx, &times);

    return status < 0 ? status : set_times_at(call->rdi, call->rsi, 0, &times);
}

int64_t sys_utimes(const struct registers *call)
{
    struct times times;
    int64_t status = copy_in_microseconds(call->rsi, &times);

    return status < 0 ? status : set_times_at(HERE, call->rdi, 0, &times);
}

int64_t sys_utime(const struct registers *call)
{
    struct times times = {.set = call->rsi != 0};
    int64_t seconds[2];

    if (times.set) {
        if (user_copy_in(seconds, call->rsi, sizeof(seconds)) < 0)
            return -EFAULT;
        times.at[0].tv_sec = seconds[0];
        times.at[1].tv_sec = seconds[1];
    }
    return set_times_at(HERE, call->rdi, 0, &times);
}
