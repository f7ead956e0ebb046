/* The function tracer's ring buffer, decoded; see function_events.h. */
#include "bench/function_events.h"

#include <string.h>

enum {
    /* Of a page: a time stamp, then how many bytes of events follow. */
    PAGE_HEADER = 16,
    COMMIT_MASK = 0xfffff, /* above it: flags on events that were lost */
    /* Kinds of an event's header, in its lower 5 bits. */
    LENGTH_MAXIMUM = 28, /* up to here: length of the payload in words */
    PADDING = 29,
    TIME_EXTEND = 30,
    TIME_STAMP = 31,
    HEADER = 4,
    DELTA_BITS = 27,
    /* Of an event of ours: id, flags, preemption count, pid; then ip. */
    FUNCTION_SIZE = 16,
    /* TRACE_FLAG_HARDIRQ, _SOFTIRQ and _NMI of linux/trace_events.h. */
    IN_INTERRUPT = 0x08 | 0x10 | 0x40,
};

/* What is left of a page, and the time that the last event was at. */
struct events {
    const uint8_t *at;
    size_t left;
    uint64_t time;
};

static uint32_t word_at(const uint8_t *bytes)
{
    uint32_t word;

    memcpy(&word, bytes, sizeof(word));
    return word;
}

static uint64_t quad_at(const uint8_t *bytes)
{
    uint64_t quad;

    memcpy(&quad, bytes, sizeof(quad));
    return quad;
}

static void count(struct function_counts *counts, uint64_t address,
                  enum trace_phase phase)
{
    /* Fibonacci hashing: functions are 16 bytes apart at least. */
    size_t slot = (size_t)(address * 0x9e3779b97f4a7c15u >> (64 - 17));

    while (counts->slots[slot].address != address &&
           counts->slots[slot].address != 0)
        slot = (slot + 1) % FUNCTION_SLOTS;
    if (counts->slots[slot].address == 0) {
        if (counts->used == FUNCTION_SLOTS / 2) {
            counts->garbled = true; /* no kernel has so many */
            return;
        }
        counts->slots[slot].address = address;
        counts->used++;
    }
    if (++counts->slots[slot].counts[phase] % FUNCTION_ENOUGH == 0 &&
        counts->known_count < FUNCTION_MAX_KNOWN)
        counts->known[counts->known_count++] = address;
}

static void take_payload(struct function_counts *counts, const uint8_t *event,
                         size_t size, uint64_t time)
{
    if (size < FUNCTION_SIZE || event[0] != FUNCTION_EVENT_ID ||
        event[1] != 0 || (event[2] & IN_INTERRUPT) || quad_at(event + 8) == 0)
        return;
    count(counts, quad_at(event + 8),
          (int64_t)time < counts->ready_ns ? TRACE_START : TRACE_WORK);
}

/* The size of an event with its header; 0 at the end of the page. */
static size_t event_size(const struct events *events, uint32_t kind,
                         uint32_t delta)
{
    if (kind >= 1 && kind <= LENGTH_MAXIMUM)
        return HEADER + (size_t)kind * 4;
    if (kind == PADDING && delta == 0)
        return 0;
    if (events->left < 2 * HEADER)
        return 0;
    if (kind == TIME_EXTEND || kind == TIME_STAMP)
        return 2 * HEADER;
    return HEADER + (size_t)word_at(events->at + HEADER);
}

/* Whether there was an event, and it was whole. */
static bool take_event(struct function_counts *counts, struct events *events)
{
    const uint32_t header = word_at(events->at);
    const uint32_t kind = header & 31, delta = header >> 5;
    const size_t size = event_size(events, kind, delta);

    if (size == 0)
        return false;
    if (size > events->left) {
        counts->garbled = true;
        return false;
    }
    if (kind == TIME_EXTEND)
        events->time +=
            ((uint64_t)word_at(events->at + HEADER) << DELTA_BITS) + delta;
    else if (kind == TIME_STAMP)
        events->time =
            ((uint64_t)word_at(events->at + HEADER) << DELTA_BITS) + delta;
    else
        events->time += delta;
    if (kind >= 1 && kind <= LENGTH_MAXIMUM)
        take_payload(counts, events->at + HEADER, size - HEADER, events->time);
    else if (kind == 0 && size > 2 * HEADER)
        take_payload(counts, events->at + 2 * HEADER, size - 2 * HEADER,
                     events->time);
    events->at += size;
    events->left -= size;
    return true;
}

void function_counts_take(struct function_counts *counts, const uint8_t *page,
                          size_t size)
{
    struct events events;

    if (size < PAGE_HEADER) {
        counts->garbled = true;
        return;
    }
    events = (struct events){.at = page + PAGE_HEADER,
                             .left = (size_t)quad_at(page + 8) & COMMIT_MASK,
                             .time = quad_at(page)};
    if (events.left > size - PAGE_HEADER) {
        counts->garbled = true;
        return;
    }
    while (events.left >= HEADER && take_event(counts, &events))
        continue;
}
