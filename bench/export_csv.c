/*
 * CSV in the long form that R, pandas and spreadsheets like best: a row for
 * each figure. Source: RFC 4180 (with LF as line end).
 */
#include "bench/export.h"

#include <inttypes.h>
#include <string.h>

/* Quoted where it must be. */
static void write_field(FILE *file, const char *text)
{
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        fputs(text, file);
        return;
    }
    fputc('"', file);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    fputc('"', file);
}

/* What all rows of a run begin with. */
static void write_run(FILE *file, const struct result_header *header,
                      const struct result_run *run)
{
    fprintf(file, "%" PRId64 ",%" PRId64 ",", run->block, run->position);
    write_field(file, run->platform);
    fputc(',', file);
    write_field(file, header->platforms[run->platform_index].class_name);
    fputc(',', file);
    write_field(file, run->workload);
    fprintf(file, ",%s,%s,", run->start, run->at);
    if (run->status != RESULT_ABSENT)
        fprintf(file, "%" PRId64, run->status);
    fputc(',', file);
}

static int begin(void *state, const struct result_header *header)
{
    (void)header;
    fputs("block,position,platform,class,workload,start,at,status,metric,"
          "value,unit,failure\n",
          state);
    return 0;
}

static int visit(void *state, const struct result_header *header,
                 const struct result_run *run)
{
    struct result_metric figures[EXPORT_MAX_FIGURES];
    FILE *file = state;
    size_t count = export_figures(header, run, figures);

    for (size_t i = 0; i < count; i++) {
        write_run(file, header, run);
        write_field(file, figures[i].name);
        fprintf(file, ",%.17g,", figures[i].value);
        write_field(file, figures[i].unit);
        fputs(",\n", file);
    }
    if (run->failure != NULL) {
        write_run(file, header, run);
        fputs(",,,", file);
        write_field(file, run->failure);
        fputc('\n', file);
    }
    return 0;
}

int export_csv(const struct export_request *request, FILE *file,
               struct error *error)
{
    const struct export_visitor visitor = {begin, visit, file};

    return export_visit(request, &visitor, error);
}
