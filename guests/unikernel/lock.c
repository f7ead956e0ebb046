/*
 * Locks of open file descriptions: a list, since programs hold few; see
 * lock.h. A lock of a description never conflicts with its own: it replaces
 * them.
 */
#include "guests/unikernel/lock.h"

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/thread.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/stat.h>
#include <stdbool.h>
#include <stddef.h>

/* Which locks see each other. */
enum family { FAMILY_OFD, FAMILY_FLOCK };

struct lock {
    struct lock *next;
    struct description *file;
    enum family family;
    bool exclusive;
    uint64_t start, end; /* [start, end) */
};

static struct lock *locks;
static struct wait_queue waiting;

/* Whether the lock has a byte of the range. */
static bool is_inside(const struct lock *lock, const struct lock *range)
{
    return lock->start < range->end && range->start < lock->end;
}

/* The first in the file. */
static const struct lock *find_conflict(const struct lock *wanted)
{
    const struct lock *found = NULL;

    for (const struct lock *at = locks; at != NULL; at = at->next) {
        if (at->family == wanted->family && at->file != wanted->file &&
            at->file->node == wanted->file->node && is_inside(at, wanted) &&
            (at->exclusive || wanted->exclusive) &&
            (found == NULL || at->start < found->start))
            found = at;
    }
    return found;
}

static bool add(const struct lock *lock, uint64_t start, uint64_t end)
{
    struct lock *added = heap_allocate(sizeof(*added));

    if (added == NULL)
        return false;
    *added = *lock;
    added->start = start;
    added->end = end;
    added->next = locks;
    locks = added;
    return true;
}

/* Takes the range from the description's locks; a hole splits one. */
static int64_t clear(const struct lock *range)
{
    struct lock **at = &locks;

    while (*at != NULL) {
        struct lock *lock = *at;

        if (lock->family != range->family || lock->file != range->file ||
            !is_inside(lock, range)) {
            at = &lock->next;
            continue;
        }
        if (lock->start < range->start && lock->end > range->end &&
            !add(lock, range->end, lock->end))
            return -ENOLCK;
        if (lock->start < range->start) {
            lock->end = range->start;
            at = &lock->next;
        } else if (lock->end > range->end) {
            lock->start = range->end;
            at = &lock->next;
        } else {
            *at = lock->next;
            heap_free(lock);
        }
    }
    thread_wake(&waiting, UINT64_MAX);
    return 0;
}

/* Takes or waits for a lock; removes locks for type F_UNLCK. */
static int64_t set(const struct lock *wanted, int type, bool waits)
{
    int64_t status;

    if (type != F_UNLCK && find_conflict(wanted) != NULL)
        return waits ? thread_wait(&waiting, THREAD_FOREVER) : -EAGAIN;
    status = clear(wanted);
    if (status == 0 && type != F_UNLCK &&
        !add(wanted, wanted->start, wanted->end))
        status = -ENOLCK;
    return status;
}

/* The range of a struct flock, as fcntl(2) describes it. */
static int64_t find_range(const struct flock *given, struct lock *lock)
{
    const struct description *file = lock->file;
    int64_t start = given->l_start, base = 0, end;

    if (given->l_whence == SEEK_CUR)
        base = (int64_t)file->position;
    else if (given->l_whence == SEEK_END)
        base = (int64_t)file->node->size;
    else if (given->l_whence != SEEK_SET)
        return -EINVAL;
    if (__builtin_add_overflow(start, base, &start))
        return -EOVERFLOW;
    if (start < 0)
        return -EINVAL;
    lock->start = (uint64_t)start;
    lock->end = (uint64_t)INT64_MAX + 1;
    if (given->l_len == 0)
        return 0;
    if (__builtin_add_overflow(start, given->l_len, &end))
        return -EOVERFLOW;
    if (end < 0)
        return -EINVAL;
    lock->start = (uint64_t)(start < end ? start : end);
    lock->end = (uint64_t)(start < end ? end : start);
    return 0;
}

/* Tells of what stands in the way, or that nothing does. */
static int64_t get(const struct lock *wanted, struct flock *given,
                   uint64_t address)
{
    const struct lock *found = find_conflict(wanted);

    if (given->l_type == F_UNLCK)
        return -EINVAL;
    given->l_type = F_UNLCK;
    if (found != NULL) {
        given->l_type = found->exclusive ? F_WRLCK : F_RDLCK;
        given->l_whence = SEEK_SET;
        given->l_start = (int64_t)found->start;
        given->l_len =
            found->end > INT64_MAX ? 0 : (int64_t)(found->end - found->start);
        given->l_pid = -1;
    }
    return user_copy_out(address, given, sizeof(*given));
}

int64_t lock_fcntl(struct description *file, uint64_t command, uint64_t address)
{
    const bool is_ofd = command == F_OFD_GETLK || command == F_OFD_SETLK ||
                        command == F_OFD_SETLKW;
    const bool gets = command == F_GETLK || command == F_OFD_GETLK;
    struct lock lock = {.file = file, .family = FAMILY_OFD};
    struct flock given;
    int64_t status;

    if (user_copy_in(&given, address, sizeof(given)) < 0)
        return -EFAULT;
    if (given.l_type != F_RDLCK && given.l_type != F_WRLCK &&
        (given.l_type != F_UNLCK || gets))
        return -EINVAL;
    status = find_range(&given, &lock);
    if (status < 0)
        return status;
    if (is_ofd && given.l_pid != 0)
        return -EINVAL;
    lock.exclusive = given.l_type == F_WRLCK;
    if (gets && is_ofd)
        return get(&lock, &given, address);
    if (gets) {
        given.l_type = F_UNLCK;
        return user_copy_out(address, &given, sizeof(given));
    }
    if ((given.l_type == F_RDLCK && !description_readable(file)) ||
        (given.l_type == F_WRLCK && !description_writable(file)))
        return -EBADF;
    return is_ofd ? set(&lock, given.l_type, command == F_OFD_SETLKW) : 0;
}

void lock_forget(struct description *file)
{
    struct lock range = {.file = file, .end = UINT64_MAX};

    if (locks == NULL)
        return;
    range.family = FAMILY_OFD;
    clear(&range);
    range.family = FAMILY_FLOCK;
    clear(&range);
}

int64_t sys_flock(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);
    const uint32_t operation = (uint32_t)call->rsi & ~(uint32_t)LOCK_NB;
    struct lock lock = {.file = file, .family = FAMILY_FLOCK, .end = 1};

    if (operation != LOCK_SH && operation != LOCK_EX && operation != LOCK_UN)
        return -EINVAL;
    if (file == NULL || file->flags & O_PATH)
        return -EBADF;
    lock.exclusive = operation == LOCK_EX;
    return set(&lock, operation == LOCK_UN ? F_UNLCK : F_WRLCK,
               !((uint32_t)call->rsi & LOCK_NB));
}
