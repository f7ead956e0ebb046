/* The log file of the engines; see log.h. */
#include "oci/log.h"

#include "oci/cleanup.h"
#include "oci/file.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

/* The message as a JSON string, which logrus' text format quotes alike. */
static char *format_record(const struct log *log, const char *level,
                           const char *message)
{
    _cleanup_free_ char *quoted = NULL;
    json_t *string = json_string(message);
    char now[sizeof("2026-01-01T00:00:00Z")];
    time_t seconds = time(NULL);
    struct tm utc;
    char *record;
    int n;

    if (string == NULL)
        string = json_string("(a message that is not UTF-8)");
    quoted = json_dumps(string, JSON_ENCODE_ANY);
    json_decref(string);
    if (quoted == NULL || gmtime_r(&seconds, &utc) == NULL)
        return NULL;
    strftime(now, sizeof(now), "%Y-%m-%dT%H:%M:%SZ", &utc);
    if (log->json)
        n = asprintf(&record, "{\"level\":\"%s\",\"msg\":%s,\"time\":\"%s\"}\n",
                     level, quoted, now);
    else
        n = asprintf(&record, "time=\"%s\" level=%s msg=%s\n", now, level,
                     quoted);
    return n < 0 ? NULL : record;
}

int log_write(const struct log *log, const char *level, const char *format, ...)
{
    _cleanup_free_ char *message = NULL, *record = NULL;
    _cleanup_close_ int fd = -1;
    va_list arguments;
    int n;

    if (log->path == NULL || (!log->debug && strcmp(level, "debug") == 0))
        return 0;
    va_start(arguments, format);
    n = vasprintf(&message, format, arguments);
    va_end(arguments);
    if (n < 0)
        message = NULL;
    record = message != NULL ? format_record(log, level, message) : NULL;
    if (record == NULL)
        return -ENOMEM;
    fd = open(log->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    return file_write_all(fd, record, strlen(record));
}
