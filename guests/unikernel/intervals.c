/* Interval sets; see intervals.h. */
#include "guests/unikernel/intervals.h"

#include <asm/errno.h>

/* The first interval that ends at or after address. */
static size_t first_reaching(const struct intervals *set, uint64_t address)
{
    size_t low = 0, high = set->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (set->at[middle].end < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct interval *intervals_next(const struct intervals *set,
                                      uint64_t address)
{
    size_t index = first_reaching(set, address + 1);

    return index < set->count ? &set->at[index] : NULL;
}

/* Replaces `removed` intervals at index by the `added` given ones. */
static int replace(struct intervals *set, size_t index, size_t removed,
                   const struct interval *with, size_t added)
{
    size_t tail = set->count - index - removed;

    if (set->count - removed + added > INTERVALS_MAX)
        return -ENOMEM;
    if (added > removed) {
        for (size_t i = tail; i-- > 0;)
            set->at[index + added + i] = set->at[index + removed + i];
    } else {
        for (size_t i = 0; i < tail; i++)
            set->at[index + added + i] = set->at[index + removed + i];
    }
    for (size_t i = 0; i < added; i++)
        set->at[index + i] = with[i];
    set->count = set->count - removed + added;
    return 0;
}

int intervals_add(struct intervals *set, uint64_t start, uint64_t end)
{
    size_t index = first_reaching(set, start), last = index;
    struct interval merged = {start, end};

    for (; last < set->count && set->at[last].start <= end; last++) {
        if (set->at[last].start < merged.start)
            merged.start = set->at[last].start;
        if (set->at[last].end > merged.end)
            merged.end = set->at[last].end;
    }
    return replace(set, index, last - index, &merged, 1);
}

int intervals_remove(struct intervals *set, uint64_t start, uint64_t end)
{
    size_t index = first_reaching(set, start + 1), last = index;
    struct interval rest[2];
    size_t count = 0;

    for (; last < set->count && set->at[last].start < end; last++) {
        if (set->at[last].start < start)
            rest[count++] = (struct interval){set->at[last].start, start};
        if (set->at[last].end > end)
            rest[count++] = (struct interval){end, set->at[last].end};
    }
    return replace(set, index, last - index, rest, count);
}

bool intervals_cover(const struct intervals *set, uint64_t start, uint64_t end)
{
    size_t index = first_reaching(set, start + 1);

    return index < set->count && set->at[index].start <= start &&
           set->at[index].end >= end;
}

bool intervals_touch(const struct intervals *set, uint64_t start, uint64_t end)
{
    size_t index = first_reaching(set, start + 1);

    return index < set->count && set->at[index].start < end;
}

uint64_t intervals_gap(const struct intervals *set, uint64_t low, uint64_t high,
                       uint64_t length, uint64_t alignment)
{
    for (size_t i = set->count + 1; i-- > 0;) {
        uint64_t top = i < set->count ? set->at[i].start : high;
        uint64_t bottom = i > 0 ? set->at[i - 1].end : low;
        uint64_t place;

        if (top > high)
            top = high;
        if (bottom < low)
            bottom = low;
        if (top < bottom || top - bottom < length)
            continue;
        place = (top - length) & ~(alignment - 1);
        if (place >= bottom)
            return place;
    }
    return 0;
}

uint64_t intervals_total(const struct intervals *set)
{
    uint64_t total = 0;

    for (size_t i = 0; i < set->count; i++)
        total += set->at[i].end - set->at[i].start;
    return total;
}
