/*
 * update [flags] ID: changes the limits of a container. The flags are those
 * of runc; they become an object like linux.resources, which is read and
 * checked as such.
 */
#include "oci/json.h"
#include "oci/lifecycle.h"
#include "oci/verbs.h"

#include <stdlib.h>
#include <string.h>

/* An object and a member of linux.resources for each flag. */
static const struct {
    const char *flag, *object, *member;
    bool text;
} limits[] = {
    {"blkio-weight", "blockIO", "weight", false},
    {"cpu-period", "cpu", "period", false},
    {"cpu-quota", "cpu", "quota", false},
    {"cpu-burst", "cpu", "burst", false},
    {"cpu-share", "cpu", "shares", false},
    {"cpu-rt-period", "cpu", "realtimePeriod", false},
    {"cpu-rt-runtime", "cpu", "realtimeRuntime", false},
    {"cpu-idle", "cpu", "idle", false},
    {"cpuset-cpus", "cpu", "cpus", true},
    {"cpuset-mems", "cpu", "mems", true},
    {"kernel-memory", "memory", "kernel", false},
    {"kernel-memory-tcp", "memory", "kernelTCP", false},
    {"memory", "memory", "limit", false},
    {"memory-reservation", "memory", "reservation", false},
    {"memory-swap", "memory", "swap", false},
    {"pids-limit", "pids", "limit", false},
};

enum {
    LIMIT_COUNT = sizeof(limits) / sizeof(limits[0]),
    OPTION_LIMIT = 256, /* and on, one for each */
};

struct update_arguments {
    const char *id, *file;
    json_t *resources; /* what the flags say */
};

static error_t parse_limit(json_t *resources, int index, const char *text,
                           struct argp_state *state)
{
    json_t *object = json_object_get(resources, limits[index].object);
    char *end;
    long long value = strtoll(text, &end, 10);

    if (object == NULL) {
        object = json_object();
        json_object_set_new(resources, limits[index].object, object);
    }
    if (limits[index].text)
        return json_object_set_new(object, limits[index].member,
                                   json_string(text)) < 0
                   ? ENOMEM
                   : 0;
    if (end == text || *end != '\0')
        argp_error(state, "--%s: expected a number, got \"%s\"",
                   limits[index].flag, text);
    return json_object_set_new(object, limits[index].member,
                               json_integer(value)) < 0
               ? ENOMEM
               : 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct update_arguments *arguments = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->id;
        return 0;
    case 'r':
        arguments->file = argument;
        return 0;
    default:
        if (key >= OPTION_LIMIT && key < OPTION_LIMIT + LIMIT_COUNT)
            return parse_limit(arguments->resources, key - OPTION_LIMIT,
                               argument, state);
        return ARGP_ERR_UNKNOWN;
    }
}

static void list_options(struct argp_option *options)
{
    options[0] = (struct argp_option){
        "resources",
        'r',
        "FILE",
        0,
        "Read an object like linux.resources from FILE (-: standard input)",
        0};
    for (int i = 0; i < LIMIT_COUNT; i++)
        options[i + 1] =
            (struct argp_option){.name = limits[i].flag,
                                 .key = OPTION_LIMIT + i,
                                 .arg = limits[i].text ? "LIST" : "N"};
}

/* The resources that the command line means; the caller owns them. */
static int read_resources(const struct update_arguments *arguments,
                          json_t **document, struct error *error)
{
    const char *path = arguments->file;

    if (path == NULL) {
        *document = json_incref(arguments->resources);
        return 0;
    }
    return strcmp(path, "-") == 0 ? json_read_input(document, error)
                                  : json_read_file(path, document, error);
}

static int update(const struct invocation *invocation,
                  const struct subject *subject, json_t *document,
                  struct error *error)
{
    const struct record *record = &subject->record;
    struct bundle_resources resources = bundle_no_resources;
    int status = bundle_parse_resources(document, &resources, error);

    if (status == 0 && !process_alive(&record->init))
        status = error_set(error, ESRCH, "container not running: \"%s\"",
                           record->id);
    if (status == 0)
        status = invocation->runtime->update(record, &resources, error);
    if (status == 0)
        status = record_rewrite(subject->state.directory, record, error);
    bundle_release_resources(&resources);
    return status;
}

static int update_by_id(const struct invocation *invocation,
                        const struct update_arguments *arguments,
                        struct error *error)
{
    struct subject subject;
    json_t *document = NULL;
    int status = read_resources(arguments, &document, error);

    if (status == 0)
        status = lifecycle_find(invocation, arguments->id, &subject, error);
    if (status == 0) {
        status = update(invocation, &subject, document, error);
        lifecycle_release(&subject);
    }
    json_decref(document);
    return status;
}

int verb_update(const struct invocation *invocation, int argc, char **argv,
                int *exit_status, struct error *error)
{
    const struct argp_child children[] = {{&verb_id_argp, 0, NULL, 0}, {0}};
    struct argp_option options[LIMIT_COUNT + 2] = {0};
    const struct argp argp = {.options = options,
                              .parser = parse,
                              .args_doc = "ID",
                              .children = children};
    struct update_arguments arguments = {.resources = json_object()};
    int status;

    list_options(options);
    status = argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (status != 0)
        status = error_errno(error, status, "command line");
    else if (invocation->runtime->update == NULL)
        status = verb_refuse(invocation, "update", error);
    else
        status = update_by_id(invocation, &arguments, error);
    json_decref(arguments.resources);
    *exit_status = 0;
    return status;
}
