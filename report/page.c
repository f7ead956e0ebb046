/*
 * The frame of the page: head, first lines, and the order of its sections.
 */
#include "report/page.h"

#include "report/assets.h"
#include "report/html.h"
#include "report/machine.h"
#include "report/numbers.h"
#include "report/palette.h"
#include "report/sentences.h"
#include "report/text.h"

#include <string.h>

void page_platform(FILE *out, const struct record *record,
                   const struct platform_entry *platform)
{
    const struct look look = platform_look(record, platform);
    double opacity = 1;
    const bool role = colour_role(look.colour, &opacity);
    char colour[24];

    snprintf(colour, sizeof(colour), role ? "currentColor" : "#%06x",
             look.colour);
    html(
        out,
        "<span class=\"who\"><svg class=\"mark\" viewBox=\"0 0 16 16\" aria-hidden=\"true\">"
        "<path d=\"%s\" fill=\"%s\" stroke=\"%s\" stroke-width=\"1.8\"/></svg>"
        "<span class=\"name\">%s</span></span>",
        look.path, look.filled ? colour : "none", colour,
        shorten(platform->title, TEXT_MAX_CHARACTERS).text);
}

void page_verdict(FILE *out, enum verdict_word verdict,
                  enum workload_group group)
{
    html(out,
         "<span class=\"verdict %s\"><span aria-hidden=\"true\">%s</span> "
         "%s</span>",
         verdict_class(verdict), verdict_sign(verdict),
         verdict_text(verdict, group));
}

/* The day alone: "2026-11-23". */
static struct short_text date_of(const struct record *record)
{
    struct short_text date =
        shorten(record_header_text(record, "created", "no date"), 30);

    date.text[strcspn(date.text, "T")] = '\0';
    return date;
}

static void write_head(FILE *out, const struct record *record)
{
    const struct machine machine = machine_describe(record);

    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
          "<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\""
          "default-src 'none'; style-src 'unsafe-inline'; "
          "base-uri 'none'; form-action 'none'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, "
          "initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          "<meta name=\"referrer\" content=\"no-referrer\">\n",
          out);
    html(out, "<title>Hypervisor or container? %s, %s</title>\n",
         machine.processor != NULL ? shorten(machine.processor, 60).text
                                   : "an unknown machine",
         date_of(record).text);
    fprintf(out, "<style>\n%s</style>\n</head>\n<body>\n", report_asset_style);
}

/* Machine, date, KVM back end: what the figures are true of. */
static void write_first_line(FILE *out, const struct record *record)
{
    const struct machine machine = machine_describe(record);
    const char *caution = machine_caution(record, &machine);

    html(out, "<p class=\"machine\">%s · Linux %s · KVM %s · %s%s</p>\n",
         machine.processor != NULL ? machine.processor : "unknown processor",
         machine.kernel != NULL ? machine.kernel : "of unknown version",
         machine.kvm != NULL ? machine.kvm : "absent", date_of(record).text,
         machine.virtual ? " · itself a virtual machine" : "");
    if (caution != NULL)
        html(out,
             "<p class=\"note caution\"><b>Read with care.</b> %s "
             "Compare within this page, not across machines.</p>\n",
             caution);
}

/*
 * The noise of these says how busy the machine was; that of start-up is always
 * large beside a native process, that of memory does not come from load.
 */
static bool tells_load(enum workload_group group)
{
    return group == GROUP_CPU || group == GROUP_MEMORY || group == GROUP_KERNEL;
}

/* The workload in which two native runs differed most, if beyond the band. */
static void write_noise(FILE *out, const struct record *record)
{
    const struct workload_entry *worst = NULL;
    struct figure widest = {0};

    for (size_t i = 0; i < record->workload_count; i++) {
        const struct workload_entry *workload = &record->workloads[i];
        struct figure floor = {.n = 1, .has_interval = true};

        record_noise_floor(record, workload, &floor.low, &floor.high);
        if (!tells_load(workload->group) ||
            figure_reach(&floor) <=
                (worst != NULL ? figure_reach(&widest) : record->band))
            continue;
        worst = workload;
        widest = floor;
    }
    if (worst != NULL)
        html(out,
             "<p class=\"note caution\"><b>A noisy run.</b> Two native runs "
             "of the same program differed by as much as %s (%s, the "
             "95\u00a0%% interval of their ratio), so smaller differences "
             "than that cannot be seen there. Other work on the machine does "
             "this; repeat the run when it is quiet, or with more "
             "blocks.</p>\n",
             number_reach(&widest).text, shorten(worst->title, 48).text);
}

static void write_warnings(FILE *out, const struct record *record,
                           const struct figures *figures)
{
    if (!record->complete)
        fputs("<p class=\"note warning\"><b>This run was interrupted.</b> The "
              "figures below are from the runs that had ended; there are "
              "fewer than planned.</p>\n",
              out);
    if (!record->has_raw)
        fputs("<p class=\"note warning\">results.jsonl is missing, so single "
              "values are not drawn and nothing is compared block by "
              "block.</p>\n",
              out);
    if (record->unreadable_lines > 0)
        html(out,
             "<p class=\"note warning\">%zu lines of results.jsonl could "
             "not be read and are not drawn.</p>\n",
             record->unreadable_lines);
    if (figures->trouble != NULL)
        html(out, "<p class=\"note warning\">Charts are missing: %s.</p>\n",
             figures->trouble);
}

static void write_header(FILE *out, const struct record *record,
                         const struct figures *figures)
{
    fputs("<header>\n<h1>Hypervisor or container?</h1>\n", out);
    write_first_line(out, record);
    write_warnings(out, record, figures);
    write_noise(out, record);
    fputs("</header>\n<main>\n<section class=\"answer\">\n"
          "<h2>The answer of this machine</h2>\n",
          out);
    sentences_answer(record, out);
    html(out,
         "<p class=\"small\">The same program file, byte for byte, ran on "
         "every platform. Square brackets hold the 95\u00a0%% interval of a "
         "median, n is the number of runs behind it. Equivalent means: the "
         "whole interval lies within ±%d\u00a0%% of native, or within what two "
         "native runs differ by.</p>\n</section>\n",
         (int)(record->band * 100 + 0.5));
}

void page_write(FILE *out, const struct record *record,
                const struct figures *figures)
{
    write_head(out, record);
    write_header(out, record, figures);
    page_summary(out, record);
    for (size_t i = 0; i < figures->count; i++)
        page_figure(out, record, &figures->list[i]);
    if (figures->beyond > 0)
        html(out,
             "<p class=\"small\">%zu more workloads have no section of "
             "their own; they are under every figure, below.</p>\n",
             figures->beyond);
    page_phases(out, record);
    page_left_out(out, record);
    page_trust(out, record);
    page_differences(out, record);
    page_everything(out, record);
    page_published(out);
    page_words(out);
    page_repeat(out, record);
    html(out,
         "</main>\n<footer><p>Made by ringside %s.</p></footer>\n"
         "</body>\n</html>\n",
         record_header_text(record, "ringside", "of unknown version"));
}
