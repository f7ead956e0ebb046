/* Leaving out what does not fit; see budget.h for the contract. */
#include "bench/budget.h"

static int64_t time_needed(const struct budget_pair *pairs, size_t count,
                           int64_t rounds)
{
    int64_t needed = 0;

    for (size_t i = 0; i < count; i++)
        if (!pairs[i].left_out)
            needed += pairs[i].ns * (rounds + (pairs[i].has_run ? 0 : 1));
    return needed;
}

/* The dearest that may go; NULL: none. */
static struct budget_pair *dearest(struct budget_pair *pairs, size_t count,
                                   bool is_start)
{
    struct budget_pair *found = NULL;

    for (size_t i = 0; i < count; i++)
        if (!pairs[i].left_out && !pairs[i].is_native &&
            pairs[i].is_start == is_start &&
            (found == NULL || pairs[i].ns > found->ns))
            found = &pairs[i];
    return found;
}

size_t budget_fit(struct budget_pair *pairs, size_t count, int64_t rounds,
                  int64_t left_ns)
{
    int64_t needed = time_needed(pairs, count, rounds);
    size_t gone = 0;

    while (needed > left_ns) {
        struct budget_pair *pair = dearest(pairs, count, false);

        if (pair == NULL)
            pair = dearest(pairs, count, true);
        if (pair == NULL)
            break;
        pair->left_out = true;
        needed -= pair->ns * (rounds + (pair->has_run ? 0 : 1));
        gone++;
    }
    return gone;
}
