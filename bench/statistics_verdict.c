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

struct verdict_rule verdict_rule(double band, const struct interval *floor)
{
    struct interval noise = floor != NULL ? *floor : (struct interval){1, 1};
    double reach = 1 + STATISTICS_FLOOR_BANDS * band;

    return (struct verdict_rule){
        .same = {fmin(1 / (1 + band), noise.low), fmax(1 + band, noise.high)},
        .noise = {fmin(1, noise.low), fmax(1, noise.high)},
        .can_be_same = noise.low >= 1 / reach && noise.high <= reach,
    };
}

enum verdict verdict_decide(const struct ratio *ratio, double band,
                            const struct interval *floor, bool higher_is_better)
{
    const struct verdict_rule rule = verdict_rule(band, floor);
    const struct interval *interval = &ratio->interval;

    if (ratio->n < STATISTICS_MINIMUM || !ratio->has_interval)
        return VERDICT_INCONCLUSIVE;
    if (rule.can_be_same && interval->low >= rule.same.low &&
        interval->high <= rule.same.high)
        return VERDICT_EQUIVALENT;
    if (interval->low > rule.noise.high)
        return higher_is_better ? VERDICT_FASTER : VERDICT_SLOWER;
    if (interval->high < rule.noise.low)
        return higher_is_better ? VERDICT_SLOWER : VERDICT_FASTER;
    return VERDICT_INCONCLUSIVE;
}
