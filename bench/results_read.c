/*
 * The reading half of results.jsonl: one bounded line at a time, each decoded
 * and checked against the header and the lines before it.
 */
#include "bench/results.h"
#include "bench/results_format.h"
#include "bench/results_scan.h"
#include "oci/cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { FIRST_CAPACITY = 4096, BUFFER_SIZE = 1 << 18 };

/* Makes room for a line of so many bytes. */
static int line_reserve(struct result_reader *reader, size_t length,
                        struct error *error)
{
    size_t size = reader->line_size > 0 ? reader->line_size : FIRST_CAPACITY;
    char *grown;

    if (length > RESULT_MAX_LINE)
        return error_set(error, EINVAL, "longer than %d bytes",
                         RESULT_MAX_LINE);
    if (length <= reader->line_size)
        return 0;
    while (size < length)
        size *= 2;
    grown = realloc(reader->line, size);
    if (grown == NULL)
        return error_errno(error, ENOMEM, "line");
    reader->line = grown;
    grown = realloc(reader->scratch, size + 1);
    if (grown == NULL)
        return error_errno(error, ENOMEM, "line");
    reader->scratch = grown;
    reader->line_size = size;
    return 0;
}

/* Fills the empty buffer; false at the end of the file, or where it fails. */
static bool buffer_fill(struct result_reader *reader)
{
    reader->buffer_start = 0;
    reader->buffer_end = fread(reader->buffer, 1, BUFFER_SIZE, reader->file);
    return reader->buffer_end > 0;
}

/*
 * Reads a line without its end into reader->line: 1 and its *length; 0 at the
 * end of the file, with torn set when there was a line without an end. Not by
 * getline(3), which has no bound, nor fgets(3), which hides a NUL in the
 * middle.
 */
static int line_read(struct result_reader *reader, size_t *length,
                     struct error *error)
{
    *length = 0;
    reader->line_start = reader->offset;
    reader->line_number++;
    while (reader->buffer_start < reader->buffer_end || buffer_fill(reader)) {
        const char *part = reader->buffer + reader->buffer_start;
        const size_t rest = reader->buffer_end - reader->buffer_start;
        const char *end = memchr(part, '\n', rest);
        const size_t taken = end != NULL ? (size_t)(end - part) : rest;
        const size_t passed = end != NULL ? taken + 1 : taken;
        int result = line_reserve(reader, *length + taken, error);

        if (result < 0)
            return result;
        if (taken > 0)
            memcpy(reader->line + *length, part, taken);
        *length += taken;
        reader->buffer_start += passed;
        reader->offset += (int64_t)passed;
        if (end != NULL)
            return 1;
    }
    if (ferror(reader->file))
        return error_errno(error, errno, "read");
    reader->torn = *length > 0;
    return 0;
}

/* Parses the line: 1 and the owned *record, or an error. */
static int line_parse(struct result_reader *reader, size_t length,
                      json_t **record, struct error *error)
{
    json_error_t where;

    *record = json_loadb(length > 0 ? reader->line : "", length,
                         JSON_REJECT_DUPLICATES, &where);
    if (*record == NULL)
        return error_set(error, EINVAL, "column %d: %s", where.column,
                         where.text);
    if (json_is_object(*record))
        return 1;
    json_decref(*record);
    *record = NULL;
    return error_set(error, EINVAL, "expected an object");
}

static int open_regular(struct result_reader *reader, struct error *error)
{
    /* Not blocking, lest someone left a FIFO there. */
    _cleanup_close_ int fd =
        open(reader->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0)
        return error_errno(error, errno, "%s", reader->path);
    if (!S_ISREG(status.st_mode))
        return error_set(error, EINVAL, "%s: not a regular file", reader->path);
    reader->file = fdopen(fd, "r");
    if (reader->file == NULL)
        return error_errno(error, errno, "%s", reader->path);
    take_fd(&fd);
    setvbuf(reader->file, NULL, _IONBF, 0); /* the reader has its own */
    reader->buffer = malloc(BUFFER_SIZE);
    return reader->buffer != NULL
               ? 0
               : error_errno(error, ENOMEM, "%s", reader->path);
}

static int header_read(struct result_reader *reader, struct error *error)
{
    json_t *document;
    size_t length;
    int result = line_read(reader, &length, error);

    if (result > 0)
        result = line_parse(reader, length, &document, error);
    if (result == 0)
        return error_set(error, EINVAL, "%s",
                         reader->torn ? "the header was cut short"
                                      : "the file is empty");
    if (result < 0)
        return result;
    result = header_decode(document, &reader->header, error);
    json_decref(document);
    if (result < 0)
        return result;
    reader->seen = result_set_create(&reader->header);
    if (reader->seen == NULL)
        return error_errno(error, ENOMEM, "header");
    return 0;
}

int results_open(const char *directory, struct result_reader *reader,
                 struct error *error)
{
    int result;

    memset(reader, 0, sizeof(*reader));
    if (asprintf(&reader->path, "%s/%s", directory, RESULTS_FILE) < 0) {
        reader->path = NULL;
        return error_errno(error, ENOMEM, "%s", directory);
    }
    result = open_regular(reader, error);
    if (result == 0 && (result = header_read(reader, error)) < 0)
        error_prefix(error, "%s:%lld", reader->path,
                     (long long)reader->line_number);
    if (result < 0)
        results_reader_close(reader);
    return result;
}

static int end_decode(struct result_reader *reader, struct error *error)
{
    const json_t *runs = json_object_get(reader->record, "runs");

    if (!json_is_integer(runs) || json_integer_value(runs) != reader->runs)
        return error_set(error, EINVAL,
                         "the end line does not count the %lld runs before it",
                         (long long)reader->runs);
    reader->complete = true;
    return 0;
}

/* Takes a run that has been decoded: 1, or an error. */
static int take_run(struct result_reader *reader, struct result_run *run,
                    struct error *error)
{
    int result = result_set_check(reader->seen, run, error);

    if (result < 0)
        return result;
    result_set_add(reader->seen, run);
    reader->runs++;
    return 1;
}

/* Takes the line apart in place, if it is in the form of the writer: 1 for a
 * run, 0 where it is to be parsed, or an error. */
static int record_scan(struct result_reader *reader, size_t length,
                       struct result_run *run, struct error *error)
{
    int result;

    if (length == 0 || reader->complete)
        return 0;
    memcpy(reader->scratch, reader->line, length);
    reader->scratch[length] = '\0';
    memset(run, 0, sizeof(*run));
    if (!run_scan(reader->scratch, length, run))
        return 0;
    result = run_check(&reader->header, run, error);
    return result < 0 ? result : take_run(reader, run, error);
}

/* One line after the header: 1 for a run, 0 for the end line, or an error. */
static int record_decode(struct result_reader *reader, struct result_run *run,
                         struct error *error)
{
    const char *type =
        json_string_value(json_object_get(reader->record, "type"));
    int result;

    if (reader->complete)
        return error_set(error, EINVAL, "a line after the end line");
    if (type != NULL && strcmp(type, "end") == 0)
        return end_decode(reader, error);
    if (type == NULL || strcmp(type, "run") != 0)
        return error_set(
            error, EINVAL, "type: expected \"run\" or \"end\", got %s%.40s",
            type != NULL ? "" : "nothing", type != NULL ? type : "");
    memset(run, 0, sizeof(*run));
    result = run_decode(reader->record, &reader->header, run, error);
    return result < 0 ? result : take_run(reader, run, error);
}

int results_next(struct result_reader *reader, struct result_run *run,
                 struct error *error)
{
    size_t length;
    int result;

    do {
        json_decref(reader->record);
        reader->record = NULL;
        result = line_read(reader, &length, error);
        if (result == 0)
            return 0;
        if (result > 0)
            result = record_scan(reader, length, run, error);
        if (result == 0) {
            result = line_parse(reader, length, &reader->record, error);
            if (result > 0)
                result = record_decode(reader, run, error);
        }
    } while (result == 0); /* after the end line, make sure that it is last */
    if (result < 0)
        error_prefix(error, "%s:%lld", reader->path,
                     (long long)reader->line_number);
    return result;
}

void results_reader_close(struct result_reader *reader)
{
    if (reader->file != NULL)
        fclose(reader->file);
    result_set_free(reader->seen);
    json_decref(reader->record);
    result_header_release(&reader->header);
    free(reader->buffer);
    free(reader->line);
    free(reader->scratch);
    free(reader->path);
    memset(reader, 0, sizeof(*reader));
}
