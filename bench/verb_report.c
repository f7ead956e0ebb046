/* ringside report: what a finished session says, computed and drawn again. */
#include "bench/interrupt.h"
#include "bench/summary.h"
#include "bench/table.h"
#include "bench/verbs.h"
#include "oci/cleanup.h"
#include "report/report.h"

static error_t parse(int key, char *argument, struct argp_state *state)
{
    const char **directory = state->input;

    switch (key) {
    case ARGP_KEY_ARG:
        if (*directory != NULL)
            argp_error(state, "%s: one directory is expected", argument);
        *directory = argument;
        return 0;
    case ARGP_KEY_END:
        if (*directory == NULL)
            argp_error(state, "a result directory is expected");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    NULL,
    parse,
    "DIR",
    "Computes DIR/summary.json, draws DIR/report.html and prints the table.",
    NULL,
    NULL,
    NULL};

int conclude(const char *directory, bool draw, struct error *error)
{
    struct table_style style = table_style_detect(stdout);
    struct error drawing = {0};
    int result;

    interrupt_close(); /* Ctrl-C ends drawing at once, gnuplot too */
    result = summary_compute(directory, error);
    if (result == 0)
        result = table_print(directory, &style, stdout, error);
    if (result < 0)
        return result;
    if (!draw) {
        printf("\nresults: %s\n", directory);
        return EXIT_MEASURED;
    }
    if (report_render(directory, &drawing) < 0) {
        fprintf(stderr, "ringside: no report: %s\n", drawing.text);
        printf("\nresults: %s\n", directory);
    } else {
        printf("\nreport: %s/report.html\n", directory);
    }
    return EXIT_MEASURED;
}

int ringside_report(const struct invocation *invocation, int argc, char **argv,
                    struct error *error)
{
    const char *directory = NULL;

    (void)invocation;
    argp_parse(&argp, argc, argv, 0, NULL, &directory);
    return conclude(directory, true, error);
}
