/* Order effects of a session; see summary_order.h. */
#include "bench/summary_order.h"

#include "bench/statistics.h"
#include "bench/statistics_order.h"
#include "bench/summary_cells.h"
#include "oci/cleanup.h"

#include <math.h>
#include <stdlib.h>

/* The effects of all workloads and the levels of their tests, two each. */
struct effects {
    struct order_effect *effect;
    double *p, *adjusted;
};

static void effects_release(struct effects *effects)
{
    free(effects->effect);
    free(effects->p);
    free(effects->adjusted);
}

/* The runs of a workload that have a judged value; they are in order. */
static size_t pick_samples(const struct collection *collection, size_t workload,
                           struct order_sample *samples)
{
    size_t n = 0;

    for (size_t i = 0; i < collection->turn_count; i++) {
        const struct turn *turn = &collection->turns[i];
        const struct turn *before = i > 0 ? turn - 1 : NULL;
        bool follows = before != NULL && before->block == turn->block &&
                       before->position + 1 == turn->position;

        if (turn->workload != workload || !(turn->value > 0))
            continue;
        samples[n++] = (struct order_sample){
            .block = turn->block,
            .position = turn->position,
            .platform = turn->platform,
            .predecessor = follows ? before->platform : ORDER_NOTHING,
            .value = turn->value,
        };
    }
    return n;
}

static int test_all(const struct collection *collection,
                    struct effects *effects)
{
    const struct result_header *header = &collection->reader.header;
    size_t workloads = header->workload_count;
    _cleanup_free_ struct order_sample *samples =
        calloc(collection->turn_count + 1, sizeof(*samples));

    effects->effect = calloc(workloads + 1, sizeof(*effects->effect));
    effects->p = calloc(2 * workloads + 1, sizeof(*effects->p));
    effects->adjusted = calloc(2 * workloads + 1, sizeof(*effects->adjusted));
    if (samples == NULL || effects->effect == NULL || effects->p == NULL ||
        effects->adjusted == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < workloads; i++) {
        size_t n = pick_samples(collection, i, samples);

        if (order_test(samples, n, header->platform_count,
                       &effects->effect[i]) < 0)
            return -ENOMEM;
        effects->p[2 * i] = effects->effect[i].position_p;
        effects->p[2 * i + 1] = effects->effect[i].predecessor_p;
    }
    return family_adjust(effects->p, 2 * workloads, effects->adjusted);
}

/* "4.2 % more" or "1.0 % less"; what it means is in the sentence. */
static void describe_change(double ratio, char text[32])
{
    snprintf(text, 32, "%.1f %% %s", 100 * fabs(ratio - 1),
             ratio > 1 ? "more" : "less");
}

static void describe(const struct result_header *header,
                     const struct order_effect *effect, bool place,
                     bool predecessor, char text[256])
{
    char late[32], after[32];

    describe_change(effect->position, late);
    describe_change(effect->after, after);
    if (place && predecessor)
        snprintf(text, 256,
                 "order matters: late in a block it is %s than early, after "
                 "%.64s it is %s than else",
                 late, header->platforms[effect->predecessor].name, after);
    else if (place)
        snprintf(text, 256,
                 "order matters: late in a block it is %s than "
                 "early",
                 late);
    else if (predecessor)
        snprintf(text, 256, "order matters: after %.64s it is %s than else",
                 header->platforms[effect->predecessor].name, after);
    else
        snprintf(text, 256, "no effect of the order of runs was found");
}

static json_t *effect_to_json(const struct result_header *header,
                              const struct order_effect *effect,
                              const double adjusted[2])
{
    bool place = adjusted[0] <= STATISTICS_LEVEL;
    bool predecessor =
        adjusted[1] <= STATISTICS_LEVEL && effect->predecessor >= 0;
    char sentence[256];

    describe(header, effect, place, predecessor, sentence);
    return json_pack(
        "{s:I, s:{s:o, s:o, s:o}, s:{s:o, s:o, s:s?, s:o}, s:b, s:s}", "n",
        (json_int_t)effect->n, "position", "p",
        number_to_json(effect->position_p), "p_adjusted",
        number_to_json(adjusted[0]), "ratio", number_to_json(effect->position),
        "predecessor", "p", number_to_json(effect->predecessor_p), "p_adjusted",
        number_to_json(adjusted[1]), "platform",
        effect->predecessor >= 0 ? header->platforms[effect->predecessor].name
                                 : NULL,
        "ratio", number_to_json(effect->after), "found", place || predecessor,
        "sentence", sentence);
}

json_t *order_to_json(const struct collection *collection)
{
    const struct result_header *header = &collection->reader.header;
    _cleanup_(effects_release) struct effects effects = {0};
    json_t *object = json_object();

    if (object == NULL || test_all(collection, &effects) < 0) {
        json_decref(object);
        return NULL;
    }
    for (size_t i = 0; i < header->workload_count; i++)
        if (effects.effect[i].n > 0)
            json_object_set_new(object, header->workloads[i].name,
                                effect_to_json(header, &effects.effect[i],
                                               &effects.adjusted[2 * i]));
    return object;
}
