/* Starting and ending an instance; see density_instance.h. */
#include "bench/density_instance.h"

#include "bench/clock.h"
#include "bench/command.h"
#include "bench/interrupt.h"
#include "bench/phases.h"
#include "bench/placeholder.h"
#include "bench/prepared.h"
#include "bench/records.h"
#include "bench/watch.h"
#include "bench/words.h"

#include <poll.h>

enum {
    START_SECONDS_LEAST = 3,
    START_SECONDS_MOST = 30,
    END_MILLISECONDS = 10000,
    CLEANUP_SECONDS = 10,
};

/* The command with its placeholders filled in; NULL when memory is out. */
static char **expand(const struct density_platform *platform,
                     const struct density_instance *instance,
                     char *const *command)
{
    _cleanup_free_ char *prepared = prepared_path(platform->participant, 0);
    const struct bundle_place *place = &platform->bundles->items[0];
    const struct placeholders values = {
        .bundle = instance->bundle,
        .id = instance->id,
        .rootfs = place->rootfs,
        .program = place->program,
        .inner = place->inner,
        .state = platform->participant->state,
        .bin = platform->paths->bin,
        .here = platform->participant->platform->directory,
        .cgroup = instance->cgroup,
        .memory = platform->bundles->memory,
        .phases = PHASES_DESCRIPTOR,
        .prepared = prepared,
        .arguments = platform->arguments,
    };

    return prepared == NULL ? NULL : placeholders_expand(command, &values);
}

enum { POLL_OUTPUT, POLL_ERRORS, POLL_EXIT, POLL_SIGNAL, POLLS };

/* Reads what is there; the last words of stderr are kept. */
static void read_streams(const struct spawned *spawned, struct records *records,
                         char words[WATCH_ERRORS_SIZE])
{
    char buffer[4096];
    ssize_t n;

    while ((n = read(spawned->output, buffer, sizeof(buffer))) > 0)
        records_feed(records, buffer, (size_t)n,
                     clock_now() - spawned->spawn_at);
    while ((n = read(spawned->errors, words, WATCH_ERRORS_SIZE - 1)) > 0)
        words[n] = '\0';
}

/* Time for a start: what the platform has left, within reason. */
static int start_seconds(int64_t deadline)
{
    int64_t left = (deadline - clock_now()) / NS_PER_SECOND;

    if (left < START_SECONDS_LEAST)
        return START_SECONDS_LEAST;
    return left < START_SECONDS_MOST ? (int)left : START_SECONDS_MOST;
}

static int await_ready(const struct spawned *spawned, int seconds,
                       struct records *records, struct error *error)
{
    int64_t deadline = clock_now() + seconds * NS_PER_SECOND;
    char words[WATCH_ERRORS_SIZE] = "";
    struct pollfd polls[POLLS] = {
        [POLL_OUTPUT] = {.fd = spawned->output, .events = POLLIN},
        [POLL_ERRORS] = {.fd = spawned->errors, .events = POLLIN},
        [POLL_EXIT] = {.fd = spawned->pidfd, .events = POLLIN},
        [POLL_SIGNAL] = {.fd = interrupt_fd(), .events = POLLIN},
    };

    for (;;) {
        int64_t left = deadline - clock_now();

        if (left < 0)
            return error_set(error, ETIMEDOUT, "not ready after %d s%s%s",
                             seconds, *words != '\0' ? ": " : "",
                             last_line(words));
        if (poll(polls, POLLS, (int)(left / NS_PER_MS) + 1) < 0 &&
            errno != EINTR)
            return error_errno(error, errno, "poll");
        read_streams(spawned, records, words);
        if (records->ready)
            return 0;
        if (interrupt_signal() != 0)
            return error_set(error, EINTR, "interrupted");
        if (polls[POLL_EXIT].revents != 0)
            return error_set(error, EPROTO, "it ended before it was ready%s%s",
                             *words != '\0' ? ": " : "", last_line(words));
        /* An end that was closed would be ready for ever. */
        if (polls[POLL_OUTPUT].revents & POLLHUP)
            polls[POLL_OUTPUT].fd = -1;
        if (polls[POLL_ERRORS].revents & POLLHUP)
            polls[POLL_ERRORS].fd = -1;
    }
}

int density_instance_start(const struct density_platform *platform,
                           const char *bundle, unsigned long number,
                           int64_t rest_ns, int64_t deadline,
                           struct density_instance *instance,
                           int64_t *latency_ns, struct error *error)
{
    _cleanup_words_ char **command = NULL;
    _cleanup_free_ struct records *records = calloc(1, sizeof(*records));
    int result;

    *instance = (struct density_instance){.bundle = bundle};
    instance->id = text_format("ringside-%s-%lu", platform->session->id,
                               platform->started_before + number);
    instance->cgroup = bundles_instance_cgroup(platform->session, number);
    if (instance->id != NULL && instance->cgroup != NULL)
        command = expand(platform, instance, platform->participant->run);
    if (command == NULL || records == NULL)
        return error_set(error, ENOMEM, "out of memory");
    const struct spawn_request request = {
        .arguments = command,
        .directory = platform->bundles->items[0].rootfs,
        .mount_namespace = platform->participant->mount_namespace,
        .cgroups = platform->containment->files,
        .cgroup_count = platform->containment->file_count,
        .extra = platform->null,
        .settle_ns = rest_ns,
    };

    result = spawn(&request, &instance->spawned, error);
    if (result < 0)
        return result;
    instance->running = true;
    result = await_ready(&instance->spawned, start_seconds(deadline), records,
                         error);
    *latency_ns = records->ready_ns;
    return result;
}

/* What a killed runtime keeps in its state, it removes itself. */
static void clean_up(const struct density_platform *platform,
                     const struct density_instance *instance)
{
    _cleanup_words_ char **command = NULL;
    _cleanup_free_ struct command_result *result = malloc(sizeof(*result));
    struct error ignored = {0};

    if (platform->participant->cleanup == NULL || result == NULL)
        return;
    command = expand(platform, instance, platform->participant->cleanup);
    if (command != NULL)
        command_run(command, platform->participant->mount_namespace,
                    CLEANUP_SECONDS, result, &ignored);
}

int density_instance_end(const struct density_platform *platform,
                         struct density_instance *instance, struct error *error)
{
    int result = 0;

    if (instance->running) {
        struct pollfd gone = {.fd = instance->spawned.pidfd, .events = POLLIN};

        if (poll(&gone, 1, END_MILLISECONDS) == 0)
            result = error_set(error, ETIMEDOUT,
                               "process %d is still there after it was killed",
                               (int)instance->spawned.pid);
        spawned_close(&instance->spawned);
        clean_up(platform, instance);
    }
    free(instance->id);
    free(instance->cgroup);
    *instance = (struct density_instance){0};
    return result;
}
