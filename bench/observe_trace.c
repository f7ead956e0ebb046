/* One run under `ringside trace`; see observe.h. */
#include "bench/clock.h"
#include "bench/observe.h"
#include "bench/trace.h"
#include "bench/words.h"

#include <signal.h>

/* How long the tracer may take to write what it has counted. */
#define REPORT_NS (2 * NS_PER_SECOND)

/* An instance that idles is ended by a kill, of which the tracer dies too. */
static void ask_for_report(struct run_observer *observer, pid_t command)
{
    const struct traced_run *run = (struct traced_run *)observer;
    const int64_t deadline = clock_now() + REPORT_NS;

    kill(command, SIGUSR1);
    while (access(run->path, F_OK) < 0 && clock_now() < deadline)
        clock_sleep(NS_PER_MS);
}

static int put_before(const struct observed *observed, enum traced what,
                      struct traced_run *run)
{
    const struct experiment *experiment = observed->experiment;
    _cleanup_free_ char *ringside =
        text_format("%s/ringside", experiment->paths->bin);
    static const char *const options[] = {
        [TRACED_EXITS] = "--exits-only", [TRACED_FUNCTIONS] = "--functions"};
    const char *const words[] = {ringside, "trace", "--ready", "-o", run->path};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (words[i] == NULL || words_append(&run->before, words[i]) < 0)
            return -ENOMEM;
    }
    if (options[what] != NULL && words_append(&run->before, options[what]) < 0)
        return -ENOMEM;
    return words_append(&run->before, "--");
}

int traced_run(const struct observed *observed, enum traced what,
               struct traced_run *run, struct error *error)
{
    struct experiment *experiment = observed->experiment;
    struct error missing = {0};
    int result;

    *run = (struct traced_run){
        .observer = {.ending = ask_for_report},
        .path = text_format("%s/trace.json", experiment->session.directory),
    };
    if (run->path == NULL || put_before(observed, what, run) < 0)
        return error_set(error, ENOMEM, "out of memory");
    run->observer.before = run->before;
    unlink(run->path);
    experiment->context.observer = &run->observer;
    result = run_once(&experiment->context, observed->participant,
                      observed->workload, observed->index, experiment->record,
                      error);
    experiment->context.observer = NULL;
    if (result == 0)
        trace_load(run->path, &run->report, &missing);
    return result;
}

void traced_run_release(struct traced_run *run)
{
    words_free(run->before);
    free(run->path);
    json_decref(run->report);
}
