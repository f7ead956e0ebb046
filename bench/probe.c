/* What can run here; see probe.h for the contract. */
#include "bench/probe.h"

#include "bench/command.h"
#include "bench/placeholder.h"
#include "bench/words.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { VERSION_SECONDS = 5 };

char *const *probe_run_command(const struct platform *platform)
{
    if (geteuid() != 0 && platform->run_without_root != NULL)
        return platform->run_without_root;
    return platform->run;
}

char **probe_resolve(char *const *command, const struct paths *paths,
                     struct error *error)
{
    _cleanup_words_ char **resolved = words_copy(command);
    char *program;

    if (resolved == NULL) {
        error_set(error, ENOMEM, "out of memory");
        return NULL;
    }
    /* {program} is the workload itself; it is filled in for each run. */
    if (resolved[0][0] == '{')
        return take_pointer(resolved);
    program = paths_program(paths, resolved[0]);
    if (program == NULL) {
        error_set(error, ENOENT, "%s: not found", resolved[0]);
        return NULL;
    }
    free(resolved[0]);
    resolved[0] = program;
    return take_pointer(resolved);
}

/* A command that runs outside any session, ready to be run. */
static char **resolve_outside(const struct platform *platform,
                              char *const *command, const struct paths *paths,
                              struct error *error)
{
    const struct placeholders values = {
        .bin = paths->bin,
        .here = platform->directory,
    };
    _cleanup_words_ char **expanded = placeholders_expand(command, &values);

    if (expanded == NULL) {
        error_set(error, ENOMEM, "out of memory");
        return NULL;
    }
    return probe_resolve(expanded, paths, error);
}

/*
 * A need is met (0), is not (1, with *reason), or could not be checked
 * (negative errno, with *error).
 */
static int check_program(const struct platform *platform,
                         const struct platform_need *need,
                         const struct paths *paths, struct error *reason,
                         struct error *error)
{
    _cleanup_free_ char *found = paths_program(paths, need->name);

    (void)platform;
    (void)error;
    if (found != NULL)
        return 0;
    error_set(reason, ENOENT, "%s is not installed", need->name);
    return 1;
}

static int check_file(const struct platform *platform,
                      const struct platform_need *need,
                      const struct paths *paths, struct error *reason,
                      struct error *error)
{
    _cleanup_close_ int fd = open(need->name, O_RDWR | O_CLOEXEC | O_NONBLOCK);

    (void)platform;
    (void)paths;
    (void)error;
    if (fd >= 0)
        return 0;
    error_errno(reason, errno, "%s", need->name);
    return 1;
}

static int check_root(const struct platform *platform,
                      const struct platform_need *need,
                      const struct paths *paths, struct error *reason,
                      struct error *error)
{
    (void)platform;
    (void)need;
    (void)paths;
    (void)error;
    if (geteuid() == 0)
        return 0;
    error_set(reason, EPERM, "needs root");
    return 1;
}

static int check_probe(const struct platform *platform,
                       const struct platform_need *need,
                       const struct paths *paths, struct error *reason,
                       struct error *error)
{
    _cleanup_words_ char **command =
        resolve_outside(platform, need->probe, paths, reason);
    _cleanup_free_ struct command_result *result = malloc(sizeof(*result));
    int failed;

    if (command == NULL)
        return 1;
    if (result == NULL)
        return error_set(error, ENOMEM, "out of memory");
    failed = command_run(command, -1, need->seconds, result, error);
    if (failed < 0)
        return failed;
    if (result->interrupted)
        return error_set(error, EINTR, "interrupted");
    if (result->status == 0 && !result->timed_out)
        return 0;
    command_reason(result, need->seconds, need->probe[0], reason);
    return 1;
}

static int (*const checks[])(const struct platform *platform,
                             const struct platform_need *need,
                             const struct paths *paths, struct error *reason,
                             struct error *error) = {
    [NEED_PROGRAM] = check_program,
    [NEED_FILE] = check_file,
    [NEED_ROOT] = check_root,
    [NEED_PROBE] = check_probe,
};

/* The first line of the version command; a version is a nicety. */
static int read_version(const struct platform *platform,
                        const struct paths *paths,
                        char version[PROBE_VERSION_SIZE], struct error *error)
{
    _cleanup_words_ char **command = NULL;
    _cleanup_free_ struct command_result *result = malloc(sizeof(*result));
    struct error ignored = {0};

    version[0] = '\0';
    if (platform->version == NULL || result == NULL)
        return 0;
    command = resolve_outside(platform, platform->version, paths, &ignored);
    if (command == NULL ||
        command_run(command, -1, VERSION_SECONDS, result, &ignored) < 0)
        return 0;
    if (result->interrupted)
        return error_set(error, EINTR, "interrupted");
    if (result->status != 0)
        return 0;
    result->output[strcspn(result->output, "\r\n")] = '\0';
    snprintf(version, PROBE_VERSION_SIZE, "%.*s", PROBE_VERSION_SIZE - 1,
             result->output);
    return 0;
}

int probe(const struct platform *platform, const struct paths *paths,
          struct candidate *candidate, struct error *error)
{
    struct error reason = {0};
    char **command;

    *candidate = (struct candidate){.platform = platform};
    for (size_t i = 0; i < platform->need_count; i++) {
        const struct platform_need *need = &platform->needs[i];
        int missing = checks[need->kind](platform, need, paths, &reason, error);

        if (missing < 0)
            return missing;
        if (missing > 0) {
            memcpy(candidate->reason, reason.text, sizeof(reason.text));
            candidate->remedy = need->remedy;
            return 0;
        }
    }
    command = probe_resolve(probe_run_command(platform), paths, &reason);
    if (command == NULL) {
        memcpy(candidate->reason, reason.text, sizeof(reason.text));
        return 0;
    }
    words_free(command);
    candidate->available = true;
    return read_version(platform, paths, candidate->version, error);
}
