/*
 * The writing half of results.jsonl: create, resume, append, finish. Every
 * record is decoded again before it is written, by the reader's own rules.
 */
#include "bench/results.h"
#include "bench/results_format.h"
#include "oci/cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

/* One write(2); a short one (a full disk) is taken back. */
static int write_line(struct result_writer *writer, const json_t *record,
                      struct error *error)
{
    _cleanup_free_ char *line = NULL;
    size_t length = json_dumpb(record, NULL, 0, RESULT_JSON_FLAGS);
    ssize_t written;
    struct stat status;

    if (length == 0 || (line = malloc(length + 1)) == NULL)
        return error_errno(error, ENOMEM, "%s", writer->path);
    if (length + 1 > RESULT_MAX_LINE)
        return error_set(error, EINVAL, "%s: a record of %zu bytes is too long",
                         writer->path, length);
    json_dumpb(record, line, length, RESULT_JSON_FLAGS);
    line[length] = '\n';
    written = write(writer->fd, line, length + 1);
    if (written == (ssize_t)(length + 1))
        return 0;
    if (written < 0)
        return error_errno(error, errno, "%s: write", writer->path);
    if (fstat(writer->fd, &status) < 0 ||
        ftruncate(writer->fd, status.st_size - written) < 0)
        return error_errno(error, errno, "%s: cannot take back a half line",
                           writer->path);
    return error_errno(error, ENOSPC, "%s: write", writer->path);
}

/* Opens and locks the file: one writer at a time, for as long as it lives. */
static int open_locked(struct result_writer *writer, int flags,
                       struct error *error)
{
    writer->fd =
        open(writer->path,
             flags | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
    if (writer->fd < 0)
        return error_errno(error, errno, "%s", writer->path);
    if (flock(writer->fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno == EWOULDBLOCK)
        return error_set(error, EBUSY, "%s: another session is writing it",
                         writer->path);
    return error_errno(error, errno, "%s: lock", writer->path);
}

static int writer_init(struct result_writer *writer, const char *directory,
                       struct error *error)
{
    memset(writer, 0, sizeof(*writer));
    writer->fd = -1;
    if (asprintf(&writer->path, "%s/%s", directory, RESULTS_FILE) < 0) {
        writer->path = NULL;
        return error_errno(error, ENOMEM, "%s", directory);
    }
    return 0;
}

/* The writer's own copy of the header, checked, and the set of its size. */
static int adopt_header(struct result_writer *writer, json_t *document,
                        struct error *error)
{
    int result = header_decode(document, &writer->header, error);

    if (result < 0)
        return error_prefix(error, "result header");
    writer->done = result_set_create(&writer->header);
    if (writer->done == NULL)
        return error_errno(error, ENOMEM, "%s", writer->path);
    return 0;
}

/* Makes the new file's name last: fsync of the file and its directory. */
static int sync_new_file(const struct result_writer *writer,
                         const char *directory, struct error *error)
{
    _cleanup_close_ int fd =
        open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fsync(writer->fd) < 0 || fsync(fd) < 0)
        return error_errno(error, errno, "%s: fsync", writer->path);
    return 0;
}

/* Opens the new file and writes the header; no file stays on failure. */
static int start_file(struct result_writer *writer, const char *directory,
                      const json_t *document, struct error *error)
{
    int result;

    if (mkdir(directory, 0755) < 0 && errno != EEXIST)
        return error_errno(error, errno, "%s", directory);
    result = open_locked(writer, O_WRONLY | O_CREAT | O_EXCL, error);
    if (result < 0)
        return result;
    result = write_line(writer, document, error);
    if (result == 0)
        result = sync_new_file(writer, directory, error);
    if (result < 0)
        unlink(writer->path);
    return result;
}

int results_create(const char *directory, const struct result_header *header,
                   struct result_writer *writer, struct error *error)
{
    json_t *document = NULL;
    int result = writer_init(writer, directory, error);

    if (result == 0) {
        document = header_encode(header, error);
        result = document != NULL ? adopt_header(writer, document, error)
                                  : error_prefix(error, "result header");
    }
    if (result == 0)
        result = start_file(writer, directory, document, error);
    json_decref(document);
    if (result < 0)
        results_close(writer);
    return result;
}

/* Takes over what the reader learned on its way through the whole file. */
static int take_over(struct result_writer *writer, struct result_reader *reader,
                     struct error *error)
{
    if (reader->complete)
        return error_set(error, EALREADY,
                         "%s: the session was finished, there is nothing to "
                         "resume",
                         writer->path);
    if (reader->torn && ftruncate(writer->fd, reader->line_start) < 0)
        return error_errno(error, errno, "%s: cannot cut off a torn line",
                           writer->path);
    writer->header = reader->header;
    writer->done = take_pointer(reader->seen);
    writer->runs = reader->runs;
    memset(&reader->header, 0, sizeof(reader->header));
    return 0;
}

int results_resume(const char *directory, struct result_writer *writer,
                   struct error *error)
{
    struct result_reader reader;
    struct result_run run;
    int result = writer_init(writer, directory, error);

    if (result == 0)
        result = open_locked(writer, O_WRONLY, error);
    if (result == 0 &&
        (result = results_open(directory, &reader, error)) == 0) {
        do
            result = results_next(&reader, &run, error);
        while (result > 0);
        if (result == 0)
            result = take_over(writer, &reader, error);
        results_reader_close(&reader);
    }
    if (result < 0)
        results_close(writer);
    return result;
}

bool results_has(const struct result_writer *writer, int64_t block,
                 size_t platform_index, size_t workload_index)
{
    return result_set_has(writer->done, block, platform_index, workload_index);
}

int results_append(struct result_writer *writer, const struct result_run *run,
                   struct error *error)
{
    _cleanup_free_ char *fingerprint =
        strndup(writer->header.fingerprint_sha256, RESULT_FINGERPRINT_DIGITS);
    struct result_run signed_run = *run, checked;
    json_t *record;
    int result;

    if (fingerprint == NULL)
        return error_errno(error, ENOMEM, "%s", writer->path);
    if (run->metric_count > RESULT_MAX_METRICS)
        return error_set(error, EINVAL, "run: more than %d metrics",
                         RESULT_MAX_METRICS);
    signed_run.fingerprint = fingerprint;
    record = run_encode(&signed_run, error);
    if (record == NULL)
        return error_prefix(error, "run");
    result = run_decode(record, &writer->header, &checked, error);
    if (result == 0)
        result = result_set_check(writer->done, &checked, error);
    if (result < 0)
        error_prefix(error, "run");
    else
        result = write_line(writer, record, error);
    if (result == 0) {
        result_set_add(writer->done, &checked);
        writer->runs++;
    }
    json_decref(record);
    return result;
}

int results_finish(struct result_writer *writer, struct error *error)
{
    json_t *record = json_pack("{s:s, s:I}", "type", "end", "runs",
                               (json_int_t)writer->runs);
    int result;

    if (record == NULL)
        return error_errno(error, ENOMEM, "%s", writer->path);
    result = write_line(writer, record, error);
    json_decref(record);
    if (result == 0 && fsync(writer->fd) < 0)
        result = error_errno(error, errno, "%s: fsync", writer->path);
    return result;
}

void results_close(struct result_writer *writer)
{
    if (writer->fd >= 0)
        close(writer->fd);
    result_set_free(writer->done);
    result_header_release(&writer->header);
    free(writer->path);
    memset(writer, 0, sizeof(*writer));
    writer->fd = -1;
}
