/* What the command lines of several verbs have in common; see verbs.h. */
#include "oci/verbs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static error_t parse(int key, char *argument, struct argp_state *state)
{
    const char **id = state->input;

    switch (key) {
    case ARGP_KEY_ARG:
        if (*id != NULL)
            argp_error(state, "one container id expected, got \"%s\" too",
                       argument);
        *id = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        if (*id == NULL)
            argp_error(state, "a container id is missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp verb_id_argp = {.parser = parse};

int verb_parse_id(int argc, char **argv, const char **id, struct error *error)
{
    const struct argp argp = {.parser = parse, .args_doc = "ID"};
    error_t failure = argp_parse(&argp, argc, argv, 0, NULL, id);

    return failure == 0 ? 0 : error_errno(error, failure, "command line");
}

bool verb_parse_format(const char *text, struct argp_state *state)
{
    if (strcmp(text, "json") != 0 && strcmp(text, "table") != 0)
        argp_error(state, "--format: expected table or json, got \"%s\"", text);
    return strcmp(text, "json") == 0;
}

int verb_parse_preserve_fds(const char *text, struct argp_state *state)
{
    /* More than any process may have open. */
    enum { LIMIT = 1 << 20, FIRST = 3 };
    char *end;
    long count = strtol(text, &end, 10);

    if (end == text || *end != '\0' || count < 0 || count > LIMIT)
        argp_error(state, "--preserve-fds: expected a number, got \"%s\"",
                   text);
    /* A gap would be filled by a descriptor of our own. */
    for (int fd = FIRST; fd < FIRST + (int)count; fd++) {
        if (fcntl(fd, F_GETFD) < 0)
            argp_failure(state, RUNTIME_EXIT_FAILURE, 0,
                         "--preserve-fds %ld: descriptor %d is not open", count,
                         fd);
    }
    return (int)count;
}

int verb_refuse(const struct invocation *invocation, const char *verb,
                struct error *error)
{
    return error_set(error, ENOTSUP, "%s: not for a container of %s", verb,
                     invocation->runtime->name);
}
