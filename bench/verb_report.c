/* ringside report: what a finished session says, computed and drawn again. */
#include "bench/interrupt.h"
#include "bench/output_options.h"
#include "bench/summary.h"
#include "bench/table.h"
#include "bench/verbs.h"
#include "oci/cleanup.h"
#include "report/chart.h"
#include "report/report.h"
#include "report/strings.h"

#include <string.h>

enum { KEY_NO_PICTURES = 256 };

struct request {
    const char *directory;
    struct report_options options;
    bool quiet;
};

static enum report_format parse_format(const char *text,
                                       struct argp_state *state)
{
    for (enum report_format format = 0; format < REPORT_FORMATS; format++)
        if (strcmp(text, report_format_name(format)) == 0)
            return format;
    argp_error(state, "%s: the formats are html, md, txt and json", text);
    return REPORT_HTML;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct request *request = state->input;
    struct error error = {0};

    switch (key) {
    case 'f':
        request->options.format = parse_format(argument, state);
        return 0;
    case 'l':
        if (strings_use(argument, &error) < 0)
            argp_error(state, "%s", error.text);
        return 0;
    case 'q':
        request->quiet = true;
        return 0;
    case KEY_NO_PICTURES:
        chart_set_pictures(false);
        return 0;
    case ARGP_KEY_ARG:
        if (request->directory != NULL)
            argp_error(state, "%s: one directory is expected", argument);
        request->directory = argument;
        return 0;
    case ARGP_KEY_END:
        if (request->directory == NULL)
            argp_error(state, "a result directory is expected");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"format", 'f', "FORMAT", 0,
     "write html, md (Markdown with PNG charts), txt or json (html)", 0},
    {"lang", 'l', "LANGUAGE", 0, "write in en (English) or ko (Korean) (en)",
     0},
    {"no-pictures", KEY_NO_PICTURES, NULL, 0,
     "draw no PNG and PDF files of the charts", 0},
    {"quiet", 'q', NULL, 0, "print nothing: neither table nor path", 0},
    {0},
};

static const struct argp argp = {
    options,
    parse,
    "DIR",
    "Computes DIR/summary.json, prints the table and writes DIR/report.html, "
    "with its charts in DIR/charts as SVG, PNG and PDF files.",
    NULL,
    NULL,
    NULL};

/* *drawing says why there is no report, if there is none. */
static int conclude_as(const char *directory,
                       const struct report_options *wanted, bool quiet,
                       struct error *drawing, struct error *error)
{
    struct table_style style = table_style_detect(stdout);
    _cleanup_free_ char *path = NULL;
    int result;

    interrupt_close(); /* Ctrl-C ends drawing at once, gnuplot too */
    result = summary_compute(directory, error);
    if (result == 0 && !quiet)
        result = table_print(directory, &style, stdout, error);
    if (result < 0)
        return result;
    if (wanted == NULL) {
        printf("\nresults: %s\n", directory);
        return EXIT_MEASURED;
    }
    path = report_path(directory, wanted);
    if (report_write(directory, wanted, drawing) < 0) {
        printf("\nresults: %s\n", directory);
    } else if (!quiet && path != NULL) {
        printf("\nreport: %s\n", path);
    }
    return EXIT_MEASURED;
}

int conclude(const char *directory, bool draw, struct error *error)
{
    const struct report_options page = {.format = REPORT_HTML};

    struct error drawing = {0};
    int result =
        conclude_as(directory, draw ? &page : NULL, false, &drawing, error);

    if (drawing.text[0] != '\0')
        fprintf(stderr, "ringside: no report: %s\n", drawing.text);
    return result;
}

int conclude_json(const char *directory, bool draw, struct error *error)
{
    const struct report_options page = {.format = REPORT_HTML};
    struct error drawing = {0};
    json_t *summary;
    int result;

    interrupt_close();
    result = summary_compute(directory, error);
    if (result == 0)
        result = summary_load(directory, &summary, error);
    if (result < 0)
        return result;
    if (draw && report_write(directory, &page, &drawing) < 0)
        fprintf(stderr, "ringside: no report: %s\n", drawing.text);
    return output_json(summary, error);
}

int ringside_report(const struct invocation *invocation, int argc, char **argv,
                    struct error *error)
{
    struct request request = {0};
    struct error drawing = {0};
    int result;

    (void)invocation;
    argp_parse(&argp, argc, argv, 0, NULL, &request);
    result = conclude_as(request.directory, &request.options, request.quiet,
                         &drawing, error);
    /* What was asked for is the report; a session has its results without. */
    if (result >= 0 && drawing.text[0] != '\0')
        return error_set(error, EIO, "no report: %s", drawing.text);
    return result;
}
