/*
 * From figures to sentences. See sentences.h.
 */
#include "report/sentences.h"

#include "report/machine.h"
#include "report/markup.h"
#include "report/numbers.h"
#include "report/pairs.h"
#include "report/text.h"

#include <string.h>

enum { TITLE_CHARACTERS = 48 };

/* Who stands for whom: the quickest cold starter of its kind. */
struct contest {
    const struct record *record;
    enum text_form form;
    FILE *out;
    const struct workload_entry *start; /* or the reader's own; may be NULL */
    const struct platform_entry *native;
    const struct platform_entry *machine;   /* virtual */
    const struct platform_entry *container; /* NULL when none ran */
};

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

/* A floor shows what a kind costs at least; it does not compete. */
static bool is_competing_container(const struct platform_entry *platform)
{
    return platform_is_container(platform) && !platform->floor;
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
            !record_starts_cold(contest->record, platform))
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

static struct markup named(const struct contest *contest,
                           const struct platform_entry *platform)
{
    return markup_platform(contest->record, platform, contest->form);
}

/* Paragraphs and a list of topics, as each form has them. */
static void open_paragraph(const struct contest *contest, bool leading)
{
    if (contest->form == FORM_HTML)
        fputs(leading ? "<p class=\"lead\">" : "<p>", contest->out);
}

static void close_paragraph(const struct contest *contest)
{
    fputs(contest->form == FORM_HTML ? "</p>\n" : "\n\n", contest->out);
}

static void open_topic(const struct contest *contest, const char *key)
{
    if (contest->form == FORM_HTML)
        fputs("<li><b class=\"topic\">", contest->out);
    else
        fputs(contest->form == FORM_MARKDOWN ? "**" : "", contest->out);
    say_as(contest->out, contest->form, key);
    if (contest->form == FORM_HTML)
        fputs("</b>", contest->out);
    else
        fputs(contest->form == FORM_MARKDOWN ? "**\n\n" : "\n", contest->out);
}

static void close_topic(const struct contest *contest)
{
    fputs(contest->form == FORM_HTML ? "</li>\n" : "", contest->out);
}

static void write_duel(const struct contest *contest)
{
    struct figure ratio;
    const enum verdict_word verdict =
        pairs_compare(contest->record, contest->start, contest->machine,
                      contest->container, &ratio);
    const struct figure inverse = figure_inverse(&ratio);
    const bool wins = verdict == WORD_FASTER;
    const struct number_text n = number_count(ratio.n);

    if (verdict == WORD_NONE)
        return;
    fputs(" ", contest->out);
    if (verdict == WORD_FASTER || verdict == WORD_SLOWER)
        say_as(
            contest->out, contest->form, "answer.duel.won",
            named(contest, wins ? contest->machine : contest->container).text,
            markup_ratio(wins ? &inverse : &ratio, contest->form).text,
            named(contest, wins ? contest->container : contest->machine).text,
            n.text);
    else
        say_as(contest->out, contest->form,
               verdict == WORD_EQUIVALENT ? "answer.duel.equivalent"
                                          : "answer.duel.inconclusive",
               markup_ratio(&ratio, contest->form).text, n.text);
}

/* The lead: who starts how fast, and who wins. */
static void write_start(const struct contest *contest)
{
    const struct record *record = contest->record;
    const enum text_form form = contest->form;
    const struct cell *machine =
        figure_of(record, contest->machine, contest->start);
    const struct cell *container =
        figure_of(record, contest->container, contest->start);
    const struct cell *native =
        figure_of(record, contest->native, contest->start);
    const struct cell *first = machine != NULL     ? machine
                               : container != NULL ? container
                                                   : native;
    const char *program;

    if (first == NULL)
        return;
    program = say(contest->start->group == GROUP_OWN ? "answer.program.own"
                                                     : "answer.program.noop");
    open_paragraph(contest, true);
    say_as(contest->out, form,
           machine != NULL     ? "answer.start.machine"
           : container != NULL ? "answer.start.container"
                               : "answer.start.native",
           program, named(contest, first->platform).text,
           markup_figure(first, form).text);
    if (machine != NULL && container != NULL) {
        fputs(" ", contest->out);
        say_as(contest->out, form, "answer.start.also-container",
               named(contest, container->platform).text,
               markup_figure(container, form).text);
        write_duel(contest);
    }
    if (native != NULL && native != first) {
        fputs(" ", contest->out);
        say_as(contest->out, form, "answer.start.also-native",
               markup_figure(native, form).text);
    }
    if (machine != NULL && container != NULL) {
        fputs(" ", contest->out);
        say_as(contest->out, form, "answer.isolation");
    }
    close_paragraph(contest);
}

/* How long each container takes beside the virtual machine. */
static void write_each_container(const struct contest *contest)
{
    const struct record *record = contest->record;
    bool any = false;

    for (size_t i = 0; i < record->platform_count; i++) {
        const struct platform_entry *platform = &record->platforms[i];
        struct figure ratio;
        enum verdict_word verdict;

        if (contest->machine == NULL || contest->start == NULL ||
            platform->left_out || !platform_is_container(platform))
            continue;
        verdict = pairs_compare(record, contest->start, platform,
                                contest->machine, &ratio);
        if (verdict == WORD_NONE)
            continue;
        if (!any)
            open_topic(contest, "answer.topic.containers");
        open_paragraph(contest, false);
        say_as(contest->out, contest->form,
               platform->floor ? "answer.container.floor" : "answer.container",
               named(contest, platform).text,
               markup_ratio(&ratio, contest->form).text,
               number_count(ratio.n).text, verdict_text(verdict, GROUP_START));
        close_paragraph(contest);
        any = true;
    }
    if (any)
        close_topic(contest);
}

struct tally {
    size_t workloads, equivalent;
    const struct cell *furthest; /* equivalent, with the widest reach */
};

static const struct cell *judged(const struct record *record,
                                 const struct platform_entry *platform,
                                 size_t index, enum workload_group group)
{
    const struct cell *cell =
        record->workloads[index].group == group
            ? figure_of(record, platform, &record->workloads[index])
            : NULL;

    return cell != NULL && cell->verdict != WORD_NONE ? cell : NULL;
}

static struct tally tally_group(const struct record *record,
                                const struct platform_entry *platform,
                                enum workload_group group)
{
    struct tally tally = {0};

    for (size_t i = 0; i < record->workload_count; i++) {
        const struct cell *cell = judged(record, platform, i, group);

        if (cell == NULL)
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

static void write_verdict(const struct contest *contest,
                          const struct cell *cell, const char *key)
{
    say_as(contest->out, contest->form, key,
           shorten(workload_title(cell->workload), TITLE_CHARACTERS).text,
           number_ratio(cell->ratio.median).text,
           number_ratio_interval(&cell->ratio).text,
           number_count(cell->ratio.n).text,
           verdict_text(cell->verdict, cell->workload->group));
}

/*
 * "Within 0.8 % of native", or, where the noise floor is wider than the band
 * and made the verdict, no such number.
 */
static void write_equivalence(const struct contest *contest,
                              const struct tally *tally)
{
    const bool within =
        figure_reach(&tally->furthest->ratio) <= contest->record->band;

    say_as(contest->out, contest->form,
           tally->workloads > 1
               ? within ? "answer.equivalent.all" : "answer.noise.all"
           : within ? "answer.equivalent.one"
                    : "answer.noise.one",
           number_reach(&tally->furthest->ratio).text);
    fputs(" ", contest->out);
    write_verdict(contest, tally->furthest,
                  tally->workloads > 1 ? "answer.furthest" : "answer.that");
}

/* "X: equivalent to native in all, ..." or workload by workload. */
static void write_group_of(const struct contest *contest,
                           const struct platform_entry *platform,
                           enum workload_group group)
{
    const struct tally tally = tally_group(contest->record, platform, group);
    const char *separator = "";

    if (tally.workloads == 0)
        return;
    open_paragraph(contest, false);
    fprintf(contest->out, "%s: ", named(contest, platform).text);
    if (tally.equivalent == tally.workloads) {
        write_equivalence(contest, &tally);
    } else {
        for (size_t i = 0; i < contest->record->workload_count; i++) {
            const struct cell *cell =
                judged(contest->record, platform, i, group);

            if (cell == NULL)
                continue;
            fputs(separator, contest->out);
            write_verdict(contest, cell, "answer.verdict");
            separator = "; ";
        }
        fputs(".", contest->out);
    }
    close_paragraph(contest);
}

static void write_group(const struct contest *contest,
                        enum workload_group group, const char *topic)
{
    const struct record *record = contest->record;

    if (tally_group(record, contest->machine, group).workloads == 0 &&
        tally_group(record, contest->container, group).workloads == 0)
        return;
    open_topic(contest, topic);
    if (contest->machine != NULL)
        write_group_of(contest, contest->machine, group);
    if (contest->container != NULL)
        write_group_of(contest, contest->container, group);
    close_topic(contest);
}

/* A figure alone, or with the kernel's share where the host accounts it. */
static void write_value(const struct contest *contest, const struct cell *cell)
{
    const struct cell *kernel =
        cell->workload->group == GROUP_IDLE
            ? record_cell(contest->record, cell->platform, cell->workload,
                          "memory_kernel")
            : NULL;

    open_paragraph(contest, false);
    fprintf(contest->out, "%s: ", named(contest, cell->platform).text);
    if (kernel != NULL && kernel->value.n > 0)
        say_as(contest->out, contest->form, "answer.memory",
               markup_figure(cell, contest->form).text,
               markup_figure(kernel, contest->form).text);
    else
        fputs(markup_figure(cell, contest->form).text, contest->out);
    close_paragraph(contest);
}

/* The figures themselves, side by side. */
static void write_values(const struct contest *contest,
                         enum workload_group group, const char *topic)
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
            open_topic(contest, topic);
        write_value(contest, cell);
        any = true;
    }
    if (any)
        close_topic(contest);
}

static void write_absence(const struct contest *contest)
{
    const char *key = NULL;

    if (contest->record->runs == contest->record->failures)
        key = "answer.absent.all";
    else if (contest->machine == NULL && contest->container == NULL)
        key = "answer.absent.both";
    else if (contest->machine == NULL)
        key = "answer.absent.machine";
    else if (contest->container == NULL)
        key = "answer.absent.container";
    if (key == NULL)
        return;
    open_paragraph(contest, contest->record->runs == contest->record->failures);
    say_as(contest->out, contest->form, key);
    close_paragraph(contest);
}

void sentences_answer(const struct record *record, enum text_form form,
                      FILE *out)
{
    struct contest contest = {.record = record, .form = form, .out = out};

    contest.start = first_of_group(record, GROUP_START);
    if (contest.start == NULL)
        contest.start = first_of_group(record, GROUP_OWN);
    contest.native = champion(&contest, platform_is_native);
    contest.machine = champion(&contest, platform_is_virtual);
    contest.container = champion(&contest, is_competing_container);
    write_start(&contest);
    fputs(form == FORM_HTML ? "<ul class=\"answer\">\n" : "", out);
    write_each_container(&contest);
    write_group(&contest, GROUP_CPU, "answer.topic.cpu");
    write_group(&contest, GROUP_MEMORY, "answer.topic.memory");
    write_values(&contest, GROUP_KERNEL, "answer.topic.kernel");
    write_values(&contest, GROUP_IDLE, "answer.topic.idle");
    if (contest.start == NULL || contest.start->group != GROUP_OWN)
        write_values(&contest, GROUP_OWN, "answer.topic.own");
    fputs(form == FORM_HTML ? "</ul>\n" : "", out);
    write_absence(&contest);
}
