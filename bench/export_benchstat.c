/*
 * Go's benchmark format, for benchstat: a line for each good run, every figure
 * with its unit. Source: "Proposal: Go Benchmark Data Format" (golang.org
 * design document 14313).
 */
#include "bench/export.h"

#include <string.h>

/* A configuration line ends at the line end, and its value has none. */
static int begin(void *state, const struct result_header *header)
{
    FILE *file = state;
    const json_t *cpu = json_object_get(header->host, "cpu");
    const char *model = json_string_value(json_object_get(cpu, "model"));

    fprintf(file, "goos: linux\ngoarch: amd64\npkg: ringside\n");
    if (model != NULL)
        fprintf(file, "cpu: %s\n", model);
    fprintf(file, "fingerprint: %s\n", header->fingerprint_sha256);
    return 0;
}

/* CamelCase, since a name must not go on with a lower-case letter. */
static void write_name(FILE *file, const struct result_run *run)
{
    bool capital = true;

    fputs("Benchmark", file);
    for (const char *at = run->workload; *at != '\0'; at++) {
        if (*at == '-' || *at == '_' || *at == '.') {
            capital = true;
            continue;
        }
        fputc(capital && *at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at,
              file);
        capital = false;
    }
    fprintf(file, "/platform=%s/start=%s", run->platform, run->start);
}

/* "ns/op" is what benchstat calls the time of an operation. */
static void write_figure(FILE *file, const struct result_metric *figure)
{
    if (strcmp(figure->name, "spawn_to_exit") == 0)
        fprintf(file, "\t%.0f ns/op", figure->value);
    else
        fprintf(file, "\t%.12g %s-%s", figure->value, figure->name,
                figure->unit);
}

static int visit(void *state, const struct result_header *header,
                 const struct result_run *run)
{
    struct result_metric figures[EXPORT_MAX_FIGURES];
    FILE *file = state;
    size_t count = export_figures(header, run, figures);

    if (count == 0)
        return 0;
    write_name(file, run);
    fputs("\t1", file);
    for (size_t i = 0; i < count; i++)
        write_figure(file, &figures[i]);
    fputc('\n', file);
    return 0;
}

int export_benchstat(const struct export_request *request, FILE *file,
                     struct error *error)
{
    const struct export_visitor visitor = {begin, visit, file};

    return export_visit(request, &visitor, error);
}
