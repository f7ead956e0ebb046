/*
 * Conversion of an image's configuration; see image_config.h. What an image
 * says is checked first, so that afterwards it can be taken as it is.
 */
#include "oci/image_config.h"

#include "oci/cleanup.h"
#include "oci/image_user.h"
#include "oci/json.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What engines let the root of an image do: without, entry points that change
 * owners or become another user fail. */
static const char *const capabilities[] = {
    "CAP_CHOWN",   "CAP_DAC_OVERRIDE",     "CAP_FOWNER",     "CAP_FSETID",
    "CAP_KILL",    "CAP_NET_BIND_SERVICE", "CAP_SETFCAP",    "CAP_SETGID",
    "CAP_SETPCAP", "CAP_SETUID",           "CAP_SYS_CHROOT",
};

static const char *const capability_sets[] = {"bounding", "effective",
                                              "permitted"};

static int check_text(const struct json_node *node, struct error *error)
{
    const char *text;

    return json_node_text(node, &text, error);
}

static int check_strings(const struct json_node *node, struct error *error)
{
    char **strings = NULL;
    int status = json_node_strings(node, &strings, error);

    string_vector_free(strings);
    return status;
}

static int check_environment(const struct json_node *node, struct error *error)
{
    int status = check_strings(node, error);

    for (size_t i = 0; status == 0 && i < json_node_count(node); i++) {
        struct json_node element = json_node_element(node, i);
        const char *text = json_string_value(element.value);

        if (strchr(text, '=') == NULL || *text == '=')
            status = json_node_expected(&element, error, "NAME=value");
    }
    return status;
}

static int check_labels(const struct json_node *node, struct error *error)
{
    int status = json_node_object(node, error);
    const char *key;
    json_t *value;

    if (status < 0 || !json_node_present(node))
        return status;
    json_object_foreach(node->value, key, value)
    {
        struct json_node label = json_node_member(node, key);

        if (!json_is_string(value))
            return json_node_expected(&label, error, "a string");
    }
    return 0;
}

static int check_directory(const struct json_node *node, struct error *error)
{
    const char *text = NULL;
    int status = json_node_text(node, &text, error);

    if (status == 0 && text != NULL && *text != '\0' && *text != '/')
        status = json_node_expected(node, error, "an absolute path");
    return status;
}

/* Members of config, and what they must be. */
static const struct member {
    const char *name;
    int (*check)(const struct json_node *node, struct error *error);
} members[] = {
    {"User", check_text},
    {"Env", check_environment},
    {"Entrypoint", check_strings},
    {"Cmd", check_strings},
    {"WorkingDir", check_directory},
    {"StopSignal", check_text},
    {"Labels", check_labels},
};

/* os and architecture have the names of Go's GOOS and GOARCH. */
static int check_platform(const struct json_node *root, const char *key,
                          const char *ours, struct error *error)
{
    struct json_node node = json_node_member(root, key);
    const char *text = NULL;
    int status = json_node_require(&node, "a name", error);

    if (status == 0)
        status = json_node_text(&node, &text, error);
    if (status == 0 && strcmp(text, ours) != 0)
        return error_set(error, ENOEXEC,
                         "the image is for %s \"%.40s\", and this is %s", key,
                         text, ours);
    return status;
}

int image_config_check(json_t *image, struct error *error)
{
    struct json_node root = json_root(image);
    struct json_node config = json_node_member(&root, "config");
    int status = json_node_object(&root, error);

    if (status == 0)
        status = check_platform(&root, "os", "linux", error);
    if (status == 0)
        status = check_platform(&root, "architecture", "amd64", error);
    if (status == 0)
        status = json_node_object(&config, error);
    for (size_t i = 0; status == 0 && i < COUNT(members); i++) {
        struct json_node node = json_node_member(&config, members[i].name);

        status = members[i].check(&node, error);
    }
    return status;
}

/* A member of the image's config, NULL where it has none. */
static json_t *member(const json_t *image, const char *name)
{
    json_t *value = json_object_get(json_object_get(image, "config"), name);

    return json_is_null(value) ? NULL : value;
}

static const char *text_of(const json_t *image, const char *name)
{
    const char *text = json_string_value(member(image, name));

    return text != NULL ? text : "";
}

static int append_words(json_t *array, char *const *words)
{
    for (; words != NULL && *words != NULL; words++) {
        if (json_array_append_new(array, json_string(*words)) < 0)
            return -EINVAL;
    }
    return 0;
}

static int no_memory(struct error *error)
{
    return error_errno(error, ENOMEM, "the image's configuration");
}

static int not_utf8(struct error *error)
{
    return error_set(error, EINVAL, "arguments and environment must be UTF-8");
}

/* Entrypoint and Cmd, one behind the other. */
static int set_arguments(json_t *process, const json_t *image,
                         const struct image_overrides *overrides,
                         struct error *error)
{
    const char *entrypoint = overrides->entrypoint;
    json_t *array = json_array();
    int status = 0;

    if (entrypoint == NULL)
        json_array_extend(array, member(image, "Entrypoint"));
    else if (*entrypoint != '\0')
        status = json_array_append_new(array, json_string(entrypoint));
    if (overrides->arguments != NULL && overrides->arguments[0] != NULL)
        status =
            status < 0 ? status : append_words(array, overrides->arguments);
    else if (entrypoint == NULL)
        json_array_extend(array, member(image, "Cmd"));
    if (status < 0) {
        json_decref(array);
        return not_utf8(error);
    }
    if (json_array_size(array) == 0) {
        json_decref(array);
        return error_set(error, EINVAL,
                         "the image names no program to run: name one behind "
                         "\"--\"");
    }
    return json_object_set_new(process, "args", array) < 0 ? no_memory(error)
                                                           : 0;
}

static size_t name_length(const char *entry)
{
    return strcspn(entry, "=");
}

/* Replaces the entry of that name, or adds one; -1 where it is not UTF-8. */
static int set_variable(json_t *environment, const char *entry)
{
    size_t length = name_length(entry) + 1;
    json_t *value = json_string(entry);

    for (size_t i = 0; i < json_array_size(environment); i++) {
        const char *other = json_string_value(json_array_get(environment, i));

        if (strncmp(other, entry, length) == 0)
            return json_array_set_new(environment, i, value);
    }
    return json_array_append_new(environment, value);
}

static bool has_variable(const json_t *environment, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < json_array_size(environment); i++) {
        const char *entry = json_string_value(json_array_get(environment, i));

        if (name_length(entry) == length && strncmp(entry, name, length) == 0)
            return true;
    }
    return false;
}

/* The default bundle's own environment is a PATH. */
static int set_environment(json_t *process, const json_t *image,
                           const struct image_overrides *overrides,
                           const char *home, struct error *error)
{
    json_t *environment = json_object_get(process, "env");
    _cleanup_free_ char *entry = NULL;
    size_t i;
    json_t *value;
    int status = 0;

    json_array_foreach(member(image, "Env"), i, value) status |=
        set_variable(environment, json_string_value(value));
    for (char *const *word = overrides->environment;
         word != NULL && *word != NULL; word++) {
        if (strchr(*word, '=') == NULL || **word == '=')
            return error_set(error, EINVAL,
                             "--env: expected NAME=VALUE, got \"%.80s\"",
                             *word);
        status |= set_variable(environment, *word);
    }
    if (!has_variable(environment, "HOME")) {
        if (asprintf(&entry, "HOME=%s", home != NULL ? home : "/") < 0) {
            entry = NULL;
            return no_memory(error);
        }
        status |= set_variable(environment, entry);
    }
    return status < 0 ? not_utf8(error) : 0;
}

static int set_cwd(json_t *process, const json_t *image,
                   const struct image_overrides *overrides, struct error *error)
{
    const char *cwd = overrides->cwd;

    if (cwd != NULL && *cwd != '/')
        return error_set(error, EINVAL,
                         "--workdir: expected an absolute path, got \"%.80s\"",
                         cwd);
    if (cwd == NULL)
        cwd = text_of(image, "WorkingDir");
    if (*cwd == '\0')
        cwd = "/";
    if (json_object_set_new(process, "cwd", json_string(cwd)) < 0)
        return error_set(error, EINVAL, "--workdir: must be UTF-8");
    return 0;
}

static int set_user(json_t *process, const struct image_user *user,
                    struct error *error)
{
    json_t *object = json_pack("{s:I, s:I}", "uid", (json_int_t)user->uid,
                               "gid", (json_int_t)user->gid);
    json_t *groups = json_array();
    int status = 0;

    for (size_t i = 0; i < user->group_count; i++)
        status |= json_array_append_new(groups, json_integer(user->groups[i]));
    if (user->group_count > 0)
        status |= json_object_set(object, "additionalGids", groups);
    json_decref(groups);
    status |= json_object_set_new(process, "user", object);
    return status < 0 ? no_memory(error) : 0;
}

static int set_capabilities(json_t *process, struct error *error)
{
    json_t *sets = json_object(), *names = json_array();
    int status = 0;

    for (size_t i = 0; i < COUNT(capabilities); i++)
        status |= json_array_append_new(names, json_string(capabilities[i]));
    for (size_t i = 0; i < COUNT(capability_sets); i++)
        status |= json_object_set(sets, capability_sets[i], names);
    json_decref(names);
    status |= json_object_set_new(process, "capabilities", sets);
    return status < 0 ? no_memory(error) : 0;
}

/* Labels, and what has no place of its own, as conversion.md names it. */
static int set_annotations(json_t *bundle, const json_t *image,
                           struct error *error)
{
    static const struct {
        const char *member, *annotation;
    } roots[] = {
        {"os", "org.opencontainers.image.os"},
        {"architecture", "org.opencontainers.image.architecture"},
        {"author", "org.opencontainers.image.author"},
        {"created", "org.opencontainers.image.created"},
    };
    json_t *annotations = json_object();
    const json_t *signal = member(image, "StopSignal");
    int status = 0;

    for (size_t i = 0; i < COUNT(roots); i++) {
        json_t *value = json_object_get(image, roots[i].member);

        if (json_is_string(value))
            status |= json_object_set(annotations, roots[i].annotation, value);
    }
    if (signal != NULL)
        status |=
            json_object_set(annotations, "org.opencontainers.image.stopSignal",
                            (json_t *)signal);
    if (member(image, "Labels") != NULL)
        status |= json_object_update(annotations, member(image, "Labels"));
    status |= json_object_set_new(bundle, "annotations", annotations);
    return status < 0 ? no_memory(error) : 0;
}

int image_config_apply(json_t *bundle, const json_t *image, int rootfs,
                       const struct image_overrides *overrides,
                       struct error *error)
{
    _cleanup_(image_user_release) struct image_user user = {0};
    json_t *process = json_object_get(bundle, "process");
    int status = image_user_find(
        rootfs,
        overrides->user != NULL ? overrides->user : text_of(image, "User"),
        &user, error);

    if (status == 0)
        status = set_user(process, &user, error);
    if (status == 0)
        status = set_arguments(process, image, overrides, error);
    if (status == 0)
        status = set_environment(process, image, overrides, user.home, error);
    if (status == 0)
        status = set_cwd(process, image, overrides, error);
    if (status == 0)
        status = set_capabilities(process, error);
    if (status == 0 && image != NULL)
        status = set_annotations(bundle, image, error);
    return status;
}
