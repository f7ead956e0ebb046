/* The rule that turns a ratio into a word; stated in statistics.h. */
#include "bench/statistics.h"

#include <math.h>

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[VERDICTS] = {
        [VERDICT_INCONCLUSIVE] = "inconclusive",
        [VERDICT_EQUIVALENT] = "equivalent",
        [VERDICT_FASTER] = "faster",
        [VERDICT_SLOWER] = "slower",
    };

    return names[verdict];
}

enum verdict verdict_decide(const struct ratio *ratio, double band,
                            const struct interval *floor, bool higher_is_better)
{
    struct interval noise = floor != NULL ? *floor : (struct interval){1, 1};
    struct interval same = {fmin(1 / (1 + band), noise.low),
                            fmax(1 + band, noise.high)};
    const struct interval *interval = &ratio->interval;

    if (ratio->n < STATISTICS_MINIMUM || !ratio->has_interval)
        return VERDICT_INCONCLUSIVE;
    if (interval->low >= same.low && interval->high <= same.high)
        return VERDICT_EQUIVALENT;
    if (interval->low > fmax(1, noise.high))
        return higher_is_better ? VERDICT_FASTER : VERDICT_SLOWER;
    if (interval->high < fmin(1, noise.low))
        return higher_is_better ? VERDICT_SLOWER : VERDICT_FASTER;
    return VERDICT_INCONCLUSIVE;
}
