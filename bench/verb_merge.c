/*
 * ringside merge: sessions of one machine as one record, sessions of several
 * machines side by side.
 */
#include "bench/machines.h"
#include "bench/merge.h"
#include "bench/output_options.h"
#include "bench/summary.h"
#include "bench/table.h"
#include "bench/verbs.h"
#include "bench/words.h"
#include "oci/file.h"
#include "oci/path.h"

#include <string.h>

struct arguments {
    char **directories;
    const char *output;
    struct output_options print;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->print;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (words_append(&arguments->directories, argument) < 0)
            argp_failure(state, 1, ENOMEM, "%s", argument);
        return 0;
    case ARGP_KEY_END:
        if (words_count(arguments->directories) < 2)
            argp_error(state, "two result directories or more are expected");
        if (arguments->output == NULL)
            argp_error(state, "--output: where to is expected");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"output", 'o', "DIR", 0, "make this directory", 0},
    {0},
};

static const struct argp_child children[] = {{&output_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    options,
    parse,
    "DIR DIR...",
    "Puts sessions together. Those of one machine in one state become one "
    "record, each adding its blocks, if they measured the same; of different "
    "machines each keeps a column of its own.\v"
    "Sessions of one machine: OUTPUT/results.jsonl, as if it had been one "
    "session. Of several: OUTPUT/1, OUTPUT/2 and so on, and what they say side "
    "by side in OUTPUT/" MACHINES_FILE ". By the fingerprint, a machine whose "
    "kernel or settings have changed is another machine.",
    children,
    NULL,
    NULL};

/* A merge on its way. */
struct merge {
    const struct arguments *arguments;
    char *const *command;
    struct merge_session *sessions; /* those not yet merged stand first */
    size_t count;
    char **outputs; /* a directory for each machine */
};

/* The sessions that were not merged move to the front. */
static void drop_merged(struct merge *merge, const bool *merged)
{
    size_t left = 0;

    for (size_t i = 0; i < merge->count; i++) {
        if (merged[i])
            merge_close(&merge->sessions[i], 1);
        else
            merge->sessions[left++] = merge->sessions[i];
    }
    merge->count = left;
}

static bool one_machine(const struct merge *merge)
{
    const struct result_header *first = &merge->sessions[0].reader.header;

    for (size_t i = 1; i < merge->count; i++)
        if (strcmp(first->fingerprint_sha256,
                   merge->sessions[i].reader.header.fingerprint_sha256) != 0)
            return false;
    return true;
}

/* Merges the first session's machine, then the next one's, and so on. */
static int merge_machines(struct merge *merge, struct error *error)
{
    const char *output = merge->arguments->output;
    bool alone = one_machine(merge);
    int result = directory_make(output, 0755, error);

    for (int machine = 1; merge->count > 0 && result == 0; machine++) {
        _cleanup_free_ bool *merged = calloc(merge->count, sizeof(*merged));
        _cleanup_free_ char *directory =
            alone ? strdup(output) : text_format("%s/%d", output, machine);

        if (merged == NULL || directory == NULL ||
            words_append(&merge->outputs, directory) < 0)
            return error_set(error, ENOMEM, "out of memory");
        result = merge_append(merge->sessions, merge->count, directory,
                              merge->command, merged, error);
        if (result == 0)
            drop_merged(merge, merged);
    }
    return result;
}

static int write_machines(const char *output, const json_t *machines,
                          struct error *error)
{
    _cleanup_free_ char *path = path_join(output, MACHINES_FILE);

    if (machines == NULL || path == NULL)
        return error_set(error, ENOMEM, "out of memory");
    if (json_dump_file(machines, path, JSON_INDENT(1)) < 0)
        return error_set(error, EIO, "%s: cannot be written", path);
    return 0;
}

/* What several machines say side by side. */
static int set_side_by_side(const struct merge *merge, struct error *error)
{
    size_t count = words_count(merge->outputs);
    struct table_style style = table_style_detect(stdout);
    json_t **summaries = calloc(count + 1, sizeof(json_t *));
    json_t *machines = NULL;
    int result = 0;

    if (summaries == NULL)
        return error_set(error, ENOMEM, "out of memory");
    for (size_t i = 0; i < count && result == 0; i++) {
        result = summary_compute(merge->outputs[i], error);
        if (result == 0)
            result = summary_load(merge->outputs[i], &summaries[i], error);
    }
    if (result == 0) {
        machines = machines_build(summaries, merge->outputs, count);
        result = write_machines(merge->arguments->output, machines, error);
    }
    if (result == 0 && merge->arguments->print.json)
        result = output_json(json_incref(machines), error);
    else if (result == 0)
        machines_print(machines, &style, stdout);
    json_decref(machines);
    for (size_t i = 0; i < count; i++)
        json_decref(summaries[i]);
    free(summaries);
    return result;
}

static int merge_all(struct merge *merge, struct error *error)
{
    int result = merge_machines(merge, error);

    if (result < 0)
        return result;
    if (words_count(merge->outputs) > 1)
        return set_side_by_side(merge, error);
    return merge->arguments->print.json
               ? conclude_json(merge->arguments->output, false, error)
               : conclude(merge->arguments->output, false, error);
}

int ringside_merge(const struct invocation *invocation, int argc, char **argv,
                   struct error *error)
{
    struct arguments arguments = {0};
    struct merge merge = {.arguments = &arguments,
                          .command = invocation->command};
    int result;

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    merge.count = words_count(arguments.directories);
    merge.sessions = calloc(merge.count, sizeof(*merge.sessions));
    if (merge.sessions == NULL)
        return error_set(error, ENOMEM, "out of memory");
    result =
        merge_open(arguments.directories, merge.count, merge.sessions, error);
    if (result < 0)
        merge.count = 0;
    else
        result = merge_all(&merge, error);
    merge_close(merge.sessions, merge.count);
    free(merge.sessions);
    words_free(merge.outputs);
    words_free(arguments.directories);
    return result;
}
