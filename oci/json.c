/* Typed access to a JSON document; see json.h for the contract. */
#include "oci/json.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum {
    PATH_TEXT_SIZE = 256,
    VALUE_TEXT_SIZE = 80,
};

static const double two_to_63 = 9223372036854775808.0;
static const double two_to_64 = 18446744073709551616.0;

/* Reads all of fd; *text is freed by the caller. */
static int read_all(int fd, const char *path, char **text, size_t *size,
                    struct error *error)
{
    _cleanup_free_ char *buffer = NULL;
    struct stat status;
    size_t used = 0, room;
    ssize_t n;

    if (fstat(fd, &status) < 0)
        return error_errno(error, errno, "%s: cannot examine", path);
    if (!S_ISREG(status.st_mode))
        return error_set(error, EINVAL, "%s: not a regular file", path);
    if (status.st_size > JSON_FILE_LIMIT)
        return error_set(error, EFBIG, "%s: larger than %d MiB", path,
                         JSON_FILE_LIMIT >> 20);
    room = (size_t)status.st_size;
    buffer = malloc(room + 1);
    if (buffer == NULL)
        return error_errno(error, ENOMEM, "%s", path);
    while (used < room && (n = read(fd, buffer + used, room - used)) != 0) {
        if (n < 0 && errno != EINTR)
            return error_errno(error, errno, "%s: cannot read", path);
        used += n > 0 ? (size_t)n : 0;
    }
    *text = take_pointer(buffer);
    *size = used;
    return 0;
}

static int parse_text(const char *path, const char *text, size_t size,
                      json_t **document, struct error *error)
{
    json_error_t where;

    *document = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
    /* An integer past int64_t: keep its magnitude, so that the getter of
     * that value can accept it or name it. */
    if (*document == NULL &&
        json_error_code(&where) == json_error_numeric_overflow)
        *document = json_loadb(text, size,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL,
                               &where);
    if (*document == NULL)
        return error_set(error, EINVAL, "%s:%d:%d: %s", path, where.line,
                         where.column, where.text);
    return 0;
}

int json_read_file(const char *path, json_t **document, struct error *error)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    _cleanup_free_ char *text = NULL;
    size_t size = 0;
    int status;

    if (fd < 0)
        return error_errno(error, errno, "%s: cannot open", path);
    status = read_all(fd, path, &text, &size, error);
    if (status < 0)
        return status;
    return parse_text(path, text, size, document, error);
}

int json_read_input(json_t **document, struct error *error)
{
    static const char name[] = "standard input";
    _cleanup_free_ char *text = malloc(JSON_FILE_LIMIT + 1);
    size_t size = text != NULL ? fread(text, 1, JSON_FILE_LIMIT + 1, stdin) : 0;

    if (text == NULL)
        return error_errno(error, ENOMEM, name);
    if (ferror(stdin))
        return error_errno(error, errno, "%s: cannot read", name);
    if (size > JSON_FILE_LIMIT)
        return error_set(error, EFBIG, "%s: larger than %d MiB", name,
                         JSON_FILE_LIMIT >> 20);
    return parse_text(name, text, size, document, error);
}

struct json_node json_root(json_t *value)
{
    return (struct json_node){.value = value};
}

static json_t *null_is_absent(json_t *value)
{
    return json_is_null(value) ? NULL : value;
}

struct json_node json_node_member(const struct json_node *parent,
                                  const char *key)
{
    return (struct json_node){
        .value = null_is_absent(json_object_get(parent->value, key)),
        .parent = parent,
        .key = key,
    };
}

struct json_node json_node_element(const struct json_node *parent, size_t index)
{
    return (struct json_node){
        .value = null_is_absent(json_array_get(parent->value, index)),
        .parent = parent,
        .index = index,
    };
}

bool json_node_present(const struct json_node *node)
{
    return node->value != NULL;
}

size_t json_node_count(const struct json_node *node)
{
    return json_array_size(node->value);
}

/* Appends "a.b[3].c" at *used; an overlong path is cut. */
static void format_path(const struct json_node *node, char *text, size_t *used)
{
    int n;

    if (node->parent == NULL)
        return;
    format_path(node->parent, text, used);
    if (*used >= PATH_TEXT_SIZE - 1)
        return;
    if (node->key != NULL)
        n = snprintf(text + *used, PATH_TEXT_SIZE - *used, "%s%s",
                     *used > 0 ? "." : "", node->key);
    else
        n = snprintf(text + *used, PATH_TEXT_SIZE - *used, "[%zu]",
                     node->index);
    *used += n > 0 ? (size_t)n : 0;
}

/* The value as a reader would recognise it, cut to a few words. */
static void format_value(const json_t *value, char *text)
{
    _cleanup_free_ char *dump = NULL;

    if (json_is_object(value) || json_is_array(value)) {
        strcpy(text, json_is_object(value) ? "an object" : "an array");
        return;
    }
    dump = json_dumps(value, JSON_ENCODE_ANY);
    snprintf(text, VALUE_TEXT_SIZE, "%s", dump != NULL ? dump : "?");
    if (dump != NULL && strlen(dump) >= VALUE_TEXT_SIZE)
        strcpy(text + VALUE_TEXT_SIZE - 4, "...");
}

int json_node_expected(const struct json_node *node, struct error *error,
                       const char *format, ...)
{
    char path[PATH_TEXT_SIZE] = "document", value[VALUE_TEXT_SIZE], what[256];
    va_list arguments;
    size_t used = 0;

    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    format_path(node, path, &used);
    if (node->value == NULL)
        return error_set(error, EINVAL, "%s: missing, expected %s", path, what);
    format_value(node->value, value);
    return error_set(error, EINVAL, "%s: expected %s, got %s", path, what,
                     value);
}

int json_node_require(const struct json_node *node, const char *what,
                      struct error *error)
{
    return node->value != NULL ? 0
                               : json_node_expected(node, error, "%s", what);
}

int json_node_object(const struct json_node *node, struct error *error)
{
    if (node->value == NULL || json_is_object(node->value))
        return 0;
    return json_node_expected(node, error, "an object");
}

int json_node_array(const struct json_node *node, struct error *error)
{
    if (node->value == NULL || json_is_array(node->value))
        return 0;
    return json_node_expected(node, error, "an array");
}

int json_node_boolean(const struct json_node *node, bool *result,
                      struct error *error)
{
    if (node->value == NULL)
        return 0;
    if (!json_is_boolean(node->value))
        return json_node_expected(node, error, "true or false");
    *result = json_is_true(node->value);
    return 0;
}

int json_node_text(const struct json_node *node, const char **result,
                   struct error *error)
{
    if (node->value == NULL)
        return 0;
    if (!json_is_string(node->value))
        return json_node_expected(node, error, "a string");
    *result = json_string_value(node->value);
    return 0;
}

int json_node_string(const struct json_node *node, char **result,
                     struct error *error)
{
    const char *text = NULL;
    int status = json_node_text(node, &text, error);

    if (status < 0 || text == NULL)
        return status;
    *result = strdup(text);
    return *result != NULL ? 0 : error_errno(error, ENOMEM, "JSON string");
}

int json_node_absolute_path(const struct json_node *node, char **result,
                            struct error *error)
{
    const char *text = NULL;
    int status = json_node_text(node, &text, error);

    if (status < 0 || text == NULL)
        return status;
    if (text[0] != '/')
        return json_node_expected(node, error, "an absolute path");
    return json_node_string(node, result, error);
}

/* An integer that was parsed as a real because of a larger one elsewhere. */
static bool real_as_integer(const json_t *value, int64_t *result)
{
    double real = json_real_value(value);

    if (!json_is_real(value) || !(real > -two_to_63 && real < two_to_63))
        return false;
    *result = (int64_t)real;
    return (double)*result == real;
}

int json_node_integer(const struct json_node *node, int64_t minimum,
                      int64_t maximum, int64_t *result, struct error *error)
{
    int64_t value;

    if (node->value == NULL)
        return 0;
    if (json_is_integer(node->value))
        value = json_integer_value(node->value);
    else if (!real_as_integer(node->value, &value))
        return json_node_expected(node, error, "an integer");
    if (value < minimum || value > maximum)
        return json_node_expected(node, error, "an integer from %lld to %lld",
                                  (long long)minimum, (long long)maximum);
    *result = value;
    return 0;
}

int json_node_unsigned(const struct json_node *node, uint64_t *result,
                       struct error *error)
{
    int64_t value = 0;
    int status;

    if (json_is_real(node->value) &&
        json_real_value(node->value) == two_to_64) {
        *result = UINT64_MAX;
        return 0;
    }
    status = json_node_integer(node, 0, INT64_MAX, &value, error);
    if (status == 0 && node->value != NULL)
        *result = (uint64_t)value;
    return status;
}

int json_node_strings(const struct json_node *node, char ***result,
                      struct error *error)
{
    int status = json_node_array(node, error);
    size_t count = json_node_count(node);
    char **vector;

    if (status < 0)
        return status;
    vector = calloc(count + 1, sizeof(*vector));
    if (vector == NULL)
        return error_errno(error, ENOMEM, "JSON strings");
    for (size_t i = 0; i < count && status == 0; i++) {
        struct json_node element = json_node_element(node, i);

        status = json_node_require(&element, "a string", error);
        if (status == 0)
            status = json_node_string(&element, &vector[i], error);
    }
    if (status < 0) {
        string_vector_free(vector);
        return status;
    }
    *result = vector;
    return 0;
}

void string_vector_free(char **vector)
{
    if (vector == NULL)
        return;
    for (char **string = vector; *string != NULL; string++)
        free(*string);
    free(vector);
}
