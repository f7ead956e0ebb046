/* select(2) and pselect(2): three sets of descriptors as bits. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/poll.h"
#include "guests/unikernel/poll_time.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/thread.h"

#include <asm/errno.h>
#include <linux/poll.h>
#include <stddef.h>

enum { SETS = 3, WORD_BITS = 64, TABLE_SIZE_MIN = 64 };

/* What of a file's events makes it ready to read, to write, exceptional. */
static const uint32_t events_of_set[SETS] = {
    POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR,
    POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR,
    POLLPRI,
};

/* The program's sets; an address of 0 is an empty set. */
struct sets {
    uint64_t count; /* descriptors below it are looked at */
    uint64_t address[SETS];
};

static int64_t read_words(const struct sets *sets, uint64_t word,
                          uint64_t values[SETS])
{
    for (int i = 0; i < SETS; i++) {
        values[i] = 0;
        if (sets->address[i] != 0 &&
            user_copy_in(&values[i],
                         sets->address[i] + word * sizeof(values[i]),
                         sizeof(values[i])) < 0)
            return -EFAULT;
        if (sets->count - word * WORD_BITS < WORD_BITS)
            values[i] &= (1ull << sets->count % WORD_BITS) - 1;
    }
    return 0;
}

/* What the sets that a descriptor is in ask for. */
static uint32_t wanted_of(const uint64_t values[SETS], uint64_t bit)
{
    uint32_t wanted = 0;

    for (int i = 0; i < SETS; i++)
        wanted |= (values[i] & bit) != 0 ? events_of_set[i] : 0;
    return wanted;
}

/* Clears the bits of what is not ready; returns how many are left. */
static int64_t look_at_word(uint64_t word, uint64_t values[SETS],
                            struct poll_wait *wait)
{
    uint64_t asked = values[0] | values[1] | values[2];
    int64_t ready = 0;

    for (; asked != 0; asked &= asked - 1) {
        uint64_t bit = asked & -asked;
        struct description *file =
            descriptor_get(word * WORD_BITS + (uint64_t)__builtin_ctzll(asked));
        uint32_t events;

        if (file == NULL)
            return -EBADF;
        events = poll_events(file, wanted_of(values, bit), wait);
        for (int i = 0; i < SETS; i++) {
            if ((events & events_of_set[i]) == 0)
                values[i] &= ~bit;
            ready += (values[i] & bit) != 0;
        }
    }
    return ready;
}

/*
 * Looks at all sets; where write is set, puts back what is ready. Returns how
 * many bits that is.
 */
static int64_t look_at_all(const struct sets *sets, struct poll_wait *wait,
                           bool write)
{
    int64_t total = 0;

    for (uint64_t word = 0; word * WORD_BITS < sets->count; word++) {
        uint64_t values[SETS];
        int64_t ready = read_words(sets, word, values);

        if (ready == 0)
            ready = look_at_word(word, values, wait);
        if (ready < 0)
            return ready;
        total += ready;
        for (int i = 0; write && i < SETS; i++) {
            if (sets->address[i] != 0 &&
                user_copy_out(sets->address[i] + word * sizeof(values[i]),
                              &values[i], sizeof(values[i])) < 0)
                return -EFAULT;
        }
    }
    return total;
}

static int64_t select_until(const struct sets *sets, uint64_t deadline)
{
    bool again = true;
    int64_t status = 0;

    while (again) {
        struct poll_wait wait = {.deadline = THREAD_FOREVER};
        int64_t ready = look_at_all(sets, &wait, false);

        if (ready == 0)
            status = poll_wait(&wait, deadline, &again);
        else
            again = false;
        if (ready < 0)
            return ready;
    }
    if (status == THREAD_WAIT || status < 0)
        return status;
    return look_at_all(sets, NULL, true);
}

/* Descriptors beyond the table, which Linux begins with 64, are not looked at.
 */
static int64_t read_sets(const struct registers *call, struct sets *sets)
{
    uint64_t size = descriptor_table_size();
    int32_t count = (int32_t)call->rdi;

    if (count < 0)
        return -EINVAL;
    *sets = (struct sets){(uint64_t)count, {call->rsi, call->rdx, call->r10}};
    if (size < TABLE_SIZE_MIN)
        size = TABLE_SIZE_MIN;
    if (sets->count > size)
        sets->count = size;
    return 0;
}

int64_t sys_select(const struct registers *call)
{
    struct poll_time time;
    struct sets sets;
    int64_t status = poll_time_read(&time, call->r8, POLL_TIMEVAL);

    if (status == 0)
        status = read_sets(call, &sets);
    if (status < 0)
        return status;
    return poll_finish(&time, select_until(&sets, time.deadline));
}

/* The sixth argument points to the mask's address and its size. */
int64_t sys_pselect6(const struct registers *call)
{
    uint64_t mask[2] = {0, 0};
    struct poll_time time;
    struct sets sets;
    int64_t status;

    if (call->r9 != 0 && user_copy_in(mask, call->r9, sizeof(mask)) < 0)
        return -EFAULT;
    status = poll_time_read(&time, call->r8, POLL_TIMESPEC);
    if (status == 0)
        status = poll_mask_set(mask[0], mask[1]);
    if (status < 0)
        return status;
    status = read_sets(call, &sets);
    if (status == 0)
        status = select_until(&sets, time.deadline);
    return poll_finish(&time, status);
}
