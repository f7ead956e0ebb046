/* memory.txt: what each method says, and why they differ; see
 * memory_methods.h. */
#include "bench/memory_methods.h"

#include "oci/cleanup.h"
#include "oci/path.h"

#include <string.h>

static const struct column {
    const char *metric, *head;
} columns[] = {
    {"memory_pss", "PSS"},
    {"memory_uss", "USS"},
    {"memory_current", "cgroup"},
    {"memory_peak", "peak"},
    {"memory_kernel", "kernel"},
    {"memory_available", "available"},
    {"memory_guest_kernel", "guest kernel"},
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]), WIDTH = 12 };

#define MIB (1024.0 * 1024)

static const char *text_of(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));

    return text != NULL ? text : "";
}

static const char *head_of(const char *metric)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        if (strcmp(columns[i].metric, metric) == 0)
            return columns[i].head;
    }
    return metric;
}

/* A platform's figure by a method, or '-'. */
static void write_figure(FILE *file, const json_t *cells, const json_t *of,
                         const char *metric)
{
    const json_t *cell;
    size_t index;

    json_array_foreach(cells, index, cell)
    {
        const json_t *median = json_object_get(cell, "median");

        if (strcmp(text_of(cell, "platform"), text_of(of, "platform")) == 0 &&
            strcmp(text_of(cell, "workload"), text_of(of, "workload")) == 0 &&
            strcmp(text_of(cell, "metric"), metric) == 0 &&
            json_is_number(median)) {
            fprintf(file, " %*.2f", WIDTH, json_number_value(median) / MIB);
            return;
        }
    }
    fprintf(file, " %*s", WIDTH, "-");
}

static bool has_memory(const json_t *cell)
{
    return strcmp(text_of(cell, "metric"), columns[0].metric) == 0 &&
           json_is_number(json_object_get(cell, "median"));
}

static void write_figures(FILE *file, const json_t *cells)
{
    const json_t *cell;
    size_t index;

    fprintf(file, "%-22s", "MiB of an instance");
    for (size_t i = 0; i < COLUMNS; i++)
        fprintf(file, " %*s", WIDTH, columns[i].head);
    fputc('\n', file);
    json_array_foreach(cells, index, cell)
    {
        if (!has_memory(cell))
            continue;
        fprintf(file, "%-22s", text_of(cell, "platform"));
        for (size_t i = 0; i < COLUMNS; i++)
            write_figure(file, cells, cell, columns[i].metric);
        fputc('\n', file);
    }
}

static void write_reasons(FILE *file, const json_t *list)
{
    const char *platform = "";
    const json_t *item;
    size_t index;

    fputs("\nWhere they disagree, in MiB, and why:\n", file);
    json_array_foreach(list, index, item)
    {
        if (strcmp(platform, text_of(item, "platform")) != 0) {
            platform = text_of(item, "platform");
            fprintf(file, "\n%s\n", platform);
        }
        fprintf(file, "%10.2f  %s over %s: %s\n",
                json_number_value(json_object_get(item, "difference")) / MIB,
                head_of(text_of(item, "larger")),
                head_of(text_of(item, "smaller")),
                memory_methods_reason(text_of(item, "reason")));
    }
}

static bool anything_idled(const json_t *cells)
{
    const json_t *cell;
    size_t index;

    json_array_foreach(cells, index, cell)
    {
        if (has_memory(cell))
            return true;
    }
    return false;
}

int memory_methods_write(const char *directory, const json_t *summary,
                         struct error *error)
{
    const json_t *cells = json_object_get(summary, "cells");
    _cleanup_free_ char *path = path_join(directory, MEMORY_METHODS_FILE);
    _cleanup_file_ FILE *file = NULL;

    if (path == NULL)
        return error_set(error, ENOMEM, "out of memory");
    if (!anything_idled(cells)) {
        unlink(path); /* of a summary that was another */
        return 0;
    }
    file = fopen(path, "we");
    if (file == NULL)
        return error_errno(error, errno, "%s", path);
    write_figures(file, cells);
    write_reasons(file, json_object_get(summary, "memory_methods"));
    return fflush(file) != 0 ? error_errno(error, errno, "%s", path) : 0;
}
