/* Reads the record, computes the summary, writes it whole or not at all. */
#include "bench/summary.h"

#include "bench/density_record.h"
#include "bench/flags.h"
#include "bench/memory_methods.h"
#include "bench/second_instrument.h"
#include "bench/statistics.h"
#include "bench/summary_available.h"
#include "bench/summary_cells.h"
#include "bench/summary_clock.h"
#include "bench/summary_collect.h"
#include "bench/summary_family.h"
#include "bench/summary_function.h"
#include "bench/summary_gate.h"
#include "bench/summary_observed.h"
#include "bench/summary_order.h"
#include "oci/cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { SUMMARY_MAX_SIZE = 256 << 20 };

/* Readable, and as many digits as any figure deserves. */
#define SUMMARY_JSON_FLAGS (JSON_INDENT(1) | JSON_REAL_PRECISION(12))

/* How many good runs have flags, which, and what that means for verdicts. */
static json_t *flagged_to_json(const struct collection *collection,
                               const json_t *cells)
{
    json_t *by_flag = json_object();

    for (size_t i = 0; run_flag_names[i] != NULL; i++)
        if (collection->by_flag[i] > 0)
            json_object_set_new(
                by_flag, run_flag_names[i],
                json_integer((json_int_t)collection->by_flag[i]));
    return json_pack("{s:I, s:o, s:o}", "runs", (json_int_t)collection->flagged,
                     "by_flag", by_flag, "verdicts_changed",
                     family_changes(cells));
}

static json_t *summary_build(const struct collection *collection)
{
    const struct result_reader *reader = &collection->reader;
    json_t *cells = json_array();
    json_t *noise_floor = json_object();
    json_t *family = NULL;
    json_t *summary;

    if (cells == NULL || noise_floor == NULL ||
        cells_to_json(collection, cells, noise_floor) < 0 ||
        family_judge(&reader->header, cells, &family) < 0) {
        json_decref(cells);
        json_decref(noise_floor);
        return NULL;
    }
    summary = json_pack(
        "{s:i, s:O, s:b, s:I, s:I, s:o, s:o, s:f, s:o, s:o, s:o, s:o, s:o, s:O}",
        "schema", SUMMARY_SCHEMA, "header", reader->header.document, "complete",
        reader->complete, "runs", (json_int_t)reader->runs, "failures",
        (json_int_t)collection->failures, "flagged",
        flagged_to_json(collection, cells), "order_effect",
        order_to_json(collection), "equivalence_band", SUMMARY_EQUIVALENCE_BAND,
        "noise_floor", noise_floor, "family", family, "digest_gate",
        gate_to_json(collection), "clocks", clocks_to_json(collection), "cells",
        cells, "failed_runs", collection->failed_runs);
    return summary;
}

/* Writes the text to an open file and makes it last. */
static int write_text(int fd, const json_t *summary)
{
    _cleanup_file_ FILE *file = fdopen(fd, "w");

    if (file == NULL) {
        int code = errno;

        close(fd);
        return -code;
    }
    if (json_dumpf(summary, file, SUMMARY_JSON_FLAGS) < 0 ||
        fputc('\n', file) == EOF || fflush(file) != 0 || fsync(fd) < 0)
        return errno != 0 ? -errno : -EIO;
    return 0;
}

static int write_atomically(const char *directory, const json_t *summary,
                            struct error *error)
{
    _cleanup_free_ char *path = NULL;
    _cleanup_free_ char *temporary = NULL;
    int result, fd;

    if (asprintf(&path, "%s/%s", directory, SUMMARY_FILE) < 0 ||
        asprintf(&temporary, "%s/.%s.%d", directory, SUMMARY_FILE,
                 (int)getpid()) < 0)
        return error_errno(error, ENOMEM, "%s", directory);
    unlink(temporary); /* of an earlier process of the same number */
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return error_errno(error, errno, "%s", temporary);
    result = write_text(fd, summary);
    if (result == 0 && rename(temporary, path) < 0)
        result = -errno;
    if (result == 0)
        return 0;
    unlink(temporary);
    return error_errno(error, -result, "%s", path);
}

/* What is known from other passes than that over the timed runs. Errors: of
 * each. */
static int add_passes(const char *directory,
                      const struct collection *collection, json_t *summary,
                      struct error *error)
{
    const struct result_header *header = &collection->reader.header;
    json_t *surface = observed_surface_to_json(directory, header, error);
    json_t *function = NULL, *density = NULL, *second = NULL, *methods = NULL;
    int result = surface == NULL ? -error->code : 0;

    if (result == 0)
        result = density_record_summarise(directory, header, &density, error);
    if (result == 0)
        result = available_to_cells(directory, header,
                                    json_object_get(summary, "cells"), error);
    if (result == 0)
        result =
            second_instrument_to_json(directory, collection, &second, error);
    if (result == 0) {
        function = function_to_json(directory, header, error);
        result = function == NULL ? -error->code : 0;
    }
    if (result == 0)
        methods = memory_methods_to_json(json_object_get(summary, "cells"));
    if (result == 0 &&
        (json_object_set(summary, "surface", surface) < 0 ||
         json_object_set(summary, "memory_methods", methods) < 0 ||
         json_object_set(summary, "second_instrument", second) < 0 ||
         json_object_set(summary, "density", density) < 0 ||
         json_object_set(summary, "function", function) < 0))
        result = error_errno(error, ENOMEM, "%s: summary", directory);
    json_decref(surface);
    json_decref(methods);
    json_decref(second);
    json_decref(density);
    json_decref(function);
    return result;
}

int summary_compute(const char *directory, struct error *error)
{
    struct collection collection;
    json_t *summary = NULL;
    int result = collection_read(directory, &collection, error);

    if (result < 0)
        return result;
    result = observed_costs_collect(directory, &collection, error);
    if (result == 0) {
        summary = summary_build(&collection);
        result = summary == NULL
                     ? error_errno(error, ENOMEM, "%s: summary", directory)
                     : add_passes(directory, &collection, summary, error);
    }
    if (result == 0)
        result = write_atomically(directory, summary, error);
    if (result == 0)
        result = memory_methods_write(directory, summary, error);
    json_decref(summary);
    collection_release(&collection);
    return result;
}

/* json_loadfd would make a system call for each byte. */
static FILE *open_summary(const char *path, struct error *error)
{
    FILE *file;
    _cleanup_close_ int fd =
        open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0) {
        error_errno(error, errno, "%s", path);
        return NULL;
    }
    if (!S_ISREG(status.st_mode) || status.st_size > SUMMARY_MAX_SIZE) {
        error_set(error, EINVAL,
                  "%s: expected a regular file of at most 256 MiB", path);
        return NULL;
    }
    file = fdopen(fd, "r");
    if (file == NULL)
        error_errno(error, errno, "%s", path);
    else
        take_fd(&fd);
    return file;
}

int summary_load(const char *directory, json_t **summary, struct error *error)
{
    _cleanup_free_ char *path = NULL;
    _cleanup_file_ FILE *file = NULL;
    json_error_t where;
    const json_t *schema;

    if (asprintf(&path, "%s/%s", directory, SUMMARY_FILE) < 0) {
        path = NULL;
        return error_errno(error, ENOMEM, "%s", directory);
    }
    file = open_summary(path, error);
    if (file == NULL)
        return -error->code;
    *summary = json_loadf(file, JSON_REJECT_DUPLICATES, &where);
    if (*summary == NULL)
        return error_set(error, EINVAL, "%s:%d:%d: %s", path, where.line,
                         where.column, where.text);
    schema = json_object_get(*summary, "schema");
    if (json_integer_value(schema) == SUMMARY_SCHEMA)
        return 0;
    json_decref(*summary);
    *summary = NULL;
    return error_set(error, EINVAL,
                     "%s: not a summary of this program's schema %d", path,
                     SUMMARY_SCHEMA);
}
