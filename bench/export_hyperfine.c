/*
 * The JSON that hyperfine --export-json writes, so that its plotting scripts
 * take our results: one result for each (platform, workload), in seconds from
 * spawn to exit. Source: hyperfine's documented export format.
 */
#include "bench/export.h"
#include "bench/statistics.h"
#include "oci/cleanup.h"

#include <gsl/gsl_statistics_double.h>
#include <string.h>

static const double ns_per_second = 1e9;

/* What is gathered of one (platform, workload). */
struct command {
    char platform[RESULT_MAX_NAME + 1], workload[RESULT_MAX_NAME + 1];
    json_t *exit_codes;
    double *seconds;
    size_t count, capacity;
    double user, system; /* sums */
};

struct commands {
    struct command *items; /* by platform, then workload */
    size_t platforms, workloads;
};

static int command_add(struct command *command, const struct result_run *run)
{
    if (command->count == command->capacity) {
        size_t capacity = command->capacity > 0 ? 2 * command->capacity : 32;
        double *grown =
            reallocarray(command->seconds, capacity, sizeof(*grown));

        if (grown == NULL)
            return -ENOMEM;
        command->seconds = grown;
        command->capacity = capacity;
    }
    if (command->exit_codes == NULL) {
        command->exit_codes = json_array();
        snprintf(command->platform, sizeof(command->platform), "%s",
                 run->platform);
        snprintf(command->workload, sizeof(command->workload), "%s",
                 run->workload);
    }
    if (json_array_append_new(command->exit_codes,
                              run->status != RESULT_ABSENT
                                  ? json_integer(run->status)
                                  : json_null()) < 0)
        return -ENOMEM;
    command->seconds[command->count++] = (double)run->exit_ns / ns_per_second;
    if (run->cpu_user_ns != RESULT_ABSENT)
        command->user += (double)run->cpu_user_ns / ns_per_second;
    if (run->cpu_system_ns != RESULT_ABSENT)
        command->system += (double)run->cpu_system_ns / ns_per_second;
    return 0;
}

static json_t *times_to_json(const struct command *command)
{
    json_t *times = json_array();

    for (size_t i = 0; times != NULL && i < command->count; i++)
        if (json_array_append_new(times, json_real(command->seconds[i])) < 0) {
            json_decref(times);
            return NULL;
        }
    return times;
}

/* Sorts the times, so the array of them must have been written before. */
static json_t *command_to_json(struct command *command)
{
    json_t *times = times_to_json(command);
    double *seconds = command->seconds;
    size_t n = command->count;
    double mean = gsl_stats_mean(seconds, 1, n);

    statistics_sort(seconds, n);
    return json_pack(
        "{s:s+++, s:f, s:o, s:f, s:f, s:f, s:f, s:f, s:o, s:O, s:{s:s, s:s}}",
        "command", command->workload, " on ", command->platform, "", "mean",
        mean, "stddev",
        n > 1 ? json_real(gsl_stats_sd_m(seconds, 1, n, mean)) : json_null(),
        "median", statistics_quantile(seconds, n, 0.5), "user",
        command->user / (double)n, "system", command->system / (double)n, "min",
        seconds[0], "max", seconds[n - 1], "times", times, "exit_codes",
        command->exit_codes, "parameters", "platform", command->platform,
        "workload", command->workload);
}

/* All of them that ran; NULL: no memory. */
static json_t *commands_to_json(struct commands *commands)
{
    json_t *results = json_array();

    for (size_t i = 0; i < commands->platforms * commands->workloads; i++)
        if (commands->items[i].count > 0 &&
            json_array_append_new(results,
                                  command_to_json(&commands->items[i])) < 0) {
            json_decref(results);
            return NULL;
        }
    return json_pack("{s:o}", "results", results);
}

static int begin(void *context, const struct result_header *header)
{
    struct commands *commands = context;

    commands->items = calloc(header->platform_count * header->workload_count,
                             sizeof(*commands->items));
    if (commands->items == NULL)
        return -ENOMEM;
    commands->platforms = header->platform_count;
    commands->workloads = header->workload_count;
    return 0;
}

static int visit(void *context, const struct result_header *header,
                 const struct result_run *run)
{
    struct commands *commands = context;
    const struct result_workload *workload =
        &header->workloads[run->workload_index];
    struct command *command;

    /* An idle instance is ended by the harness: it has no exit of its own. */
    if (run->failure != NULL || run->exit_ns == RESULT_ABSENT ||
        strcmp(workload->group, "idle") == 0)
        return 0;
    command = &commands->items[run->platform_index * commands->workloads +
                               run->workload_index];
    return command_add(command, run);
}

static void commands_release(struct commands *commands)
{
    for (size_t i = 0; i < commands->platforms * commands->workloads; i++) {
        free(commands->items[i].seconds);
        json_decref(commands->items[i].exit_codes);
    }
    free(commands->items);
}

int export_hyperfine(const struct export_request *request, FILE *file,
                     struct error *error)
{
    struct commands commands = {0};
    const struct export_visitor visitor = {begin, visit, &commands};
    int result = export_visit(request, &visitor, error);
    json_t *document = NULL;

    if (result == 0) {
        document = commands_to_json(&commands);
        if (document == NULL)
            result = error_errno(error, ENOMEM, "%s", request->directory);
        else if (json_dumpf(document, file, JSON_INDENT(2)) == 0)
            fputc('\n', file);
    }
    json_decref(document);
    commands_release(&commands);
    return result;
}
