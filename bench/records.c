/* Records of a workload; see records.h for the contract. */
#include "bench/records.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FIELDS = 6 };

/* Returns what is wrong with the record, or NULL. */
typedef const char *read_record(struct records *records, char **fields,
                                int64_t at_ns);

static const char *read_ready(struct records *records, char **fields,
                              int64_t at_ns)
{
    (void)fields;
    if (records->ready)
        return "ready twice";
    records->ready = true;
    records->ready_ns = at_ns;
    return NULL;
}

static bool is_word(const char *text, const char *allowed)
{
    size_t length = strlen(text);

    return length >= 1 && length <= RESULT_MAX_NAME &&
           strspn(text, allowed) == length;
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

const char *records_add_metric(struct records *records, const char *name,
                               double value, const char *unit)
{
    const size_t next = records->metric_count;

    if (!is_word(name, LETTERS DIGITS "_") || name[0] == '_')
        return "bad metric name";
    if (!isfinite(value) || value < 0)
        return "bad metric value";
    if (!is_word(unit, LETTERS DIGITS "/%_"))
        return "bad metric unit";
    for (size_t i = 0; i < next; i++) {
        if (strcmp(records->names[i], name) == 0)
            return "metric twice";
    }
    if (next == RESULT_MAX_METRICS)
        return "too many metrics";
    strcpy(records->names[next], name);
    strcpy(records->units[next], unit);
    records->metrics[next] = (struct result_metric){records->names[next], value,
                                                    records->units[next]};
    records->metric_count++;
    return NULL;
}

static const char *read_inner_clock(struct records *records, double value,
                                    const char *unit)
{
    static const double longest = 1e18; /* ns; within int64_t */

    if (records->inner_ns != 0)
        return "metric twice";
    if (strcmp(unit, "ns") != 0 || !(value >= 0) || value > longest)
        return "bad inner_elapsed";
    records->inner_ns = (int64_t)value;
    return NULL;
}

static const char *read_metric(struct records *records, char **fields,
                               int64_t at_ns)
{
    char *end;
    const double value = strtod(fields[1], &end);

    (void)at_ns;
    if (*end != '\0' || end == fields[1])
        return "bad metric value";
    if (strcmp(fields[0], "inner_elapsed") == 0)
        return read_inner_clock(records, value, fields[2]);
    return records_add_metric(records, fields[0], value, fields[2]);
}

static const char *read_result(struct records *records, char **fields,
                               int64_t at_ns)
{
    size_t length = strlen(fields[0]);

    (void)at_ns;
    if (records->digest[0] != '\0')
        return "result twice";
    if (length < 2 || length > RECORD_MAX_DIGEST || length % 2 != 0 ||
        strspn(fields[0], DIGITS "abcdef") != length)
        return "bad result";
    strcpy(records->digest, fields[0]);
    return NULL;
}

static const struct record {
    const char *name;
    size_t fields;
    read_record *read;
} table[] = {
    {"ready", 0, read_ready},
    {"metric", 3, read_metric},
    {"result", 1, read_result},
};

static const char *read_fields(struct records *records, char *text,
                               int64_t at_ns)
{
    char *fields[MAX_FIELDS] = {NULL};
    size_t count = 0;

    for (char *field; (field = strsep(&text, " ")) != NULL; count++) {
        if (count == MAX_FIELDS)
            return "too many fields";
        fields[count] = field;
    }
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (strcmp(fields[0], table[i].name) == 0)
            return count == table[i].fields + 1
                       ? table[i].read(records, fields + 1, at_ns)
                       : "wrong number of fields";
    }
    return "unknown record";
}

static void end_line(struct records *records, int64_t at_ns)
{
    static const char prefix[] = "ringside ";
    char copy[RECORD_MAX_LINE + 1];
    const char *wrong;

    records->line[records->line_length] = '\0';
    if (strncmp(records->line, prefix, sizeof(prefix) - 1) == 0) {
        strcpy(copy, records->line);
        wrong = records->line_is_long
                    ? "line too long"
                    : read_fields(records, copy + sizeof(prefix) - 1, at_ns);
        if (wrong != NULL && records->strict && records->malformed[0] == '\0')
            snprintf(records->malformed, sizeof(records->malformed),
                     "%s: \"%.80s\"", wrong, records->line);
    }
    records->line_length = 0;
    records->line_is_long = false;
}

void records_feed(struct records *records, const char *bytes, size_t size,
                  int64_t at_ns)
{
    if (records->bytes == 0)
        records->first_byte_ns = at_ns;
    records->last_byte_ns = at_ns;
    records->bytes += size;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\n')
            end_line(records, at_ns);
        else if (records->line_length < RECORD_MAX_LINE)
            records->line[records->line_length++] = bytes[i];
        else
            records->line_is_long = true;
    }
}

void records_finish(struct records *records)
{
    if (records->line_length > 0)
        end_line(records, records->last_byte_ns);
}
