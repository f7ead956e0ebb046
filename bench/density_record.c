/* The record of a density run; see density_record.h for the contract. */
#include "bench/density_record.h"

#include "bench/density.h"
#include "bench/results.h"
#include "bench/results_text.h"
#include "oci/cleanup.h"
#include "oci/path.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>

#define PLATFORM_TYPE "density"
#define END_TYPE      "density_end"

int density_record_create(const char *directory, struct error *error)
{
    _cleanup_free_ char *path = path_join(directory, DENSITY_FILE);
    int fd;

    if (path == NULL)
        return error_set(error, ENOMEM, "out of memory");
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0 && errno == EEXIST)
        return error_set(error, EEXIST, "%s is there already", path);
    return fd < 0 ? error_errno(error, errno, "%s", path) : fd;
}

/* One write(2), so that a line is torn by nothing but a full disk. */
static int append(int fd, json_t *line, struct error *error)
{
    char *text = line == NULL ? NULL : json_dumps(line, JSON_COMPACT);
    _cleanup_free_ char *whole = NULL;
    int size = text == NULL ? -1 : asprintf(&whole, "%s\n", text);
    int result = 0;

    free(text);
    json_decref(line);
    if (size < 0)
        return error_set(error, ENOMEM, "out of memory");
    errno = 0;
    if (write(fd, whole, (size_t)size) != size)
        result = error_errno(error, errno != 0 ? errno : ENOSPC, DENSITY_FILE);
    return result;
}

static json_t *number(int64_t value)
{
    return value < 0 ? json_null() : json_integer((json_int_t)value);
}

int density_record_point(int fd, const struct density_point *point,
                         struct error *error)
{
    return append(
        fd,
        json_pack("{s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "type",
                  PLATFORM_TYPE, "platform", point->platform, "start",
                  point->start, "instances", (json_int_t)point->instances,
                  "latency_ns", number(point->latency_ns), "latency_median_ns",
                  number(point->latency_median_ns), "memory_pss",
                  number(point->memory_pss), "memory_uss",
                  number(point->memory_uss), "memory_kernel",
                  number(point->memory_kernel), "memory_available_delta",
                  number(point->memory_available_delta)),
        error);
}

int density_record_end(int fd, const char *platform, const char *reason,
                       struct error *error)
{
    char line[RESULT_MAX_TEXT + 1];

    text_make_line(reason, line, sizeof(line));
    return append(fd,
                  json_pack("{s:s, s:s, s:s}", "type", END_TYPE, "platform",
                            platform, "reason", line),
                  error);
}

/* The entry of a platform, made when it is not there; NULL: no memory. */
static json_t *entry_of(json_t *density, const char *platform)
{
    json_t *entry;
    size_t i;

    json_array_foreach(density, i, entry)
    {
        if (strcmp(json_string_value(json_object_get(entry, "platform")),
                   platform) == 0)
            return entry;
    }
    entry = json_pack("{s:s, s:n, s:[], s:n}", "platform", platform, "start",
                      "points", "stopped");
    return json_array_append_new(density, entry) < 0 ? NULL : entry;
}

/* A figure of all instances, as one of each; null when there is none. */
static json_t *per_instance(const json_t *line, const char *key)
{
    const json_t *total = json_object_get(line, key);
    json_int_t instances =
        json_integer_value(json_object_get(line, "instances"));

    return json_is_integer(total)
               ? json_integer(json_integer_value(total) / instances)
               : json_null();
}

static int add_point(json_t *entry, const json_t *line)
{
    json_t *point = json_pack(
        "{s:O, s:O?, s:O?, s:o, s:o, s:o}", "instances",
        json_object_get(line, "instances"), "latency_ns",
        json_object_get(line, "latency_ns"), "latency_median_ns",
        json_object_get(line, "latency_median_ns"), "memory_per_instance",
        per_instance(line, "memory_pss"), "memory_kernel_per_instance",
        per_instance(line, "memory_kernel"), "memory_available_per_instance",
        per_instance(line, "memory_available_delta"));

    json_object_set(entry, "start", json_object_get(line, "start"));
    return json_array_append_new(json_object_get(entry, "points"), point);
}

static bool is_good(const json_t *line)
{
    const char *platform = json_string_value(json_object_get(line, "platform"));

    return platform != NULL && text_is_name(platform, RESULT_MAX_NAME);
}

static bool is_point(const json_t *line)
{
    static const char *const figures[] = {
        "latency_ns", "latency_median_ns", "memory_pss",
        "memory_uss", "memory_kernel",     "memory_available_delta",
    };
    const char *start = json_string_value(json_object_get(line, "start"));

    for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++) {
        const json_t *figure = json_object_get(line, figures[i]);

        if (figure != NULL && !json_is_null(figure) &&
            (!json_is_integer(figure) || json_integer_value(figure) < 0))
            return false;
    }
    return start != NULL && text_is_name(start, RESULT_MAX_NAME) &&
           json_integer_value(json_object_get(line, "instances")) > 0;
}

/* Takes one line; -EINVAL when it is none of ours. */
static int take_line(json_t *density, const char *text)
{
    json_t *line = json_loads(text, 0, NULL);
    const char *type = json_string_value(json_object_get(line, "type"));
    const char *reason = json_string_value(json_object_get(line, "reason"));
    json_t *entry;
    int result = -EINVAL;

    if (type != NULL && is_good(line)) {
        entry = entry_of(density,
                         json_string_value(json_object_get(line, "platform")));
        if (strcmp(type, END_TYPE) == 0 && reason != NULL &&
            text_is_line(reason, RESULT_MAX_TEXT))
            result = json_object_set(entry, "stopped",
                                     json_object_get(line, "reason"));
        else if (strcmp(type, PLATFORM_TYPE) == 0 && is_point(line))
            result = add_point(entry, line);
    }
    json_decref(line);
    return result;
}

int density_record_read(const char *directory, json_t **density,
                        struct error *error)
{
    _cleanup_free_ char *path = path_join(directory, DENSITY_FILE);
    _cleanup_file_ FILE *file = path == NULL ? NULL : fopen(path, "re");
    _cleanup_free_ char *text = NULL;
    size_t size = 0;
    ssize_t length;
    int line = 0, result = 0;

    *density = NULL;
    if (path != NULL && file == NULL && errno == ENOENT)
        return 0;
    if (file == NULL)
        return error_errno(error, path == NULL ? ENOMEM : errno, "%s",
                           directory);
    *density = json_array();
    while (result == 0 && (length = getline(&text, &size, file)) > 0) {
        line++;
        if (text[length - 1] != '\n')
            break;
        if (length > RESULT_MAX_LINE || take_line(*density, text) < 0)
            result =
                error_set(error, EINVAL,
                          "%s:%d: not a line of a density record", path, line);
    }
    if (result < 0) {
        json_decref(*density);
        *density = NULL;
    }
    return result;
}

int density_record_summarise(const char *directory,
                             const struct result_header *header,
                             json_t **density, struct error *error)
{
    int result = density_record_read(directory, density, error);

    if (result < 0)
        return result;
    if (*density == NULL)
        *density = json_array();
    for (size_t i = json_array_size(*density); i-- > 0;) {
        const json_t *entry = json_array_get(*density, i);

        if (result_platform_index(header, json_string_value(json_object_get(
                                              entry, "platform"))) < 0)
            json_array_remove(*density, i);
    }
    return 0;
}

static void print_scaled(FILE *stream, int width, const json_t *figure,
                         double unit)
{
    if (json_is_integer(figure))
        fprintf(stream, " %*.*f", width,
                json_number_value(figure) / unit < 10 ? 2 : 1,
                json_number_value(figure) / unit);
    else
        fprintf(stream, " %*s", width, "-");
}

static void print_row(const json_t *entry, FILE *stream)
{
    const json_t *points = json_object_get(entry, "points");
    size_t count = json_array_size(points);
    const json_t *first = json_array_get(points, 0);
    const json_t *last = count > 0 ? json_array_get(points, count - 1) : NULL;
    const char *stopped = json_string_value(json_object_get(entry, "stopped"));

    fprintf(stream, "%-20s %6lld",
            json_string_value(json_object_get(entry, "platform")),
            (long long)json_integer_value(json_object_get(last, "instances")));
    print_scaled(stream, 9, json_object_get(first, "latency_ns"), 1e6);
    print_scaled(stream, 9, json_object_get(last, "latency_ns"), 1e6);
    print_scaled(stream, 8, json_object_get(last, "memory_per_instance"),
                 1048576);
    print_scaled(stream, 9,
                 json_object_get(last, "memory_available_per_instance"),
                 1048576);
    fprintf(stream, "  %s\n", stopped != NULL ? stopped : "interrupted");
}

void density_print(const json_t *density, FILE *stream)
{
    const json_t *entry;
    size_t i;

    fprintf(stream, "%-20s %6s %19s %18s\n", "", "idle", "ms to start",
            "MiB each");
    fprintf(stream, "%-20s %6s %9s %9s %8s %9s  %s\n", "platform", "number",
            "first", "last", "PSS", "available", "stopped by");
    json_array_foreach(density, i, entry) print_row(entry, stream);
}
