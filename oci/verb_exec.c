/*
 * exec [flags] ID PROGRAM [ARGUMENT...], or exec --process FILE ID: a further
 * process in a container that runs.
 *
 * What the flags do not say is as in the container's config.json: they, or
 * the FILE, are merged with its process as JSON, and the result is read and
 * checked as any process is.
 */
#include "oci/bundle_parts.h"
#include "oci/cleanup.h"
#include "oci/lifecycle.h"
#include "oci/verbs.h"

#include <stdlib.h>
#include <string.h>

enum {
    OPTION_CONSOLE_SOCKET = 256,
    OPTION_CWD,
    OPTION_PID_FILE,
    OPTION_APPARMOR,
    OPTION_PROCESS_LABEL,
    OPTION_NO_NEW_PRIVILEGES,
    OPTION_PRESERVE_FDS,
    OPTION_CGROUP,
};

static const struct argp_option options[] = {
    {"process", 'p', "FILE", 0, "The process, as in config.json", 0},
    {"detach", 'd', NULL, 0, "Leave the process to itself", 0},
    {"tty", 't', NULL, 0, "Give it a terminal", 0},
    {"console-socket", OPTION_CONSOLE_SOCKET, "PATH", 0,
     "Send the terminal's descriptor to the socket at PATH", 0},
    {"cwd", OPTION_CWD, "DIR", 0, "Its working directory", 0},
    {"env", 'e', "NAME=VALUE", 0, "A variable of its environment", 0},
    {"user", 'u', "UID[:GID]", 0, "As whom it runs", 0},
    {"additional-gids", 'g', "GID", 0, "A further group of it", 0},
    {"cap", 'c', "CAPABILITY", 0, "A further capability of it", 0},
    {"no-new-privs", OPTION_NO_NEW_PRIVILEGES, NULL, 0,
     "It cannot gain privileges", 0},
    {"apparmor", OPTION_APPARMOR, "PROFILE", 0, "Its AppArmor profile", 0},
    {"process-label", OPTION_PROCESS_LABEL, "LABEL", 0, "Its SELinux label", 0},
    {"cgroup", OPTION_CGROUP, "PATH", 0, "A cgroup below the container's", 0},
    {"pid-file", OPTION_PID_FILE, "FILE", 0, "Write its process id to FILE", 0},
    {"preserve-fds", OPTION_PRESERVE_FDS, "N", 0,
     "Pass N descriptors after the standard ones on", 0},
    {0},
};

struct exec_arguments {
    struct exec_request request;
    const char *id, *process_file;
    char **command; /* NULL-terminated; NULL: none given */
    /* What the flags say: members of a process, and what lists get more of. */
    json_t *members, *environment, *groups, *capabilities;
};

/* "UID" or "UID:GID". */
static json_t *parse_user(const char *text, struct argp_state *state)
{
    unsigned int uid = 0, gid = 0;
    int end = 0, end_of_group = 0;

    if (text[0] >= '0' && text[0] <= '9' &&
        sscanf(text, "%10u%n:%10u%n", &uid, &end, &gid, &end_of_group) >= 1 &&
        (text[end] == '\0' || (end_of_group > 0 && text[end_of_group] == '\0')))
        return json_pack("{sI sI}", "uid", (json_int_t)uid, "gid",
                         (json_int_t)gid);
    argp_error(state, "--user: expected UID or UID:GID, got \"%s\"", text);
    return NULL;
}

static json_t *parse_group(const char *text, struct argp_state *state)
{
    char *end;
    unsigned long gid = strtoul(text, &end, 10);

    if (end == text || *end != '\0' || gid >= UINT32_MAX)
        argp_error(state, "--additional-gids: expected a number, got \"%s\"",
                   text);
    return json_integer((json_int_t)gid);
}

/* The flags that are members of a process by another name. */
static const struct {
    int key;
    const char *member;
} text_members[] = {
    {OPTION_CWD, "cwd"},
    {OPTION_APPARMOR, "apparmorProfile"},
    {OPTION_PROCESS_LABEL, "selinuxLabel"},
};

static error_t parse_member(int key, const char *argument,
                            struct exec_arguments *arguments,
                            struct argp_state *state)
{
    json_t *members = arguments->members;

    for (size_t i = 0; i < sizeof(text_members) / sizeof(text_members[0]);
         i++) {
        if (text_members[i].key == key)
            return json_object_set_new(members, text_members[i].member,
                                       json_string(argument)) < 0
                       ? ENOMEM
                       : 0;
    }
    switch (key) {
    case 't':
        json_object_set_new(members, "terminal", json_true());
        return 0;
    case OPTION_NO_NEW_PRIVILEGES:
        json_object_set_new(members, "noNewPrivileges", json_true());
        return 0;
    case 'u':
        json_object_set_new(members, "user", parse_user(argument, state));
        return 0;
    case 'e':
        json_array_append_new(arguments->environment, json_string(argument));
        return 0;
    case 'g':
        json_array_append_new(arguments->groups, parse_group(argument, state));
        return 0;
    case 'c':
        json_array_append_new(arguments->capabilities, json_string(argument));
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct exec_arguments *arguments = state->input;
    struct exec_request *request = &arguments->request;

    switch (key) {
    case 'p':
        arguments->process_file = argument;
        return 0;
    case 'd':
        request->detach = true;
        return 0;
    case OPTION_CONSOLE_SOCKET:
        request->console_socket = argument;
        return 0;
    case OPTION_PID_FILE:
        request->pid_file = argument;
        return 0;
    case OPTION_CGROUP:
        request->cgroup = argument;
        return 0;
    case OPTION_PRESERVE_FDS:
        request->preserve_fds = verb_parse_preserve_fds(argument, state);
        return 0;
    case ARGP_KEY_ARG: /* the id; what follows is the program's */
        arguments->id = argument;
        if (state->next < state->argc)
            arguments->command = state->argv + state->next;
        state->next = state->argc;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a container id is missing");
        return 0;
    default:
        return parse_member(key, argument, arguments, state);
    }
}

/* Of the container's process, what a process file need not repeat. */
static void inherit(json_t *process, json_t *container_process)
{
    static const char *const inherited[] = {"capabilities", "rlimits",
                                            "apparmorProfile", "selinuxLabel"};

    for (size_t i = 0; i < sizeof(inherited) / sizeof(inherited[0]); i++) {
        if (json_object_get(process, inherited[i]) == NULL)
            json_object_set(process, inherited[i],
                            json_object_get(container_process, inherited[i]));
    }
}

static void append_all(json_t *object, const char *member, json_t *more)
{
    json_t *list = json_object_get(object, member);

    if (json_array_size(more) == 0)
        return;
    if (!json_is_array(list)) {
        list = json_array();
        json_object_set_new(object, member, list);
    }
    json_array_extend(list, more);
}

/* Not to the inheritable ones: files with capabilities would grant them to
 * whoever executes them (CVE-2022-29162). */
static void add_capabilities(json_t *process, json_t *more)
{
    static const char *const sets[] = {"bounding", "effective", "permitted"};
    json_t *capabilities = json_object_get(process, "capabilities");

    if (json_array_size(more) == 0)
        return;
    if (!json_is_object(capabilities)) {
        capabilities = json_object();
        json_object_set_new(process, "capabilities", capabilities);
    }
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
        append_all(capabilities, sets[i], more);
}

/* The container's process with what the command line says instead. */
static json_t *merge(const struct exec_arguments *arguments,
                     const json_t *container_process)
{
    json_t *process = json_deep_copy(container_process);
    json_t *command = json_array(), *user;

    json_object_del(process, "terminal");
    json_object_del(process, "consoleSize");
    json_object_update(process, arguments->members);
    for (char **word = arguments->command; *word != NULL; word++)
        json_array_append_new(command, json_string(*word));
    json_object_set_new(process, "args", command);
    append_all(process, "env", arguments->environment);
    user = json_object_get(process, "user");
    append_all(user, "additionalGids", arguments->groups);
    add_capabilities(process, arguments->capabilities);
    return process;
}

/* The process to run, as JSON that the caller owns. */
static int make_process(const struct exec_arguments *arguments,
                        const struct bundle *bundle, json_t **process,
                        struct error *error)
{
    json_t *of_container = json_object_get(bundle->document, "process");
    int status = 0;

    if (arguments->process_file == NULL && arguments->command == NULL)
        return error_set(error, EINVAL,
                         "a program or --process is missing; see --help");
    if (arguments->process_file != NULL)
        status = json_read_file(arguments->process_file, process, error);
    else
        *process = merge(arguments, of_container);
    if (status == 0 && arguments->process_file != NULL)
        inherit(*process, of_container);
    return status;
}

static int check_status(const struct invocation *invocation,
                        const char *directory, const struct record *record,
                        struct error *error)
{
    enum container_status status =
        record_status(invocation->runtime, directory, record);

    if (status == STATUS_RUNNING || status == STATUS_CREATED)
        return 0;
    return error_set(error, EINVAL, "container not running: \"%s\" is %s",
                     record->id, container_status_name(status));
}

static int check_terminal(const struct exec_request *request,
                          struct error *error)
{
    if (request->process->terminal && request->detach &&
        request->console_socket == NULL)
        return error_set(error, EINVAL,
                         "a terminal needs --console-socket with --detach");
    if (!request->process->terminal && request->console_socket != NULL)
        return error_set(error, EINVAL,
                         "--console-socket: the process has no terminal");
    return 0;
}

static int exec_in(const struct invocation *invocation,
                   struct exec_arguments *arguments,
                   const struct bundle *bundle, int *exit_status,
                   struct error *error)
{
    struct bundle_process process = {0};
    json_t *document = NULL;
    int status = make_process(arguments, bundle, &document, error);

    if (status == 0) {
        const struct json_node node = json_root(document);

        status = bundle_parse_process(&node, &process, error);
        if (status < 0)
            error_prefix(error, "process");
    }
    arguments->request.bundle = bundle;
    arguments->request.process = &process;
    if (status == 0)
        status = check_terminal(&arguments->request, error);
    if (status == 0)
        status =
            invocation->runtime->exec(&arguments->request, exit_status, error);
    arguments->request.process = NULL;
    arguments->request.bundle = NULL;
    bundle_release_process(&process);
    json_decref(document);
    return status;
}

/* Finds the container; it stays unlocked, for a process may run for long. */
static int exec_by_id(const struct invocation *invocation,
                      struct exec_arguments *arguments, int *exit_status,
                      struct error *error)
{
    _cleanup_free_ char *directory = NULL;
    struct record record;
    struct bundle bundle;
    int status =
        lifecycle_look(invocation, arguments->id, &directory, &record, error);

    if (status < 0)
        return status;
    status = check_status(invocation, directory, &record, error);
    if (status == 0)
        status = bundle_load_saved(record.config, record.bundle, record.rootfs,
                                   &bundle, error);
    if (status == 0) {
        arguments->request.record = &record;
        status = exec_in(invocation, arguments, &bundle, exit_status, error);
        arguments->request.record = NULL;
        bundle_release(&bundle);
    }
    record_release(&record);
    return status;
}

int verb_exec(const struct invocation *invocation, int argc, char **argv,
              int *exit_status, struct error *error)
{
    const struct argp argp = {.options = options,
                              .parser = parse,
                              .args_doc = "ID [PROGRAM [ARGUMENT...]]"};
    struct exec_arguments arguments = {
        .members = json_object(),
        .environment = json_array(),
        .groups = json_array(),
        .capabilities = json_array(),
    };
    int status = argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &arguments);

    if (status != 0)
        status = error_errno(error, status, "command line");
    else if (invocation->runtime->exec == NULL)
        status = verb_refuse(invocation, "exec", error);
    else
        status = exec_by_id(invocation, &arguments, exit_status, error);
    json_decref(arguments.members);
    json_decref(arguments.environment);
    json_decref(arguments.groups);
    json_decref(arguments.capabilities);
    return status;
}
