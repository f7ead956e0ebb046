/*
 * The command line of a runtime: global flags, then a verb from the table.
 * See runtime.h. This is also the one place where an error is printed.
 */
#include "oci/runtime.h"

#include "oci/cleanup.h"
#include "oci/verbs.h"

#include <string.h>

static const struct verb verbs[] = {
    {"create", "make the container of a bundle", verb_create},
    {"start", "have a created container's program run", verb_start},
    {"run", "run the container of a bundle to its end", verb_run},
    {"exec", "run a further process in a container", verb_exec},
    {"state", "show the state of a container", verb_state},
    {"list", "list the containers", verb_list},
    {"ps", "list the processes of a container", verb_ps},
    {"kill", "send a container a signal", verb_kill},
    {"pause", "stop every process of a container", verb_pause},
    {"resume", "let them go on", verb_resume},
    {"update", "change the limits of a container", verb_update},
    {"delete", "remove a container that has ended", verb_delete},
    {"exec-static", "run a static program, no bundle needed", verb_exec_static},
    {"spec", "write a default config.json", verb_spec},
    {"features", "show what this runtime can do", verb_features},
    {0},
};

enum {
    OPTION_LOG_FORMAT = 256,
    OPTION_ROOT,
    OPTION_LOG,
    OPTION_DEBUG,
    OPTION_SYSTEMD_CGROUP,
    OPTION_CGROUP_MANAGER,
};

static const struct argp_option global_options[] = {
    {"root", OPTION_ROOT, "DIR", 0, "Where the state of containers is kept", 0},
    {"log", OPTION_LOG, "FILE", 0, "Write errors to FILE too", 0},
    {"log-format", OPTION_LOG_FORMAT, "FORMAT", 0, "text (default) or json", 0},
    {"debug", OPTION_DEBUG, NULL, 0, "Log what is done as well", 0},
    {"systemd-cgroup", OPTION_SYSTEMD_CGROUP, NULL, 0,
     "Have systemd make cgroups: --cgroup-manager=systemd", 0},
    {"cgroup-manager", OPTION_CGROUP_MANAGER, "MANAGER", 0,
     "cgroupfs (default), systemd, or disabled: containers stay in the "
     "caller's cgroup",
     0},
    {0},
};

/* What the global flags leave behind. */
struct global_arguments {
    struct invocation invocation;
    int verb_index; /* of argv; 0: none given */
};

static error_t parse_log_format(struct log *log, const char *format,
                                struct argp_state *state)
{
    log->json = strcmp(format, "json") == 0;
    if (!log->json && strcmp(format, "text") != 0)
        argp_error(state, "--log-format: expected text or json, got \"%s\"",
                   format);
    return 0;
}

static void parse_cgroup_manager(struct invocation *invocation,
                                 const char *manager, struct argp_state *state)
{
    static const char *const names[] = {
        [CGROUP_MANAGER_FS] = "cgroupfs",
        [CGROUP_MANAGER_SYSTEMD] = "systemd",
        [CGROUP_MANAGER_NONE] = "disabled",
    };
    size_t i = 0;

    while (i < sizeof(names) / sizeof(names[0]) &&
           strcmp(names[i], manager) != 0)
        i++;
    if (i == sizeof(names) / sizeof(names[0]))
        argp_error(state,
                   "--cgroup-manager: expected cgroupfs, systemd or disabled, "
                   "got \"%s\"",
                   manager);
    invocation->cgroup_manager = (enum cgroup_manager)i;
}

static error_t parse_global(int key, char *argument, struct argp_state *state)
{
    struct global_arguments *arguments = state->input;
    struct invocation *invocation = &arguments->invocation;

    switch (key) {
    case OPTION_ROOT:
        invocation->root = argument;
        return 0;
    case OPTION_LOG:
        invocation->log.path = argument;
        return 0;
    case OPTION_LOG_FORMAT:
        return parse_log_format(&invocation->log, argument, state);
    case OPTION_DEBUG:
        invocation->log.debug = true;
        return 0;
    case OPTION_SYSTEMD_CGROUP:
        parse_cgroup_manager(invocation, "systemd", state);
        return 0;
    case OPTION_CGROUP_MANAGER:
        parse_cgroup_manager(invocation, argument, state);
        return 0;
    case ARGP_KEY_ARG: /* the verb; what follows is its own */
        arguments->verb_index = state->next - 1;
        state->next = state->argc;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void list_verbs(const struct verb *verb, FILE *stream)
{
    for (; verb != NULL && verb->name != NULL; verb++)
        fprintf(stream, "  %-12s %s\n", verb->name, verb->summary);
}

/* The text under the usage line of --help; NULL when memory is short. */
static char *format_help(const struct runtime *runtime)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL)
        return NULL;
    fprintf(stream, "%s\vVerbs:\n", runtime->summary);
    list_verbs(verbs, stream);
    list_verbs(runtime->verbs, stream);
    fprintf(stream, "\n`%s VERB --help' has the flags of a verb.",
            runtime->name);
    fclose(stream);
    return text;
}

static void print_version(FILE *stream, struct argp_state *state)
{
    fprintf(stream, "%s version %s\nspec: %s\n", state->name, RINGSIDE_VERSION,
            RUNTIME_SPEC_VERSION);
}

static int parse_command_line(const struct runtime *runtime, int argc,
                              char **argv, struct global_arguments *arguments,
                              struct error *error)
{
    _cleanup_free_ char *help = format_help(runtime);
    const struct argp argp = {
        .options = global_options,
        .parser = parse_global,
        .args_doc = "VERB [ARGUMENT...]",
        .doc = help,
    };
    error_t failure;

    argp_program_version_hook = print_version;
    argp_err_exit_status = RUNTIME_EXIT_FAILURE;
    failure = argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, arguments);
    return failure == 0 ? 0 : error_errno(error, failure, "command line");
}

static const struct verb *find_verb(const struct verb *verb, const char *name)
{
    for (; verb != NULL && verb->name != NULL; verb++) {
        if (strcmp(verb->name, name) == 0)
            return verb;
    }
    return NULL;
}

static int execute_verb(const struct invocation *invocation, int argc,
                        char **argv, int *exit_status, struct error *error)
{
    const struct verb *verb = find_verb(verbs, argv[0]);
    _cleanup_free_ char *title = NULL;

    if (verb == NULL)
        verb = find_verb(invocation->runtime->verbs, argv[0]);
    if (verb == NULL)
        return error_set(error, EINVAL, "unknown verb \"%s\"; see --help",
                         argv[0]);
    if (asprintf(&title, "%s %s", invocation->runtime->name, verb->name) < 0) {
        title = NULL;
        return error_errno(error, ENOMEM, "command line");
    }
    argv[0] = title;
    return verb->execute(invocation, argc, argv, exit_status, error);
}

static int run_command_line(const struct runtime *runtime, int argc,
                            char **argv, struct global_arguments *arguments,
                            int *exit_status, struct error *error)
{
    int index, status;

    arguments->invocation.runtime = runtime;
    status = parse_command_line(runtime, argc, argv, arguments, error);
    if (status < 0)
        return status;
    index = arguments->verb_index;
    if (index == 0)
        return error_set(error, EINVAL, "no verb given; see --help");
    return execute_verb(&arguments->invocation, argc - index, argv + index,
                        exit_status, error);
}

int runtime_main(const struct runtime *runtime, int argc, char **argv)
{
    struct global_arguments arguments = {0};
    struct error error = {0};
    int exit_status = 0;

    if (run_command_line(runtime, argc, argv, &arguments, &exit_status,
                         &error) == 0)
        return exit_status;
    fprintf(stderr, "%s: %s\n", runtime->name, error.text);
    if (log_write(&arguments.invocation.log, "error", "%s", error.text) < 0)
        fprintf(stderr, "%s: %s: cannot write the log\n", runtime->name,
                arguments.invocation.log.path);
    return RUNTIME_EXIT_FAILURE;
}
