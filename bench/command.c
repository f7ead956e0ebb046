/* Helper commands; see command.h for the contract. */
#include "bench/command.h"

#include "bench/clock.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

struct command {
    struct spawned spawned;
    struct command_result *result;
};

static void keep_output(void *context, const char *bytes, size_t size,
                        int64_t at_ns)
{
    struct command_result *result = ((struct command *)context)->result;
    size_t room = sizeof(result->output) - 1 - result->output_size;

    (void)at_ns;
    if (size > room)
        size = room;
    memcpy(result->output + result->output_size, bytes, size);
    result->output_size += size;
    result->output[result->output_size] = '\0';
}

static void kill_group(void *context)
{
    kill(-((struct command *)context)->spawned.pid, SIGKILL);
}

int command_run(char *const *arguments, int mount_namespace, int seconds,
                struct command_result *result, struct error *error)
{
    const struct command_place place = {.mount_namespace = mount_namespace};

    return command_run_at(arguments, &place, seconds, result, error);
}

int command_run_at(char *const *arguments, const struct command_place *place,
                   int seconds, struct command_result *result,
                   struct error *error)
{
    const struct spawn_request request = {
        .arguments = arguments,
        .directory = "/",
        .mount_namespace = place->mount_namespace,
        .cgroups = place->cgroups,
        .cgroup_count = place->cgroup_count,
    };
    struct command command = {.result = result};
    const struct watch_plan plan = {
        .timeout_ns = seconds * NS_PER_SECOND,
        .output = keep_output,
        .kill = kill_group,
        .context = &command,
    };
    struct watch_result watched;
    int failed;

    *result = (struct command_result){0};
    failed = spawn(&request, &command.spawned, error);
    if (failed < 0)
        return failed;
    failed = watch(&command.spawned, &plan, &watched, error);
    kill_group(&command); /* what it left in the background */
    spawned_close(&command.spawned);
    if (failed < 0)
        return failed;
    result->status = watched.status;
    result->timed_out = watched.timed_out;
    result->interrupted = watched.interrupted;
    memcpy(result->errors, watched.errors, sizeof(result->errors));
    return 0;
}

void command_reason(struct command_result *result, int seconds,
                    const char *name, struct error *reason)
{
    const char *line = last_line(result->errors);

    if (result->timed_out)
        error_set(reason, ETIMEDOUT, "%s: took longer than %d s", name,
                  seconds);
    else if (*line != '\0')
        error_set(reason, EINVAL, "%s", line);
    else
        error_set(reason, EINVAL, "%s: exit status %d", name, result->status);
}
