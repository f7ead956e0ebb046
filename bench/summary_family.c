/* The correction for many verdicts; see summary_family.h. */
#include "bench/summary_family.h"

#include "bench/statistics.h"
#include "bench/summary_cells.h"
#include "oci/cleanup.h"

#include <string.h>

/* What the cell says without flagged runs, or all that it says. */
static json_t *undisturbed(const json_t *cell)
{
    json_t *other = json_object_get(cell, "without_flagged");

    return json_is_object(other) ? other : (json_t *)cell;
}

/* The ratio of a cell that is in the family, or NULL. */
static json_t *member_ratio(const struct result_header *header,
                            const json_t *cell, bool without_flagged)
{
    const char *name = json_string_value(json_object_get(cell, "platform"));
    json_t *ratio =
        json_object_get(without_flagged ? undisturbed(cell) : cell, "ratio");
    int platform = result_platform_index(header, name);

    if (platform < 0 || header->platforms[platform].control ||
        !json_is_true(json_object_get(cell, "primary")) ||
        !json_is_object(ratio))
        return NULL;
    return ratio;
}

static const char *verdict_of(const json_t *ratio)
{
    return json_string_value(json_object_get(ratio, "verdict"));
}

static bool is_given(const char *verdict)
{
    return strcmp(verdict, verdict_name(VERDICT_INCONCLUSIVE)) != 0;
}

/* Writes what remains of each verdict; how many were given and stand. */
static int correct(json_t **members, const double *adjusted, size_t n,
                   size_t *given, size_t *stand)
{
    *given = *stand = 0;
    for (size_t i = 0; i < n; i++) {
        const char *verdict = verdict_of(members[i]);
        bool stands = adjusted[i] <= STATISTICS_LEVEL;

        *given += is_given(verdict);
        if (!stands)
            verdict = verdict_name(VERDICT_INCONCLUSIVE);
        *stand += is_given(verdict);
        if (json_object_set_new(members[i], "p_adjusted",
                                number_to_json(adjusted[i])) < 0 ||
            json_object_set_new(members[i], "verdict_corrected",
                                json_string(verdict)) < 0)
            return -ENOMEM;
    }
    return 0;
}

/* Judges one of the two families; how many are in it and were given. */
static int judge(const struct result_header *header, json_t *cells,
                 bool without_flagged, json_t **family)
{
    size_t count = json_array_size(cells), n = 0, given, stand, i;
    _cleanup_free_ json_t **members = calloc(count + 1, sizeof(*members));
    _cleanup_free_ double *p = calloc(count + 1, sizeof(*p));
    _cleanup_free_ double *adjusted = calloc(count + 1, sizeof(*adjusted));
    json_t *cell;

    if (members == NULL || p == NULL || adjusted == NULL)
        return -ENOMEM;
    json_array_foreach(cells, i, cell)
    {
        members[n] = member_ratio(header, cell, without_flagged);
        if (members[n] != NULL) {
            p[n] = json_number_value(json_object_get(members[n], "p"));
            n++;
        }
    }
    if (family_adjust(p, n, adjusted) < 0 ||
        correct(members, adjusted, n, &given, &stand) < 0)
        return -ENOMEM;
    *family =
        json_pack("{s:s, s:f, s:I, s:I, s:I}", "method", "Benjamini-Hochberg",
                  "level", STATISTICS_LEVEL, "size", (json_int_t)n, "verdicts",
                  (json_int_t)given, "verdicts_corrected", (json_int_t)stand);
    return *family != NULL ? 0 : -ENOMEM;
}

int family_judge(const struct result_header *header, json_t *cells,
                 json_t **family)
{
    json_t *undisturbed_family = NULL;
    int result = judge(header, cells, true, &undisturbed_family);

    json_decref(undisturbed_family);
    return result < 0 ? result : judge(header, cells, false, family);
}

static const char *corrected_verdict(const json_t *figures)
{
    return json_string_value(json_object_get(json_object_get(figures, "ratio"),
                                             "verdict_corrected"));
}

json_t *family_changes(const json_t *cells)
{
    json_t *changes = json_array();
    const json_t *cell;
    size_t i;

    json_array_foreach(cells, i, cell)
    {
        const char *verdict = corrected_verdict(cell);
        const char *other = corrected_verdict(undisturbed(cell));

        if (verdict == NULL || (other != NULL && strcmp(verdict, other) == 0))
            continue;
        if (json_array_append_new(
                changes,
                json_pack("{s:O, s:O, s:s, s:s?}", "platform",
                          json_object_get(cell, "platform"), "workload",
                          json_object_get(cell, "workload"), "verdict", verdict,
                          "without_flagged", other)) < 0) {
            json_decref(changes);
            return NULL;
        }
    }
    return changes;
}
