/* Pending signals; see signal_queue.h. */
#include "guests/unikernel/signal_queue.h"

#include <asm/errno.h>
#include <asm/siginfo.h>
#include <stdbool.h>
#include <stddef.h>

enum { QUEUED_MAX = 256 };

struct queued_signal {
    struct queued_signal *next;
    struct signal_info info;
};

/* One pool for all; pages of it that were never used cost nothing. */
static struct {
    struct queued_signal queued[QUEUED_MAX], *free;
    uint64_t fresh; /* of queued, how many were ever used */
} pool;

static void release(struct queued_signal *entry)
{
    entry->next = pool.free;
    pool.free = entry;
}

static struct queued_signal *allocate(void)
{
    struct queued_signal *entry = pool.free;

    if (entry != NULL)
        pool.free = entry->next;
    else if (pool.fresh < QUEUED_MAX)
        entry = &pool.queued[pool.fresh++];
    return entry;
}

/* Takes the first entry for the signal out; false where there is none. */
static bool take_entry(struct pending_signals *pending, uint64_t signal,
                       struct signal_info *info)
{
    struct queued_signal **link = &pending->first, *before = NULL, *entry;

    while (*link != NULL && (uint64_t)(*link)->info.signal != signal) {
        before = *link;
        link = &(*link)->next;
    }
    entry = *link;
    if (entry == NULL)
        return false;
    *link = entry->next;
    if (pending->last == entry)
        pending->last = before;
    *info = entry->info;
    release(entry);
    return true;
}

static bool has_entry(const struct pending_signals *pending, uint64_t signal)
{
    const struct queued_signal *entry = pending->first;

    while (entry != NULL && (uint64_t)entry->info.signal != signal)
        entry = entry->next;
    return entry != NULL;
}

void pending_drop(struct pending_signals *pending, uint64_t signal)
{
    struct signal_info info;

    if (!(pending->set & signal_bit(signal)))
        return;
    while (take_entry(pending, signal, &info))
        continue;
    pending->set &= ~signal_bit(signal);
}

/* A standard signal is pending once, a real-time signal as often as sent. */
int64_t pending_add(struct pending_signals *pending,
                    const struct signal_info *info)
{
    uint64_t signal = (uint64_t)info->signal;
    struct queued_signal *entry;

    if (signal <= SIGNALS_STANDARD && pending->set & signal_bit(signal))
        return 0;
    entry = allocate();
    if (entry == NULL && signal > SIGNALS_STANDARD && info->code != SI_USER)
        return -EAGAIN;
    pending->set |= signal_bit(signal);
    if (entry == NULL)
        return 0;
    entry->info = *info;
    entry->next = NULL;
    if (pending->last != NULL)
        pending->last->next = entry;
    else
        pending->first = entry;
    pending->last = entry;
    return 0;
}

void pending_take(struct pending_signals *pending, uint64_t signal,
                  struct signal_info *info)
{
    if (!take_entry(pending, signal, info))
        *info =
            (struct signal_info){.signal = (int32_t)signal, .code = SI_USER};
    if (!has_entry(pending, signal))
        pending->set &= ~signal_bit(signal);
}
