/* Facts that are the content of a file of /proc or /sys. */
#include "bench/fingerprint_facts.h"

#include "bench/files.h"
#include "bench/results.h"
#include "bench/results_text.h"
#include "oci/cleanup.h"

#include <inttypes.h>
#include <string.h>

enum { FILE_SIZE = 8192 };

/* Text as it may stand in a result file. */
static json_t *text_to_json(const char *text)
{
    char fit[RESULT_MAX_ARGUMENT + 1];

    text_make_line(text, fit, sizeof(fit));
    return json_string(fit);
}

/* Reads a file's first line into line, without blanks at its ends. */
static char *read_line(const char *path, char line[FILE_SIZE])
{
    size_t length;

    if (file_read(path, line, FILE_SIZE) < 0)
        return NULL;
    line[strcspn(line, "\n")] = '\0';
    line += strspn(line, " \t");
    length = strlen(line);
    while (length > 0 && strchr(" \t\r", line[length - 1]) != NULL)
        line[--length] = '\0';
    return line;
}

json_t *fact_line(const char *path)
{
    char buffer[FILE_SIZE];
    const char *line = read_line(path, buffer);

    return line != NULL && *line != '\0' ? text_to_json(line) : NULL;
}

json_t *fact_number(const char *path)
{
    int64_t number;

    return file_read_number(path, &number) == 0 ? json_integer(number) : NULL;
}

json_t *fact_chosen(const char *path)
{
    char buffer[FILE_SIZE];
    char *line = read_line(path, buffer);
    char *open = line != NULL ? strchr(line, '[') : NULL;
    char *close = open != NULL ? strchr(open, ']') : NULL;

    if (close == NULL)
        return NULL;
    *close = '\0';
    return text_to_json(open + 1);
}

json_t *fact_directory(const char *path)
{
    _cleanup_directory_ DIR *directory = opendir(path);
    const struct dirent *entry;
    json_t *object;

    if (directory == NULL)
        return NULL;
    object = json_object();
    while ((entry = readdir(directory)) != NULL) {
        _cleanup_free_ char *file = NULL;
        json_t *value;

        if (entry->d_name[0] == '.')
            continue;
        if (asprintf(&file, "%s/%s", path, entry->d_name) < 0) {
            file = NULL;
            break;
        }
        value = fact_line(file);
        json_object_set_new(object, entry->d_name,
                            value != NULL ? value : json_null());
    }
    return object;
}

json_t *fact_meminfo(const char *key)
{
    char text[FILE_SIZE];
    int64_t kibibytes;

    if (file_read("/proc/meminfo", text, sizeof(text)) < 0 ||
        field_number(text, key, &kibibytes) < 0)
        return NULL;
    return json_integer(kibibytes * 1024);
}

json_t *fact_os_release(const char *key)
{
    _cleanup_file_ FILE *file = fopen("/etc/os-release", "re");
    char line[1024];
    size_t length = strlen(key);

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        char *value = line + length + 1;

        if (strncmp(line, key, length) != 0 || line[length] != '=')
            continue;
        value += strspn(value, "\"'");
        value[strcspn(value, "\"'\n")] = '\0';
        return text_to_json(value);
    }
    return NULL;
}
