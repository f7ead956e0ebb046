/*
 * A seccomp profile of config.json, compiled by libseccomp; see seccomp.h.
 * Source: runtime-spec 1.1, config-linux.md, "Seccomp"; seccomp_rule_add(3).
 */
#include "container/seccomp.h"

#include "oci/cleanup.h"

#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
    ERRNO_MAX = 4095, /* MAX_ERRNO of the kernel */
    ARGUMENTS = 6,    /* of a system call */
};

/* What all rules need to know of the profile. */
struct profile {
    scmp_filter_ctx context;
    uint32_t default_action;
    bool has_listener;
};

static const struct {
    const char *name;
    uint32_t action;
    bool has_value; /* errnoRet goes with it */
} actions[] = {
    {"SCMP_ACT_ALLOW", SCMP_ACT_ALLOW, false},
    {"SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0), true},
    {"SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD, false},
    {"SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD, false},
    {"SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS, false},
    {"SCMP_ACT_TRAP", SCMP_ACT_TRAP, false},
    {"SCMP_ACT_TRACE", SCMP_ACT_TRACE(0), true},
    {"SCMP_ACT_LOG", SCMP_ACT_LOG, false},
    {"SCMP_ACT_NOTIFY", SCMP_ACT_NOTIFY, false},
};

/* An action with its errno, which is EPERM where none is given. */
static int parse_action(const struct json_node *node,
                        const struct json_node *value, bool has_listener,
                        uint32_t *action, struct error *error)
{
    const char *name = "";
    int64_t number = EPERM;
    int status = json_node_require(node, "a seccomp action", error);

    if (status == 0)
        status = json_node_text(node, &name, error);
    if (status == 0)
        status = json_node_integer(value, 0, ERRNO_MAX, &number, error);
    for (size_t i = 0; status == 0 && i < COUNT(actions); i++) {
        if (strcmp(actions[i].name, name) != 0)
            continue;
        if (json_node_present(value) && !actions[i].has_value)
            return json_node_expected(value, error, "none with %s", name);
        *action = actions[i].action;
        if (actions[i].has_value)
            *action |= (uint32_t)number;
        if (*action == SCMP_ACT_NOTIFY && !has_listener)
            return json_node_expected(node, error, "a listenerPath with it");
        return 0;
    }
    return status < 0 ? status
                      : json_node_expected(node, error, "a seccomp action");
}

static const struct {
    const char *name;
    enum scmp_compare operator;
} operators[] = {
    {"SCMP_CMP_NE", SCMP_CMP_NE},
    {"SCMP_CMP_LT", SCMP_CMP_LT},
    {"SCMP_CMP_LE", SCMP_CMP_LE},
    {"SCMP_CMP_EQ", SCMP_CMP_EQ},
    {"SCMP_CMP_GE", SCMP_CMP_GE},
    {"SCMP_CMP_GT", SCMP_CMP_GT},
    {"SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ},
};

/* For SCMP_CMP_MASKED_EQ, value is the mask and valueTwo what is left. */
static int parse_condition(const struct json_node *node,
                           struct scmp_arg_cmp *condition, struct error *error)
{
    struct json_node index = json_node_member(node, "index");
    struct json_node value = json_node_member(node, "value");
    struct json_node second = json_node_member(node, "valueTwo");
    struct json_node operation = json_node_member(node, "op");
    const char *name = "";
    int64_t position = 0;
    int status = json_node_require(node, "an object", error);

    if (status == 0)
        status = json_node_object(node, error);
    if (status == 0)
        status = json_node_require(&index, "an argument's number", error);
    if (status == 0)
        status = json_node_integer(&index, 0, ARGUMENTS - 1, &position, error);
    if (status == 0)
        status = json_node_unsigned(&value, &condition->datum_a, error);
    if (status == 0)
        status = json_node_unsigned(&second, &condition->datum_b, error);
    if (status == 0)
        status = json_node_text(&operation, &name, error);
    condition->arg = (unsigned int)position;
    for (size_t i = 0; status == 0 && i < COUNT(operators); i++) {
        if (strcmp(operators[i].name, name) == 0) {
            condition->op = operators[i].operator;
            return 0;
        }
    }
    return status < 0 ? status
                      : json_node_expected(&operation, error,
                                           "a comparison such as SCMP_CMP_EQ");
}

/* The conditions of a rule: all hold (*all), or any does where an argument is
 * named twice, as in runc and crun. */
static int parse_conditions(const struct json_node *rule,
                            struct scmp_arg_cmp **conditions,
                            unsigned int *count, bool *all, struct error *error)
{
    struct json_node list = json_node_member(rule, "args");
    size_t length = json_node_count(&list);
    unsigned int seen = 0;
    int status = json_node_array(&list, error);

    *all = true;
    if (status < 0 || length == 0)
        return status;
    if (length > ARGUMENTS * COUNT(operators))
        return json_node_expected(&list, error, "fewer conditions");
    *conditions = calloc(length, sizeof(**conditions));
    if (*conditions == NULL)
        return error_errno(error, ENOMEM, "linux.seccomp");
    for (size_t i = 0; status == 0 && i < length; i++) {
        struct json_node element = json_node_element(&list, i);
        unsigned int bit;

        status = parse_condition(&element, &(*conditions)[i], error);
        bit = 1U << (*conditions)[i].arg;
        *all = *all && (seen & bit) == 0;
        seen |= bit;
    }
    *count = (unsigned int)length;
    return status;
}

static int add_rule(const struct profile *profile, uint32_t action, int number,
                    const struct scmp_arg_cmp *conditions, unsigned int count,
                    bool all)
{
    int status = 0;

    if (all)
        return seccomp_rule_add_array(profile->context, action, number, count,
                                      conditions);
    for (unsigned int i = 0; status == 0 && i < count; i++)
        status = seccomp_rule_add_array(profile->context, action, number, 1,
                                        &conditions[i]);
    return status;
}

static int parse_rule(const struct json_node *rule,
                      const struct profile *profile, struct error *error)
{
    struct json_node names = json_node_member(rule, "names");
    struct json_node action_node = json_node_member(rule, "action");
    struct json_node value = json_node_member(rule, "errnoRet");
    _cleanup_free_ struct scmp_arg_cmp *conditions = NULL;
    unsigned int count = 0;
    uint32_t action = 0;
    bool all = true;
    int status = json_node_require(rule, "an object", error);

    if (status == 0)
        status = json_node_object(rule, error);
    if (status == 0)
        status = json_node_array(&names, error);
    if (status == 0 && json_node_count(&names) == 0)
        return json_node_expected(&names, error, "at least one name");
    if (status == 0)
        status = parse_action(&action_node, &value, profile->has_listener,
                              &action, error);
    if (status == 0)
        status = parse_conditions(rule, &conditions, &count, &all, error);
    /* What happens by default needs no rule, and libseccomp takes none. */
    if (status < 0 || action == profile->default_action)
        return status;
    for (size_t i = 0; i < json_node_count(&names); i++) {
        struct json_node element = json_node_element(&names, i);
        const char *name = "";
        int number, failure;

        status = json_node_require(&element, "a name", error);
        if (status == 0)
            status = json_node_text(&element, &name, error);
        if (status < 0)
            return status;
        number = seccomp_syscall_resolve_name(name);
        if (number == __NR_SCMP_ERROR)
            continue;
        failure = add_rule(profile, action, number, conditions, count, all);
        if (failure < 0)
            return error_errno(error, -failure,
                               "linux.seccomp.syscalls: cannot filter %s",
                               name);
    }
    return 0;
}

/* "SCMP_ARCH_X86_64" is libseccomp's "x86_64". */
static int add_architecture(const struct json_node *node,
                            const struct profile *profile, struct error *error)
{
    static const char prefix[] = "SCMP_ARCH_";
    const char *name = "";
    char lower[32] = "";
    uint32_t token;
    int status = json_node_require(node, "an architecture", error);

    if (status == 0)
        status = json_node_text(node, &name, error);
    if (status < 0)
        return status;
    if (strncmp(name, prefix, strlen(prefix)) == 0)
        name += strlen(prefix);
    for (size_t i = 0; i < sizeof(lower) - 1 && name[i] != '\0'; i++)
        lower[i] =
            (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] | 32 : name[i]);
    token = seccomp_arch_resolve_name(lower);
    if (token == 0)
        return json_node_expected(node, error,
                                  "an architecture such as SCMP_ARCH_X86_64");
    status = seccomp_arch_add(profile->context, token);
    if (status < 0 && status != -EEXIST)
        return error_errno(error, -status, "linux.seccomp.architectures: %s",
                           name);
    return 0;
}

/* libseccomp writes to files only, before version 2.6. */
static int export(scmp_filter_ctx context, struct seccomp_program *program,
                  struct error *error)
{
    _cleanup_close_ int fd = memfd_create("seccomp", MFD_CLOEXEC);
    struct stat file;
    size_t size;

    if (fd < 0 || seccomp_export_bpf(context, fd) < 0 || fstat(fd, &file) < 0)
        return error_errno(error, errno, "linux.seccomp: cannot compile it");
    size = (size_t)file.st_size;
    if (size / sizeof(struct sock_filter) > BPF_MAXINSNS)
        return error_set(error, E2BIG,
                         "linux.seccomp: more than the kernel's %d "
                         "instructions",
                         BPF_MAXINSNS);
    program->filter = malloc(size);
    if (program->filter == NULL)
        return error_errno(error, ENOMEM, "linux.seccomp");
    if (pread(fd, program->filter, size, 0) != (ssize_t)size)
        return error_errno(error, EIO, "linux.seccomp: cannot compile it");
    program->count = (unsigned short)(size / sizeof(struct sock_filter));
    return 0;
}

/* The default action, and what goes for all rules. */
static int open_profile(const struct json_node *node, struct profile *profile,
                        struct error *error)
{
    struct json_node action = json_node_member(node, "defaultAction");
    struct json_node value = json_node_member(node, "defaultErrnoRet");
    int status = parse_action(&action, &value, profile->has_listener,
                              &profile->default_action, error);

    if (status < 0)
        return status;
    profile->context = seccomp_init(profile->default_action);
    if (profile->context == NULL)
        return error_errno(error, ENOMEM, "linux.seccomp: libseccomp");
    /* A binary tree of the numbers instead of a list: 9 comparisons, not
     * 300, before an execve(2) or a read(2) is allowed; and the kernel,
     * which tries every number when the filter is installed, is faster. */
    (void)seccomp_attr_set(profile->context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    return 0;
}

static int compile_lists(const struct json_node *node, struct profile *profile,
                         struct error *error)
{
    struct json_node architectures = json_node_member(node, "architectures");
    struct json_node rules = json_node_member(node, "syscalls");
    int status = json_node_array(&architectures, error);

    if (status == 0)
        status = json_node_array(&rules, error);
    for (size_t i = 0; status == 0 && i < json_node_count(&architectures);
         i++) {
        struct json_node element = json_node_element(&architectures, i);

        status = add_architecture(&element, profile, error);
    }
    for (size_t i = 0; status == 0 && i < json_node_count(&rules); i++) {
        struct json_node element = json_node_element(&rules, i);

        status = parse_rule(&element, profile, error);
    }
    return status;
}

int seccomp_compile(const struct json_node *node, bool has_listener,
                    struct seccomp_program *program, struct error *error)
{
    struct profile profile = {.has_listener = has_listener};
    int status = open_profile(node, &profile, error);

    if (status == 0)
        status = compile_lists(node, &profile, error);
    if (status == 0)
        status = export(profile.context, program, error);
    if (profile.context != NULL)
        seccomp_release(profile.context);
    return status;
}

json_t *seccomp_action_names(void)
{
    json_t *names = json_array();

    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
        json_array_append_new(names, json_string(actions[i].name));
    return names;
}

json_t *seccomp_operator_names(void)
{
    json_t *names = json_array();

    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
        json_array_append_new(names, json_string(operators[i].name));
    return names;
}
