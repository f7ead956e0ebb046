/*
 * The process of a bundle: what runs, as whom, with which rights and limits.
 * Source: runtime-spec 1.0.2, config.md, "Process" and "POSIX process".
 */
#include "oci/bundle_parts.h"
#include "oci/capability.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int resource;
} rlimit_names[] = {
    {"RLIMIT_AS", RLIMIT_AS},
    {"RLIMIT_CORE", RLIMIT_CORE},
    {"RLIMIT_CPU", RLIMIT_CPU},
    {"RLIMIT_DATA", RLIMIT_DATA},
    {"RLIMIT_FSIZE", RLIMIT_FSIZE},
    {"RLIMIT_LOCKS", RLIMIT_LOCKS},
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
    {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
    {"RLIMIT_NICE", RLIMIT_NICE},
    {"RLIMIT_NOFILE", RLIMIT_NOFILE},
    {"RLIMIT_NPROC", RLIMIT_NPROC},
    {"RLIMIT_RSS", RLIMIT_RSS},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
    {"RLIMIT_RTTIME", RLIMIT_RTTIME},
    {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
    {"RLIMIT_STACK", RLIMIT_STACK},
};

static const char *const capability_set_names[CAPABILITY_SETS] = {
    [CAPABILITY_BOUNDING] = "bounding",
    [CAPABILITY_EFFECTIVE] = "effective",
    [CAPABILITY_PERMITTED] = "permitted",
    [CAPABILITY_INHERITABLE] = "inheritable",
    [CAPABILITY_AMBIENT] = "ambient",
};

/* (uid_t)-1 means "no change" to the kernel, so it is no id. */
static const int64_t largest_id = UINT32_MAX - 1;

static int parse_arguments(const struct json_node *process,
                           struct bundle_process *result, struct error *error)
{
    struct json_node node = json_node_member(process, "args");
    int status = json_node_strings(&node, &result->arguments, error);

    if (status == 0 && json_node_count(&node) == 0)
        return json_node_expected(&node, error, "at least one argument");
    if (status == 0 && result->arguments[0][0] == '\0')
        return json_node_expected(&node, error,
                                  "a program as the first argument");
    return status;
}

static int parse_environment(const struct json_node *process,
                             struct bundle_process *result, struct error *error)
{
    struct json_node node = json_node_member(process, "env");
    int status = json_node_strings(&node, &result->environment, error);

    for (size_t i = 0; status == 0 && i < json_node_count(&node); i++) {
        struct json_node element = json_node_element(&node, i);
        const char *equals = strchr(result->environment[i], '=');

        if (equals == NULL || equals == result->environment[i])
            status = json_node_expected(&element, error, "NAME=value");
    }
    return status;
}

static int parse_id(const struct json_node *node, uint32_t *id,
                    struct error *error)
{
    int64_t value = 0;
    int status = json_node_integer(node, 0, largest_id, &value, error);

    *id = (uint32_t)value;
    return status;
}

static int parse_additional_gids(const struct json_node *user,
                                 struct bundle_process *result,
                                 struct error *error)
{
    struct json_node node = json_node_member(user, "additionalGids");
    size_t count = json_node_count(&node);
    int status = json_node_array(&node, error);

    if (status < 0 || count == 0)
        return status;
    result->additional_gids = calloc(count, sizeof(gid_t));
    if (result->additional_gids == NULL)
        return error_errno(error, ENOMEM, "process.user.additionalGids");
    result->additional_gid_count = count;
    for (size_t i = 0; status == 0 && i < count; i++) {
        struct json_node element = json_node_element(&node, i);

        status = json_node_require(&element, "a group id", error);
        if (status == 0)
            status = parse_id(&element, &result->additional_gids[i], error);
    }
    return status;
}

static int parse_user(const struct json_node *process,
                      struct bundle_process *result, struct error *error)
{
    struct json_node node = json_node_member(process, "user");
    struct json_node uid = json_node_member(&node, "uid");
    struct json_node gid = json_node_member(&node, "gid");
    struct json_node mask = json_node_member(&node, "umask");
    int64_t umask_value = 0;
    int status = json_node_object(&node, error);

    if (status == 0)
        status = parse_id(&uid, &result->uid, error);
    if (status == 0)
        status = parse_id(&gid, &result->gid, error);
    if (status == 0)
        status = json_node_integer(&mask, 0, 0777, &umask_value, error);
    if (status == 0)
        status = parse_additional_gids(&node, result, error);
    result->has_umask = json_node_present(&mask);
    result->umask = (mode_t)umask_value;
    return status;
}

static int parse_capability_set(const struct json_node *node, uint64_t *set,
                                struct error *error)
{
    int status = json_node_array(node, error);

    for (size_t i = 0; status == 0 && i < json_node_count(node); i++) {
        struct json_node element = json_node_element(node, i);
        const char *name = "";
        int number;

        status = json_node_text(&element, &name, error);
        number = capability_number(name);
        if (status == 0 && number < 0)
            status =
                json_node_expected(&element, error, "the name of a capability");
        else if (status == 0)
            *set |= UINT64_C(1) << number;
    }
    return status;
}

static int parse_capabilities(const struct json_node *process,
                              struct bundle_process *result,
                              struct error *error)
{
    struct json_node node = json_node_member(process, "capabilities");
    int status = json_node_object(&node, error);

    result->has_capabilities = json_node_present(&node);
    for (int i = 0; status == 0 && i < CAPABILITY_SETS; i++) {
        struct json_node set = json_node_member(&node, capability_set_names[i]);

        status = parse_capability_set(&set, &result->capabilities[i], error);
    }
    return status;
}

static int rlimit_number(const char *name)
{
    for (size_t i = 0; i < sizeof(rlimit_names) / sizeof(rlimit_names[0]);
         i++) {
        if (strcmp(rlimit_names[i].name, name) == 0)
            return rlimit_names[i].resource;
    }
    return -1;
}

static int parse_rlimit(const struct json_node *node,
                        struct bundle_rlimit *rlimit, struct error *error)
{
    struct json_node type = json_node_member(node, "type");
    struct json_node soft = json_node_member(node, "soft");
    struct json_node hard = json_node_member(node, "hard");
    const char *name = "";
    uint64_t soft_value = 0, hard_value = 0;
    int status = json_node_object(node, error);

    if (status == 0)
        status = json_node_text(&type, &name, error);
    rlimit->resource = rlimit_number(name);
    if (status == 0 && rlimit->resource < 0)
        return json_node_expected(&type, error, "the name of a limit");
    if (status == 0)
        status = json_node_require(&soft, "an integer", error);
    if (status == 0)
        status = json_node_require(&hard, "an integer", error);
    if (status == 0)
        status = json_node_unsigned(&soft, &soft_value, error);
    if (status == 0)
        status = json_node_unsigned(&hard, &hard_value, error);
    if (status == 0 && soft_value > hard_value)
        return json_node_expected(&soft, error, "no more than the hard limit");
    rlimit->limit.rlim_cur = soft_value;
    rlimit->limit.rlim_max = hard_value;
    return status;
}

static int parse_rlimits(const struct json_node *process,
                         struct bundle_process *result, struct error *error)
{
    struct json_node node = json_node_member(process, "rlimits");
    size_t count = json_node_count(&node);
    uint64_t seen = 0;
    int status = json_node_array(&node, error);

    if (status < 0 || count == 0)
        return status;
    result->rlimits = calloc(count, sizeof(*result->rlimits));
    if (result->rlimits == NULL)
        return error_errno(error, ENOMEM, "process.rlimits");
    result->rlimit_count = count;
    for (size_t i = 0; status == 0 && i < count; i++) {
        struct json_node element = json_node_element(&node, i);
        uint64_t bit;

        status = json_node_require(&element, "an object", error);
        if (status == 0)
            status = parse_rlimit(&element, &result->rlimits[i], error);
        if (status < 0)
            break;
        bit = UINT64_C(1) << result->rlimits[i].resource;
        if ((seen & bit) != 0)
            return json_node_expected(&element, error, "each limit only once");
        seen |= bit;
    }
    return status;
}

static int parse_oom_score(const struct json_node *process,
                           struct bundle_process *result, struct error *error)
{
    struct json_node node = json_node_member(process, "oomScoreAdj");
    int64_t value = 0;
    int status = json_node_integer(&node, -1000, 1000, &value, error);

    result->has_oom_score_adj = json_node_present(&node);
    result->oom_score_adj = (int)value;
    return status;
}

static int parse_console_size(const struct json_node *process,
                              struct bundle_process *result,
                              struct error *error)
{
    struct json_node node = json_node_member(process, "consoleSize");
    struct json_node height = json_node_member(&node, "height");
    struct json_node width = json_node_member(&node, "width");
    int64_t rows = 0, columns = 0;
    int status = json_node_object(&node, error);

    if (status == 0)
        status = json_node_integer(&height, 0, UINT16_MAX, &rows, error);
    if (status == 0)
        status = json_node_integer(&width, 0, UINT16_MAX, &columns, error);
    result->console_height = (uint16_t)rows;
    result->console_width = (uint16_t)columns;
    return status;
}

int bundle_parse_process(const struct json_node *node,
                         struct bundle_process *process, struct error *error)
{
    struct json_node cwd = json_node_member(node, "cwd");
    struct json_node terminal = json_node_member(node, "terminal");
    struct json_node privileges = json_node_member(node, "noNewPrivileges");
    struct json_node profile = json_node_member(node, "apparmorProfile");
    struct json_node label = json_node_member(node, "selinuxLabel");
    int status = json_node_require(node, "an object", error);

    if (status == 0)
        status = json_node_object(node, error);
    if (status == 0)
        status = parse_arguments(node, process, error);
    if (status == 0)
        status = parse_environment(node, process, error);
    if (status == 0)
        status = json_node_require(&cwd, "an absolute path", error);
    if (status == 0)
        status = json_node_absolute_path(&cwd, &process->cwd, error);
    if (status == 0)
        status = json_node_boolean(&terminal, &process->terminal, error);
    if (status == 0)
        status = parse_console_size(node, process, error);
    if (status == 0)
        status =
            json_node_boolean(&privileges, &process->no_new_privileges, error);
    if (status == 0)
        status = parse_user(node, process, error);
    if (status == 0)
        status = parse_capabilities(node, process, error);
    if (status == 0)
        status = parse_rlimits(node, process, error);
    if (status == 0)
        status = parse_oom_score(node, process, error);
    if (status == 0)
        status = bundle_parse_scheduling(node, process, error);
    if (status == 0)
        status = json_node_string(&profile, &process->apparmor_profile, error);
    if (status == 0)
        status = json_node_string(&label, &process->selinux_label, error);
    return status;
}

int bundle_add_environment(struct bundle_process *process, struct error *error,
                           const char *format, ...)
{
    size_t count = 0;
    va_list arguments;
    char **longer;
    int n;

    while (process->environment[count] != NULL)
        count++;
    longer = reallocarray(process->environment, count + 2, sizeof(char *));
    if (longer == NULL)
        return error_errno(error, ENOMEM, "process.env");
    process->environment = longer;
    longer[count + 1] = NULL;
    va_start(arguments, format);
    n = vasprintf(&longer[count], format, arguments);
    va_end(arguments);
    if (n >= 0)
        return 0;
    longer[count] = NULL;
    return error_errno(error, ENOMEM, "process.env");
}

void bundle_release_process(struct bundle_process *process)
{
    string_vector_free(process->arguments);
    string_vector_free(process->environment);
    free(process->cwd);
    free(process->additional_gids);
    free(process->rlimits);
    free(process->affinity);
    free(process->apparmor_profile);
    free(process->selinux_label);
}
