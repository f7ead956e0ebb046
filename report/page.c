/*
 * The frame of the page: head, first lines, and the order of its sections.
 */
#include "report/page.h"

#include "report/assets.h"
#include "report/html.h"
#include "report/machine.h"
#include "report/markup.h"
#include "report/numbers.h"
#include "report/script.h"
#include "report/sentences.h"
#include "report/text.h"

#include <string.h>

void page_platform(FILE *out, const struct record *record,
                   const struct platform_entry *platform)
{
    fputs(markup_platform(record, platform, FORM_HTML).text, out);
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

void page_section(FILE *out, const char *id, const char *heading_key)
{
    html(out, "<section id=\"%s\">\n<h2>%s</h2>\n", id, say(heading_key));
}

void page_english(FILE *out, const char *text)
{
    if (text[0] == '\0' || strcmp(strings_language(), "en") == 0)
        html(out, "%s", text);
    else
        html(out, "<span lang=\"en\">%s</span>", text);
}

/* The day alone: "2026-11-23". */
static struct short_text date_of(const struct record *record)
{
    struct short_text date =
        shorten(record_header_text(record, "created", say("unknown")), 30);

    date.text[strcspn(date.text, "T")] = '\0';
    return date;
}

static void write_head(FILE *out, const struct record *record)
{
    const struct machine machine = machine_describe(record);

    html(out,
         "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
         "<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\""
         "default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; "
         "script-src &#39;sha256-%s&#39;; "
         "base-uri &#39;none&#39;; form-action &#39;none&#39;\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, "
         "initial-scale=1\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n"
         "<meta name=\"referrer\" content=\"no-referrer\">\n",
         strings_language(), script_digest(report_asset_sort).text);
    fputs("<title>", out);
    say_html(out, "page.title",
             machine.processor != NULL ? shorten(machine.processor, 60).text
                                       : say("machine.processor.unknown"),
             date_of(record).text);
    fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n",
            report_asset_style);
}

/* Machine, date, KVM back end and what it is: what the figures are true of. */
static void write_first_line(FILE *out, const struct record *record)
{
    const struct machine machine = machine_describe(record);
    const char *caution = machine_caution(record, &machine);

    fputs("<p class=\"machine\">", out);
    say_html(out, machine.kvm != NULL ? "page.machine" : "page.machine.no-kvm",
             machine.processor != NULL ? machine.processor
                                       : say("machine.processor.unknown"),
             machine.kernel != NULL ? machine.kernel : "?",
             machine.kvm != NULL ? machine.kvm : "", machine_back_end(&machine),
             date_of(record).text);
    if (machine.virtual)
        html(out, " · %s", say("machine.virtual"));
    fputs("</p>\n", out);
    if (caution != NULL) {
        fputs("<p class=\"note caution\">", out);
        say_html(out, "page.caution", caution);
        fputs("</p>\n", out);
    }
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
    if (worst == NULL)
        return;
    fputs("<p class=\"note caution\">", out);
    say_html(out, "page.noise", number_reach(&widest).text,
             shorten(workload_title(worst), 48).text);
    fputs("</p>\n", out);
}

static void write_warning(FILE *out, const char *key, const char *argument)
{
    fputs("<p class=\"note warning\">", out);
    say_html(out, key, argument);
    fputs("</p>\n", out);
}

static void write_warnings(FILE *out, const struct record *record,
                           const struct figures *figures)
{
    if (!record->complete)
        write_warning(out, "page.interrupted", "");
    if (!record->has_raw)
        write_warning(out, "page.no-raw", "");
    if (record->unreadable_lines > 0)
        write_warning(out, "page.unreadable",
                      number_count(record->unreadable_lines).text);
    if (figures->trouble != NULL)
        write_warning(out, "page.no-charts", figures->trouble);
}

static void write_header(FILE *out, const struct record *record,
                         const struct figures *figures)
{
    html(out, "<header>\n<h1>%s</h1>\n", say("page.heading"));
    write_first_line(out, record);
    write_warnings(out, record, figures);
    write_noise(out, record);
    html(out,
         "</header>\n<main>\n<section class=\"answer\">\n"
         "<h2>%s</h2>\n",
         say("answer.heading"));
    sentences_answer(record, FORM_HTML, out);
    fputs("<p class=\"small\">", out);
    say_html(out, "answer.reading",
             number_count((size_t)(record->band * 100 + 0.5)).text);
    fputs("</p>\n</section>\n", out);
}

void page_write(FILE *out, const struct record *record,
                const struct figures *figures, const struct claims *claims)
{
    write_head(out, record);
    write_header(out, record, figures);
    page_claims(out, record, figures, claims);
    page_summary(out, record);
    for (size_t i = 0; i < figures->count; i++)
        page_figure(out, record, &figures->list[i]);
    if (figures->beyond > 0) {
        fputs("<p class=\"small\">", out);
        say_html(out, "page.beyond", number_count(figures->beyond).text);
        fputs("</p>\n", out);
    }
    page_function(out, record);
    page_left_out(out, record);
    page_trust(out, record);
    page_differences(out, record);
    page_everything(out, record);
    page_words(out);
    page_repeat(out, record);
    fputs("</main>\n<footer><p>", out);
    say_html(out, "page.made-by",
             record_header_text(record, "ringside", say("unknown")));
    fprintf(out, "</p></footer>\n<script>%s</script>\n</body>\n</html>\n",
            report_asset_sort);
}
