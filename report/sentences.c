/*
 * From figures to sentences. See sentences.h.
 */
#include "report/sentences.h"

#include "report/html.h"
#include "report/machine.h"
#include "report/numbers.h"
#include "report/page.h"
#include "report/pairs.h"
#include "report/text.h"

#include <string.h>

enum { TITLE_CHARACTERS = 48 };

/* Who stands for whom: the quickest cold starter of its kind. */
struct contest {
    const struct record *record;
    const struct workload_entry *start; /* or the reader's own; may be NULL */
    const struct platform_entry *native;
    const struct platform_entry *machine;   /* virtual */
    const struct platform_entry *container; /* NULL when none ran */
};

static const char *const verdict_words[][2] = {
    [WORD_NONE] = {"", ""},
    [WORD_FASTER] = {"faster", "less"},
    [WORD_SLOWER] = {"slower", "more"},
    [WORD_EQUIVALENT] = {"equivalent", "equivalent"},
    [WORD_INCONCLUSIVE] = {"inconclusive", "inconclusive"},
};

static const char *const verdict_signs[] = {
    [WORD_NONE] = "",        [WORD_FASTER] = "▲",       [WORD_SLOWER] = "▼",
    [WORD_EQUIVALENT] = "≈", [WORD_INCONCLUSIVE] = "?",
};

const char *verdict_text(enum verdict_word verdict, enum workload_group group)
{
    return verdict_words[verdict][group == GROUP_IDLE];
}

const char *verdict_sign(enum verdict_word verdict)
{
    return verdict_signs[verdict];
}

const char *verdict_class(enum verdict_word verdict)
{
    return verdict == WORD_NONE ? "none" : verdict_words[verdict][0];
}

static const struct workload_entry *first_of_group(const struct record *record,
                                                   enum workload_group group)
{
    for (size_t i = 0; i < record->workload_count; i++)
        if (record->workloads[i].group == group)
            return &record->workloads[i];
    return NULL;
}

static const struct cell *figure_of(const struct record *record,
                                    const struct platform_entry *platform,
                                    const struct workload_entry *workload)
{
    const struct cell *cell = NULL;

    if (platform != NULL && workload != NULL)
        cell = record_cell(record, platform, workload, NULL);
    return cell != NULL && cell->value.n > 0 ? cell : NULL;
}

static bool is_container(const struct platform_entry *platform)
{
    return strcmp(platform->class_name, "container") == 0;
}

/* A floor shows what a kind costs at least; it does not compete. */
static bool is_competing_container(const struct platform_entry *platform)
{
    return is_container(platform) && !platform->floor;
}

/* What a pool or a snapshot made ready before is no match for a cold start. */
static bool starts_cold(const struct record *record,
                        const struct platform_entry *platform)
{
    for (size_t i = 0; i < record->cell_count; i++) {
        const struct cell *cell = &record->cells[i];

        if (cell->platform == platform && cell->value.n > 0)
            return strcmp(cell->start, "cold") == 0;
    }
    return true;
}

/* The quickest cold starter of a kind; without start-up figures the first. */
static const struct platform_entry *champion(
    const struct contest *contest,
    bool (*is_kind)(const struct platform_entry *))
{
    const struct platform_entry *best = NULL;
    const struct cell *best_cell = NULL;

    for (size_t i = 0; i < contest->record->platform_count; i++) {
        const struct platform_entry *platform = &contest->record->platforms[i];
        const struct cell *cell;

        if (platform->left_out || !is_kind(platform) ||
            !starts_cold(contest->record, platform))
            continue;
        cell = figure_of(contest->record, platform, contest->start);
        if (best == NULL ||
            (cell != NULL && (best_cell == NULL ||
                              cell->value.median < best_cell->value.median))) {
            best = platform;
            best_cell = cell;
        }
    }
    return best;
}

/* "3.10 ms [2.95, 3.31] (n = 20)". */
static void write_figure(FILE *out, const struct cell *cell)
{
    html(out, "<span class=\"figure\"><b>%s</b> %s (n\u00a0=\u00a0%zu)</span>",
         number_value(cell->value.median, cell->unit).text,
         number_interval(&cell->value, cell->unit).text, cell->value.n);
}

/* "1.48 [1.40, 1.55] times": three digits are enough between two. */
static void write_times(FILE *out, const struct figure *ratio)
{
    html(out, "<b>%s</b> %s times", number_value(ratio->median, "").text,
         number_interval(ratio, "").text);
}

static void write_duel(FILE *out, const struct contest *contest)
{
    struct figure ratio;
    const enum verdict_word verdict =
        pairs_compare(contest->record, contest->start, contest->machine,
                      contest->container, &ratio);
    const struct figure inverse = figure_inverse(&ratio);
    const bool wins = verdict == WORD_FASTER;

    if (verdict == WORD_NONE)
        return;
    fputs(" Block by block, ", out);
    if (verdict == WORD_FASTER || verdict == WORD_SLOWER) {
        page_platform(out, contest->record,
                      wins ? contest->machine : contest->container);
        fputs(" is ", out);
        write_times(out, wins ? &inverse : &ratio);
        fputs(" as fast as ", out);
        page_platform(out, contest->record,
                      wins ? contest->container : contest->machine);
    } else {
        fputs(verdict == WORD_EQUIVALENT
                  ? "the two are equivalent: the virtual machine takes "
                  : "this run cannot tell which is quicker: the virtual "
                    "machine takes ",
              out);
        write_times(out, &ratio);
        fputs(" as long", out);
    }
    html(out, " (n\u00a0=\u00a0%zu pairs).", ratio.n);
}

static void write_start_of(FILE *out, const struct record *record,
                           const struct cell *cell)
{
    page_platform(out, record, cell->platform);
    fputs(", ", out);
    write_figure(out, cell);
    fputs(".", out);
}

/* "<p class=lead>": who starts how fast, and who wins. */
static void write_start(FILE *out, const struct contest *contest)
{
    const struct record *record = contest->record;
    const struct cell *machine =
        figure_of(record, contest->machine, contest->start);
    const struct cell *container =
        figure_of(record, contest->container, contest->start);
    const struct cell *native =
        figure_of(record, contest->native, contest->start);

    if (machine == NULL && container == NULL && native == NULL)
        return;
    html(out, "<p class=\"lead\">To start %s, run it and clear away takes ",
         contest->start->group == GROUP_OWN ? "your program"
                                            : "a program that does nothing");
    if (machine != NULL) {
        html(out,
             "the quickest virtual machine of this run from a cold start, ");
        write_start_of(out, record, machine);
    }
    if (container != NULL) {
        html(out, machine != NULL ? " The quickest container is "
                                  : "the quickest container, ");
        write_start_of(out, record, container);
    }
    if (machine != NULL && container != NULL)
        write_duel(out, contest);
    if (native != NULL) {
        fputs(machine != NULL || container != NULL ? " A native process needs "
                                                   : "a native process ",
              out);
        write_figure(out, native);
        fputs(".", out);
    }
    if (machine != NULL && container != NULL)
        fputs(" <a href=\"#differences\">They do not isolate alike.</a>", out);
    fputs("</p>\n", out);
}

/* How long each container takes beside the virtual machine. */
static void write_each_container(FILE *out, const struct contest *contest)
{
    const struct record *record = contest->record;
    bool any = false;

    for (size_t i = 0; i < record->platform_count; i++) {
        const struct platform_entry *platform = &record->platforms[i];
        struct figure ratio;
        enum verdict_word verdict;

        if (contest->machine == NULL || contest->start == NULL ||
            platform->left_out || !is_container(platform))
            continue;
        verdict = pairs_compare(record, contest->start, platform,
                                contest->machine, &ratio);
        if (verdict == WORD_NONE)
            continue;
        if (!any)
            fputs("<li><b class=\"topic\">Start-up, each container against "
                  "that virtual machine</b>",
                  out);
        fputs("<p>", out);
        page_platform(out, record, platform);
        fputs(platform->floor ? " (the floor) takes " : " takes ", out);
        write_times(out, &ratio);
        html(out, " as long (n\u00a0=\u00a0%zu pairs): %s</p>\n", ratio.n,
             verdict_text(verdict, GROUP_START));
        any = true;
    }
    if (any)
        fputs("</li>\n", out);
}

struct tally {
    size_t workloads, equivalent;
    const struct cell *furthest; /* equivalent, with the widest reach */
};

static struct tally tally_group(const struct record *record,
                                const struct platform_entry *platform,
                                enum workload_group group)
{
    struct tally tally = {0};

    for (size_t i = 0; i < record->workload_count; i++) {
        const struct cell *cell =
            record->workloads[i].group == group
                ? figure_of(record, platform, &record->workloads[i])
                : NULL;

        if (cell == NULL || cell->verdict == WORD_NONE)
            continue;
        tally.workloads++;
        if (cell->verdict != WORD_EQUIVALENT)
            continue;
        tally.equivalent++;
        if (tally.furthest == NULL ||
            figure_reach(&cell->ratio) > figure_reach(&tally.furthest->ratio))
            tally.furthest = cell;
    }
    return tally;
}

static void write_verdict(FILE *out, const struct cell *cell)
{
    html(out, "%s <b>%s</b> times native %s (n\u00a0=\u00a0%zu)",
         shorten(cell->workload->title, TITLE_CHARACTERS).text,
         number_ratio(cell->ratio.median).text,
         number_ratio_interval(&cell->ratio).text, cell->ratio.n);
}

/*
 * "Within 0.8 % of native", or, where the noise floor is wider than the band
 * and made the verdict, no such number.
 */
static void write_equivalence(FILE *out, const struct record *record,
                              const struct tally *tally)
{
    const char *all = tally->workloads > 1 ? " in all" : "";

    if (figure_reach(&tally->furthest->ratio) <= record->band)
        html(out, "equivalent to native%s, within <b>%s</b>; ", all,
             number_reach(&tally->furthest->ratio).text);
    else
        html(out,
             "no further from native%s than two native runs were from each "
             "other; ",
             all);
    fputs(tally->workloads > 1 ? "furthest is " : "", out);
    write_verdict(out, tally->furthest);
}

/* "X: equivalent to native in all, ..." or workload by workload. */
static void write_group_of(FILE *out, const struct record *record,
                           const struct platform_entry *platform,
                           enum workload_group group)
{
    const struct tally tally = tally_group(record, platform, group);
    const char *separator = "";

    if (tally.workloads == 0)
        return;
    fputs("<p>", out);
    page_platform(out, record, platform);
    fputs(": ", out);
    if (tally.equivalent == tally.workloads) {
        write_equivalence(out, record, &tally);
        fputs(".</p>\n", out);
        return;
    }
    for (size_t i = 0; i < record->workload_count; i++) {
        const struct cell *cell =
            record->workloads[i].group == group
                ? figure_of(record, platform, &record->workloads[i])
                : NULL;

        if (cell == NULL || cell->verdict == WORD_NONE)
            continue;
        fputs(separator, out);
        write_verdict(out, cell);
        html(out, ", %s", verdict_text(cell->verdict, group));
        separator = "; ";
    }
    fputs(".</p>\n", out);
}

static void write_group(FILE *out, const struct contest *contest,
                        enum workload_group group, const char *opening)
{
    const struct record *record = contest->record;

    if (tally_group(record, contest->machine, group).workloads == 0 &&
        tally_group(record, contest->container, group).workloads == 0)
        return;
    html(out, "<li><b class=\"topic\">%s</b>", opening);
    if (contest->machine != NULL)
        write_group_of(out, record, contest->machine, group);
    if (contest->container != NULL)
        write_group_of(out, record, contest->container, group);
    fputs("</li>\n", out);
}

/* The kernel's share of an idle instance, where the host accounts it. */
static void write_kernel_share(FILE *out, const struct record *record,
                               const struct cell *pss)
{
    const struct cell *kernel =
        record_cell(record, pss->platform, pss->workload, "memory_kernel");

    if (kernel == NULL || kernel->value.n == 0)
        return;
    fputs(" of its own, and ", out);
    write_figure(out, kernel);
    fputs(" in the host's kernel", out);
}

/* The figures themselves, side by side. */
static void write_values(FILE *out, const struct contest *contest,
                         enum workload_group group, const char *opening)
{
    const struct workload_entry *workload =
        first_of_group(contest->record, group);
    const struct platform_entry *const sides[] = {
        contest->machine, contest->container, contest->native};
    bool any = false;

    for (size_t i = 0; i < sizeof(sides) / sizeof(*sides); i++) {
        const struct cell *cell =
            figure_of(contest->record, sides[i], workload);

        if (cell == NULL)
            continue;
        if (!any)
            html(out, "<li><b class=\"topic\">%s</b>", opening);
        fputs("<p>", out);
        page_platform(out, contest->record, sides[i]);
        fputs(": ", out);
        write_figure(out, cell);
        if (group == GROUP_IDLE)
            write_kernel_share(out, contest->record, cell);
        fputs("</p>\n", out);
        any = true;
    }
    if (any)
        fputs("</li>\n", out);
}

static void write_absence(FILE *out, const struct contest *contest)
{
    if (contest->record->runs == contest->record->failures)
        fputs("<p class=\"lead\">No run gave a figure, so there is no "
              "answer.</p>\n",
              out);
    else if (contest->machine == NULL && contest->container == NULL)
        fputs("<p>Only native processes ran here, so nothing is compared. "
              "What was left out, and what would bring it in, is "
              "<a href=\"#left-out\">below</a>.</p>\n",
              out);
    else if (contest->machine == NULL || contest->container == NULL)
        html(out,
             "<p>No %s started cold in this run, so half of the question is "
             "open. What was left out, and what would bring it in, is "
             "<a href=\"#left-out\">below</a>.</p>\n",
             contest->machine == NULL ? "virtual machine" : "container");
}

void sentences_answer(const struct record *record, FILE *out)
{
    struct contest contest = {.record = record};

    contest.start = first_of_group(record, GROUP_START);
    if (contest.start == NULL)
        contest.start = first_of_group(record, GROUP_OWN);
    contest.native = champion(&contest, platform_is_native);
    contest.machine = champion(&contest, platform_is_virtual);
    contest.container = champion(&contest, is_competing_container);
    write_start(out, &contest);
    fputs("<ul class=\"answer\">\n", out);
    write_each_container(out, &contest);
    write_group(out, &contest, GROUP_CPU, "Computing");
    write_group(out, &contest, GROUP_MEMORY, "Memory access");
    write_values(out, &contest, GROUP_KERNEL, "A system call");
    write_values(out, &contest, GROUP_IDLE, "Memory of an idle instance (PSS)");
    if (contest.start == NULL || contest.start->group != GROUP_OWN)
        write_values(out, &contest, GROUP_OWN, "Your program");
    fputs("</ul>\n", out);
    write_absence(out, &contest);
}
