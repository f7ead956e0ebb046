/* Running hyperfine; see second_instrument.h for the contract. */
#include "bench/second_instrument.h"

#include "bench/clock.h"
#include "bench/command.h"
#include "bench/experiment_internal.h"
#include "bench/words.h"
#include "oci/path.h"

#include <errno.h>
#include <string.h>

enum {
    FEWEST_RUNS = 10,
    MOST_RUNS = 30,
    VERSION_SECONDS = 10,
};

/* For one platform, and for how long one may be measured once more. */
#define TIME_NS (10 * NS_PER_SECOND)

/* A platform's turn. */
struct turn_observer {
    struct run_observer observer; /* first */
    const char *hyperfine, *output, *name;
    int runs, rest_ms;
};

void second_instrument_choose(struct experiment_options *options,
                              const struct paths *paths)
{
    _cleanup_free_ char *program = paths_program(paths, "hyperfine");
    bool wanted = options->hyperfine < 0
                      ? options->profile->hyperfine && program != NULL
                      : options->hyperfine > 0;

    if (wanted)
        options->pass = second_instrument_pass;
}

/* Words as one command line, quoted as sh and hyperfine read it. */
static char *quote(char *const *words)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL)
        return NULL;
    for (size_t i = 0; words[i] != NULL; i++) {
        fputs(i > 0 ? " '" : "'", stream);
        for (const char *at = words[i]; *at != '\0'; at++)
            if (*at == '\'')
                fputs("'\\''", stream);
            else
                fputc(*at, stream);
        fputc('\'', stream);
    }
    if (fclose(stream) == 0)
        return text;
    free(text);
    return NULL;
}

/* hyperfine in place of the command, which it gets as a word. */
static char **wrap(struct run_observer *observer, char *const *command)
{
    const struct turn_observer *turn = (struct turn_observer *)observer;
    _cleanup_free_ char *quoted = quote(command);
    _cleanup_free_ char *runs = text_format("%d", turn->runs);
    _cleanup_free_ char *prepare = text_format(
        "sleep %d.%03d", turn->rest_ms / 1000, turn->rest_ms % 1000);
    char *const words[] = {(char *)turn->hyperfine,
                           "--shell=none",
                           "--style=none",
                           "--warmup=1",
                           "--runs",
                           runs,
                           "--prepare",
                           prepare,
                           "--command-name",
                           (char *)turn->name,
                           "--export-json",
                           (char *)turn->output,
                           quoted,
                           NULL};

    return quoted != NULL && runs != NULL && prepare != NULL ? words_copy(words)
                                                             : NULL;
}

/* "hyperfine 1.15.0" */
static char *ask_version(const char *hyperfine)
{
    char *const arguments[] = {(char *)hyperfine, "--version", NULL};
    _cleanup_free_ struct command_result *result = malloc(sizeof(*result));
    struct error ignored = {0};

    if (result == NULL ||
        command_run(arguments, -1, VERSION_SECONDS, result, &ignored) < 0 ||
        result->status != 0)
        return text_format("hyperfine");
    return text_format("%.60s", last_line(result->output));
}

/* As many runs as fit into the time; 0: it is too slow. */
static int choose_runs(const struct budget_pair *pair)
{
    int64_t runs = pair->ns > 0 ? TIME_NS / pair->ns : MOST_RUNS;

    if (pair->left_out || runs < FEWEST_RUNS)
        return 0;
    return runs < MOST_RUNS ? (int)runs : MOST_RUNS;
}

/* What hyperfine wrote of one command, or why there is nothing. */
static json_t *read_result(const char *path, const char *failure)
{
    json_t *document = json_load_file(path, 0, NULL);
    json_t *result = json_array_get(json_object_get(document, "results"), 0);

    json_incref(result);
    json_decref(document);
    if (json_is_object(result))
        return result;
    json_decref(result);
    return json_pack("{s:s}", "failure", failure);
}

static int measure(struct experiment *experiment, size_t platform,
                   size_t workload, struct turn_observer *turn,
                   json_t *platforms, struct error *error)
{
    const struct participant *participant =
        &experiment->lineup.participants[platform];
    const struct pairing pairing = {platform, workload};
    const int64_t timeout = experiment->context.timeout_ns;
    json_t *result;
    int failed = 0;

    turn->name = participant->platform->name;
    turn->runs = choose_runs(
        &experiment->pairs[platform * experiment->workloads.count + workload]);
    if (turn->runs == 0) {
        result = json_pack("{s:s}", "failure", "too slow to be measured again");
    } else {
        unlink(turn->output);
        experiment->context.observer = &turn->observer;
        experiment->context.timeout_ns = timeout + 2 * TIME_NS;
        failed = experiment_run_pair(experiment, &pairing, error);
        experiment->context.observer = NULL;
        experiment->context.timeout_ns = timeout;
        result = read_result(turn->output, experiment->record->failure);
        unlink(turn->output);
    }
    if (json_object_set_new(platforms, turn->name, result) < 0 && failed == 0)
        failed = error_set(error, ENOMEM, "out of memory");
    return failed;
}

static int find_workload(const struct experiment *experiment)
{
    for (size_t i = 0; i < experiment->workloads.count; i++)
        if (strcmp(experiment->workloads.items[i].name,
                   SECOND_INSTRUMENT_WORKLOAD) == 0)
            return (int)i;
    return -1;
}

static int write_file(const char *path, json_t *platforms,
                      const char *hyperfine, struct error *error)
{
    _cleanup_free_ char *version = ask_version(hyperfine);
    json_t *document =
        json_pack("{s:s, s:s, s:O}", "instrument",
                  version != NULL ? version : "hyperfine", "workload",
                  SECOND_INSTRUMENT_WORKLOAD, "platforms", platforms);
    int result = 0;

    if (document == NULL || json_dump_file(document, path, JSON_COMPACT) < 0)
        result = error_set(error, EIO, "%s: cannot be written", path);
    json_decref(document);
    return result;
}

int second_instrument_pass(struct experiment *experiment, struct error *error)
{
    int workload = find_workload(experiment), result = 0;
    _cleanup_free_ char *hyperfine =
        paths_program(experiment->paths, "hyperfine");
    _cleanup_free_ char *path =
        path_join(experiment->options->directory, SECOND_INSTRUMENT_FILE);
    _cleanup_free_ char *output =
        path_join(experiment->session.directory, SECOND_INSTRUMENT_FILE);
    struct turn_observer turn = {
        .observer = {.wrap = wrap},
        .hyperfine = hyperfine,
        .output = output,
        .rest_ms = experiment->options->rest_ms,
    };
    json_t *platforms = json_object();

    if (workload < 0 || path == NULL || output == NULL || platforms == NULL) {
        json_decref(platforms);
        return workload < 0 ? 0 : error_set(error, ENOMEM, "out of memory");
    }
    if (hyperfine == NULL)
        result = error_set(error, ENOENT, "hyperfine is not installed");
    for (size_t i = 0; i < experiment->lineup.participant_count && result == 0;
         i++)
        result =
            measure(experiment, i, (size_t)workload, &turn, platforms, error);
    if (result == 0)
        result = write_file(path, platforms, hyperfine, error);
    json_decref(platforms);
    return result;
}
