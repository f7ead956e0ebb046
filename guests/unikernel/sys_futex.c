/*
 * futex(2): waiting for a word of the program's memory to change. One address
 * space makes private and shared futexes the same. Priority inheritance is
 * -ENOSYS, as on a kernel without it.
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/futex.h"
#include "guests/unikernel/scheduler.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/time.h"

#include <asm/errno.h>
#include <linux/futex.h>
#include <stddef.h>

enum { BUCKETS = 64, ROBUST_MAX = 2048 };

static struct wait_queue buckets[BUCKETS];

static struct wait_queue *bucket_of(uint64_t address)
{
    return &buckets[(address >> 2) * 0x9e3779b97f4a7c15ull >> 58];
}

static int64_t read_word(uint64_t address, uint32_t *word)
{
    if (address % sizeof(*word) != 0)
        return -EINVAL;
    return user_copy_in(word, address, sizeof(*word));
}

/* Wakes at most count of those that wait at the address for any of the bits. */
static int64_t wake(uint64_t address, uint64_t count, uint32_t bits)
{
    struct thread *thread = bucket_of(address)->first, *next;
    int64_t woken = 0;

    for (; thread != NULL && (uint64_t)woken < count; thread = next) {
        next = thread->next;
        if (thread->futex_address != address || !(thread->futex_bitset & bits))
            continue;
        thread->woken = true;
        thread_ready(thread);
        woken++;
    }
    return woken;
}

/* Moves at most count waiters to another address; returns how many. */
static int64_t requeue(uint64_t from, uint64_t to, uint64_t count)
{
    struct thread *thread = bucket_of(from)->first, *next;
    int64_t moved = 0;

    for (; thread != NULL && (uint64_t)moved < count; thread = next) {
        next = thread->next;
        if (thread->futex_address != from)
            continue;
        thread->futex_address = to;
        if (bucket_of(to) != bucket_of(from))
            thread_move(thread, bucket_of(to));
        moved++;
    }
    return moved;
}

/* The deadline of a wait, read once: the program may reuse the memory. */
static int64_t wait_deadline(uint64_t operation, uint64_t timeout)
{
    uint64_t *deadline = thread_progress(), ns;
    int64_t status;

    if (thread_restarted())
        return 0;
    *deadline = THREAD_FOREVER;
    if (timeout == 0)
        return 0;
    status = time_copy_in(timeout, &ns);
    if (status < 0)
        return status;
    if ((operation & FUTEX_CMD_MASK) == FUTEX_WAIT)
        *deadline = thread_deadline(ns);
    else if (operation & FUTEX_CLOCK_REALTIME)
        *deadline = clock_realtime_moment(ns);
    else
        *deadline = ns;
    return 0;
}

static int64_t wait(const struct registers *call, uint32_t bits)
{
    struct thread *thread = thread_current;
    int64_t status;
    uint32_t word;

    if (thread_woken())
        return 0;
    if (bits == 0)
        return -EINVAL;
    status = wait_deadline(call->rsi, call->r10);
    if (status == 0)
        status = read_word(call->rdi, &word);
    if (status < 0)
        return status;
    if (word != (uint32_t)call->rdx)
        return -EAGAIN;
    thread->futex_address = call->rdi;
    thread->futex_bitset = bits;
    return thread_wait(bucket_of(call->rdi), *thread_progress());
}

static uint64_t at_least_one(uint64_t count)
{
    return (int32_t)count > 0 ? (uint32_t)count : 1;
}

static int64_t wake_call(const struct registers *call, uint32_t bits)
{
    if (call->rdi % sizeof(uint32_t) != 0 || bits == 0)
        return -EINVAL;
    return wake(call->rdi, at_least_one(call->rdx), bits);
}

/* FUTEX_REQUEUE and FUTEX_CMP_REQUEUE, which compares first. */
static int64_t requeue_call(const struct registers *call, bool compare)
{
    uint32_t word;
    int64_t status = read_word(call->rdi, &word), woken;

    if (status < 0)
        return status;
    if (call->r8 % sizeof(word) != 0 || (int32_t)call->rdx < 0 ||
        (int32_t)call->r10 < 0)
        return -EINVAL;
    if (compare && word != (uint32_t)call->r9)
        return -EAGAIN;
    woken = wake(call->rdi, (uint32_t)call->rdx, FUTEX_BITSET_MATCH_ANY);
    return woken + requeue(call->rdi, call->r8, (uint32_t)call->r10);
}

static int64_t apply(uint32_t operation, uint32_t old, uint32_t argument,
                     uint32_t *new)
{
    switch (operation) {
    case FUTEX_OP_SET:
        *new = argument;
        return 0;
    case FUTEX_OP_ADD:
        *new = old + argument;
        return 0;
    case FUTEX_OP_OR:
        *new = old | argument;
        return 0;
    case FUTEX_OP_ANDN:
        *new = old & ~argument;
        return 0;
    case FUTEX_OP_XOR:
        *new = old ^ argument;
        return 0;
    default:
        return -ENOSYS;
    }
}

static bool compare(uint32_t comparison, int32_t old, int32_t argument)
{
    switch (comparison) {
    case FUTEX_OP_CMP_EQ:
        return old == argument;
    case FUTEX_OP_CMP_NE:
        return old != argument;
    case FUTEX_OP_CMP_LT:
        return old < argument;
    case FUTEX_OP_CMP_LE:
        return old <= argument;
    case FUTEX_OP_CMP_GT:
        return old > argument;
    default:
        return old >= argument;
    }
}

/* Changes a word, wakes, and wakes at the word where its old value says so. */
static int64_t wake_operation(const struct registers *call)
{
    uint32_t code = (uint32_t)call->r9, old, new;
    uint32_t operation = code >> 28 & 7, comparison = code >> 24 & 15;
    int32_t argument = (int32_t)(code << 8) >> 20;
    int64_t woken, status = read_word(call->r8, &old);

    if (call->rdi % sizeof(old) != 0)
        return -EINVAL;
    if (code >> 31 & 1)
        argument = (int32_t)(1u << (argument & 31));
    if (status == 0)
        status = apply(operation, old, (uint32_t)argument, &new);
    if (status == 0 && comparison > FUTEX_OP_CMP_GE)
        status = -ENOSYS;
    if (status == 0)
        status = user_copy_out(call->r8, &new, sizeof(new));
    if (status < 0)
        return status;
    woken = wake(call->rdi, at_least_one(call->rdx), FUTEX_BITSET_MATCH_ANY);
    if (compare(comparison, (int32_t)old, (int32_t)(code << 20) >> 20))
        woken +=
            wake(call->r8, at_least_one(call->r10), FUTEX_BITSET_MATCH_ANY);
    return woken;
}

int64_t sys_futex(const struct registers *call)
{
    uint32_t command = (uint32_t)call->rsi & FUTEX_CMD_MASK;

    if (call->rsi & FUTEX_CLOCK_REALTIME && command != FUTEX_WAIT_BITSET)
        return -ENOSYS;
    switch (command) {
    case FUTEX_WAIT:
        return wait(call, FUTEX_BITSET_MATCH_ANY);
    case FUTEX_WAIT_BITSET:
        return wait(call, (uint32_t)call->r9);
    case FUTEX_WAKE:
        return wake_call(call, FUTEX_BITSET_MATCH_ANY);
    case FUTEX_WAKE_BITSET:
        return wake_call(call, (uint32_t)call->r9);
    case FUTEX_REQUEUE:
        return requeue_call(call, false);
    case FUTEX_CMP_REQUEUE:
        return requeue_call(call, true);
    case FUTEX_WAKE_OP:
        return wake_operation(call);
    default:
        return -ENOSYS;
    }
}

int64_t sys_set_robust_list(const struct registers *call)
{
    if (call->rsi != sizeof(struct robust_list_head))
        return -EINVAL;
    thread_current->robust_list = call->rdi;
    return 0;
}

int64_t sys_get_robust_list(const struct registers *call)
{
    const uint64_t size = sizeof(struct robust_list_head);
    struct thread *thread = thread_current;

    if ((int32_t)call->rdi != 0)
        thread = thread_find((int32_t)call->rdi);
    if (thread == NULL)
        return -ESRCH;
    if (user_copy_out(call->rdx, &size, sizeof(size)) < 0 ||
        user_copy_out(call->rsi, &thread->robust_list,
                      sizeof(thread->robust_list)) < 0)
        return -EFAULT;
    return 0;
}

/* A lock that the ending thread holds is told to be its dead owner's. */
static void release_robust(const struct thread *thread, uint64_t address)
{
    uint32_t word;

    if (read_word(address, &word) < 0 ||
        (word & FUTEX_TID_MASK) != (uint32_t)thread->id)
        return;
    word = (word & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
    if (user_copy_out(address, &word, sizeof(word)) == 0 &&
        word & FUTEX_WAITERS)
        wake(address, 1, FUTEX_BITSET_MATCH_ANY);
}

static void release_robust_list(const struct thread *thread)
{
    struct robust_list_head head;
    uint64_t entry, pending;

    if (thread->robust_list == 0 ||
        user_copy_in(&head, thread->robust_list, sizeof(head)) < 0)
        return;
    /* Bit 0 of an entry marks priority inheritance. */
    entry = (uint64_t)head.list.next & ~1ull;
    pending = (uint64_t)head.list_op_pending & ~1ull;
    for (int i = 0; i < ROBUST_MAX && entry != thread->robust_list; i++) {
        uint64_t next;

        if (user_copy_in(&next, entry, sizeof(next)) < 0)
            break;
        if (entry != pending)
            release_robust(thread, entry + (uint64_t)head.futex_offset);
        entry = next & ~1ull;
    }
    if (pending != 0)
        release_robust(thread, pending + (uint64_t)head.futex_offset);
}

void futex_thread_ends(struct thread *thread)
{
    const uint32_t none = 0;

    release_robust_list(thread);
    if (thread->clear_child_tid != 0 &&
        user_copy_out(thread->clear_child_tid, &none, sizeof(none)) == 0)
        wake(thread->clear_child_tid, 1, FUTEX_BITSET_MATCH_ANY);
}
