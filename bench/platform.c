/*
 * The loader of platform files. A table names every key, whether it must be
 * there, and who reads it; what is not in the table is an error, so that a
 * misspelt key is not silently ignored.
 */
#include "bench/platform_internal.h"

#include "bench/words.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

int platform_expected(const struct value *value, const char *what)
{
    _cleanup_free_ char *got =
        json_dumps(value->json, JSON_ENCODE_ANY | JSON_COMPACT);

    return error_set(value->error, EINVAL, "%s: %s: expected %s, got %.200s",
                     value->path, value->key, what, got != NULL ? got : "?");
}

int platform_no_memory(struct error *error)
{
    return error_set(error, ENOMEM, "out of memory");
}

int platform_read_text(const struct value *value, void *field)
{
    char **text = field;
    const char *string = json_string_value(value->json);

    if (string == NULL || *string == '\0' ||
        strlen(string) != json_string_length(value->json))
        return platform_expected(value, "a string that is not empty");
    free(*text); /* a default */
    *text = strdup(string);
    return *text == NULL ? platform_no_memory(value->error) : 0;
}

int platform_read_texts(const struct value *value, void *field)
{
    char ***texts = field;
    json_t *item;
    size_t i;

    if (!json_is_array(value->json))
        return platform_expected(value, "an array of strings");
    *texts = calloc(1, sizeof(**texts));
    if (*texts == NULL)
        return platform_no_memory(value->error);
    json_array_foreach(value->json, i, item)
    {
        const char *string = json_string_value(item);

        if (string == NULL || strlen(string) != json_string_length(item))
            return platform_expected(value, "an array of strings");
        if (words_append(texts, string) < 0)
            return platform_no_memory(value->error);
    }
    return 0;
}

int platform_read_command(const struct value *value, char ***command,
                          enum placeholder_scope scope)
{
    struct error reason = {0};
    int result = platform_read_texts(value, command);

    if (result < 0)
        return result;
    if (words_count(*command) == 0 || (*command)[0][0] == '\0')
        return platform_expected(value, "a command, at least its program");
    if (placeholders_check(*command, scope, &reason) < 0)
        return error_set(value->error, EINVAL, "%s: %s: %s", value->path,
                         value->key, reason.text);
    return 0;
}

static int read_run(const struct value *value, void *field)
{
    return platform_read_command(value, field, PLACEHOLDERS_RUN);
}

static int read_enter(const struct value *value, void *field)
{
    return platform_read_command(value, field, PLACEHOLDERS_ENTER);
}

static int read_version(const struct value *value, void *field)
{
    return platform_read_command(value, field, PLACEHOLDERS_PROBE);
}

int platform_read_flag(const struct value *value, void *field)
{
    bool *flag = field;

    if (!json_is_boolean(value->json))
        return platform_expected(value, "true or false");
    *flag = json_is_true(value->json);
    return 0;
}

static int read_name(const struct value *value, void *field)
{
    char **name = field;
    int result = platform_read_text(value, name);
    size_t length;

    if (result < 0)
        return result;
    length = strlen(*name);
    for (size_t i = 0; i < length; i++) {
        if (!isalnum((unsigned char)(*name)[i]) && (*name)[i] != '-')
            return platform_expected(value, "letters, digits and '-'");
    }
    return length > 63 ? platform_expected(value, "at most 63 characters") : 0;
}

static int read_class(const struct value *value, void *field)
{
    char **class_name = field;
    static char *const classes[] = {
        "native",    "container", "user-space kernel", "paravirtual kernel",
        "unikernel", "microVM",   "full VM",           NULL};
    int result = platform_read_text(value, class_name);

    if (result == 0 && !words_contain(classes, *class_name))
        result =
            platform_expected(value, "native, container, user-space kernel, "
                                     "paravirtual kernel, unikernel, microVM "
                                     "or full VM");
    return result;
}

static int read_start(const struct value *value, void *field)
{
    char **start = field;
    static char *const kinds[] = {"cold", "restored", "pooled", NULL};
    int result = platform_read_text(value, start);

    if (result == 0 && !words_contain(kinds, *start))
        result = platform_expected(value, "cold, restored or pooled");
    return result;
}

static int read_order(const struct value *value, void *field)
{
    int64_t *order = field;

    *order = json_integer_value(value->json);
    if (!json_is_integer(value->json) || *order < 0 || *order > 1000000)
        return platform_expected(value, "a whole number from 0 to 1000000");
    return 0;
}

static int read_enter_when(const struct value *value, void *field)
{
    enum enter_when *enter_when = field;
    static const char *const names[] = {
        [ENTER_ALWAYS] = "always",
        [ENTER_HYBRID_CGROUPS] = "hybrid-cgroups",
        [ENTER_ROOT] = "root",
    };
    const char *when = json_string_value(value->json);

    for (size_t i = 0; when != NULL && i < sizeof(names) / sizeof(names[0]);
         i++) {
        if (strcmp(when, names[i]) == 0) {
            *enter_when = (enum enter_when)i;
            return 0;
        }
    }
    return platform_expected(value,
                             "\"always\", \"hybrid-cgroups\" or \"root\"");
}

#define FIELD(member) offsetof(struct platform, member)

static const struct key {
    const char *name;
    bool required;
    int (*read)(const struct value *value, void *field);
    size_t offset; /* of the field in struct platform */
} keys[] = {
    {"name", true, read_name, FIELD(name)},
    {"title", true, platform_read_text, FIELD(title)},
    {"class", true, read_class, FIELD(class_name)},
    {"order", true, read_order, FIELD(order)},
    {"summary", false, platform_read_text, FIELD(summary)},
    {"version", false, read_version, FIELD(version)},
    {"needs", false, platform_read_needs, 0},   /* fills needs and need_count */
    {"cannot", false, platform_read_cannot, 0}, /* and cannot_count */
    {"enter", false, read_enter, FIELD(enter)},
    {"enter_when", false, read_enter_when, FIELD(enter_when)},
    {"run", true, read_run, FIELD(run)},
    {"run_without_root", false, read_run, FIELD(run_without_root)},
    {"cleanup", false, read_run, FIELD(cleanup)},
    {"prepare", false, read_run, FIELD(prepare)},
    {"finish", false, read_run, FIELD(finish)},
    {"start", false, read_start, FIELD(start)},
    {"control", false, platform_read_flag, FIELD(control)},
    {"floor", false, platform_read_flag, FIELD(floor)},
    {"elsewhere", false, platform_read_flag, FIELD(elsewhere)},
    {"slow", false, platform_read_flag, FIELD(slow)},
    {"heavy", false, platform_read_flag, FIELD(heavy)},
    {"untested", false, platform_read_flag, FIELD(untested)},
    {"kernel", false, platform_read_text, FIELD(kernel)},
    {"network", false, platform_read_text, FIELD(network)},
    {"seccomp", false, platform_read_text, FIELD(seccomp)},
    {"limits", false, platform_read_text, FIELD(limits)},
    {"files", false, platform_read_text, FIELD(files)},
    {"differs", false, platform_read_texts, FIELD(differs)},
};
enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

static const struct key *find_key(const char *name)
{
    for (size_t i = 0; i < KEYS; i++) {
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    }
    return NULL;
}

static int read_document(const char *path, json_t *document,
                         struct platform *platform, struct error *error)
{
    const char *name;
    json_t *json;

    if (!json_is_object(document))
        return error_set(error, EINVAL, "%s: expected a JSON object", path);
    json_object_foreach(document, name, json)
    {
        const struct key *key = find_key(name);
        struct value value = {path, name, json, error};
        int result;

        if (key == NULL)
            return error_set(error, EINVAL, "%s: %.60s: unknown key", path,
                             name);
        result = key->read(&value, (char *)platform + key->offset);
        if (result < 0)
            return result;
    }
    for (size_t i = 0; i < KEYS; i++) {
        if (keys[i].required && json_object_get(document, keys[i].name) == NULL)
            return error_set(error, EINVAL, "%s: %s: missing", path,
                             keys[i].name);
    }
    return 0;
}

static void cleanup_json(json_t **json)
{
    json_decref(*json);
}

static int open_document(const char *path, json_t **document,
                         struct error *error)
{
    _cleanup_file_ FILE *file = fopen(path, "re");
    struct stat status;
    json_error_t where;

    if (file == NULL || fstat(fileno(file), &status) < 0)
        return error_errno(error, errno, "%s", path);
    if (!S_ISREG(status.st_mode) || status.st_size > PLATFORM_MAX_FILE)
        return error_set(error, EINVAL,
                         "%s: expected a regular file of at most 1 MiB", path);
    *document = json_loadf(file, JSON_REJECT_DUPLICATES, &where);
    if (*document == NULL)
        return error_set(error, EINVAL, "%s:%d:%d: %s", path, where.line,
                         where.column, where.text);
    return 0;
}

/* What the file need not say, or cannot. */
static int fill_defaults(const char *path, struct platform *platform,
                         struct error *error)
{
    platform->path = strdup(path);
    platform->directory = realpath(path, NULL);
    if (platform->directory == NULL)
        return error_errno(error, errno, "%s", path);
    platform->start = strdup("cold");
    if (platform->path == NULL || platform->start == NULL)
        return platform_no_memory(error);
    *strrchr(platform->directory, '/') = '\0';
    return 0;
}

int platform_load(const char *path, struct platform *platform,
                  struct error *error)
{
    _cleanup_(cleanup_json) json_t *document = NULL;
    int result;

    *platform = (struct platform){0};
    result = open_document(path, &document, error);
    if (result < 0)
        return result;
    result = fill_defaults(path, platform, error);
    if (result == 0)
        result = read_document(path, document, platform, error);
    if (result < 0)
        platform_release(platform);
    return result;
}

void platform_release(struct platform *platform)
{
    for (size_t i = 0; i < platform->need_count; i++) {
        free(platform->needs[i].name);
        free(platform->needs[i].remedy);
        words_free(platform->needs[i].probe);
    }
    for (size_t i = 0; i < platform->cannot_count; i++) {
        words_free(platform->cannot[i].workloads);
        free(platform->cannot[i].reason);
    }
    free(platform->name);
    free(platform->title);
    free(platform->summary);
    free(platform->class_name);
    free(platform->kernel);
    free(platform->network);
    free(platform->seccomp);
    free(platform->limits);
    free(platform->files);
    free(platform->directory);
    free(platform->path);
    words_free(platform->version);
    words_free(platform->enter);
    words_free(platform->run);
    words_free(platform->run_without_root);
    words_free(platform->cleanup);
    words_free(platform->prepare);
    words_free(platform->finish);
    free(platform->start);
    words_free(platform->differs);
    *platform = (struct platform){0};
}
