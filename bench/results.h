/*
 * The record of a session: DIRECTORY/results.jsonl, schema 1 of
 * docs/results.md. A header line, a line for each run, and an end line when
 * the session finished. Written by a struct result_writer as runs end, read
 * line by line by a struct result_reader.
 *
 * The file is hostile input. Whatever the reader hands out has been checked:
 * lengths, types, ranges, names that the header knows, no run twice. The
 * writer passes each record through the same checks before it writes it, so
 * it cannot produce a line that the reader would refuse.
 */
#ifndef RINGSIDE_BENCH_RESULTS_H
#define RINGSIDE_BENCH_RESULTS_H

#include "oci/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define RESULTS_FILE "results.jsonl"

enum {
    RESULTS_SCHEMA = 1,
    /* Bounds on what a file may hold; a file beyond them is refused. */
    RESULT_MAX_LINE = 1 << 20,  /* bytes, newline included */
    RESULT_MAX_NAME = 64,       /* bytes of a name or a unit */
    RESULT_MAX_TEXT = 1024,     /* bytes of a title, reason, failure */
    RESULT_MAX_ARGUMENT = 4096, /* bytes of one argument or path */
    RESULT_MAX_LIST = 256,      /* platforms, workloads, arguments, ... */
    RESULT_MAX_SKIPPED = 4096,  /* pairs that were not measured */
    RESULT_MAX_METRICS = 32,    /* metrics that one run reported */
    RESULT_MAX_COSTS = 48,      /* costs that one run had */
    /* Digits of the fingerprint that every run carries. */
    RESULT_FINGERPRINT_DIGITS = 16,
    RESULT_MAX_RUNS = 1 << 24, /* blocks * platforms * workloads */
};

/* A number that could not be had; null in the file. Never 0. */
#define RESULT_ABSENT INT64_C(-1)

struct result_platform {
    const char *name;
    const char *title;
    const char *class_name; /* "native", "container", ... */
    const char *version;    /* NULL when absent */
    bool control;           /* the second native run */
    bool floor;             /* the least that its class can cost */
    /* Facts that set platforms apart; NULL when unknown. */
    const char *kernel, *network, *seccomp, *limits, *files;
    const char *const *differs; /* NULL-terminated; NULL: none */
};

struct result_workload {
    const char *name;
    const char *title;
    const char *group;            /* "start", "cpu", "memory", ... */
    const char *const *arguments; /* NULL-terminated; NULL: none */
    const char *primary;          /* metric it is judged by, or NULL */
    const char *program_sha256;   /* when not the header's program, or NULL */
};

/* A platform that was wanted and could not take part. */
struct result_left_out {
    const char *platform;
    const char *title;
    const char *reason;
    const char *remedy; /* NULL when there is none */
};

/* How the reason begins where a platform cannot run a workload at all. */
#define RESULT_CANNOT "cannot: "

/* A pair that was not measured though its platform took part. */
struct result_skipped {
    const char *platform;
    const char *workload;
    const char *reason;
};

/* A session that was merged into a record. */
struct result_session {
    const char *created;
    int64_t seed, blocks;
};

/*
 * The header line. Built by hand for the writer, which copies it; or read, in
 * which case everything in it belongs to document and goes with
 * result_header_release.
 */
struct result_header {
    const char *created;  /* UTC, ISO 8601 with Z */
    const char *ringside; /* version of the program */
    int64_t seed;         /* 0 or more */
    const char *profile;
    const char *const *command; /* NULL-terminated */
    int64_t blocks;             /* planned, 1 or more */
    int64_t rest_ms;            /* before each start; RESULT_ABSENT */
    const char *page_cache;     /* "cold" or "warm" at each start; NULL: warm */
    const char *cpus;           /* that runs were kept on; NULL: any */
    const char *config;         /* changes to bundles; NULL */
    double precision;           /* asked for, 0.02 is 2 %; RESULT_ABSENT */
    const char *image;          /* digest of the image measured; NULL: none */
    const char *program_path;
    const char *program_sha256; /* NULL when absent */
    const struct result_platform *platforms;
    size_t platform_count;
    const struct result_workload *workloads;
    size_t workload_count;
    const struct result_left_out *left_out;
    size_t left_out_count;
    const struct result_skipped *skipped;
    size_t skipped_count;
    const struct result_session *sessions; /* merged into it; else none */
    size_t session_count;
    const char *fingerprint_sha256;
    json_t *host;     /* borrowed; from fingerprint_collect() */
    json_t *document; /* the whole line; NULL when built by hand */
};

struct result_metric {
    const char *name;
    double value; /* finite, 0 or more */
    const char *unit;
};

/* What a run took from the host, measured from outside; docs/costs.md. */
struct result_cost {
    const char *name;
    double value; /* finite, 0 or more; may be absent */
    const char *unit;
    const char *why; /* there is no value; may be NULL */
};

/* What an instance and everything around it held; bytes. */
struct result_memory {
    int64_t pss, uss, kernel, peak;
};

/* What else the host was doing during the run. */
struct result_noise {
    int64_t steal_ns;
    int64_t pressure_us;
    int64_t preemptions; /* the command's involuntary context switches */
    int64_t throttles;   /* times that a processor was slowed for its heat */
    int64_t window_ns;   /* how long these were watched: rest and run */
    double load;         /* RESULT_ABSENT when absent */
};

/*
 * One run. Numbers may be RESULT_ABSENT and strings NULL where the comment
 * says so. Start from RESULT_RUN_INIT, which has every number absent.
 */
struct result_run {
    int64_t block;        /* 1..header.blocks */
    int64_t position;     /* in the block, from 1 */
    const char *platform; /* name of a header.platforms entry */
    const char *workload; /* name of a header.workloads entry */
    const char *start;    /* "cold", "pooled" or "restored" */
    const char *at;       /* UTC, ISO 8601 with Z */
    /* Nanoseconds; all may be absent. */
    int64_t fork_ns, first_byte_ns, ready_ns, last_byte_ns, exit_ns;
    int64_t inner_ns; /* ready to end by the workload's own clock; as they */
    int64_t status;   /* exit status, 0..255; absent: ended by us */
    struct result_metric metrics[RESULT_MAX_METRICS];
    size_t metric_count;
    struct result_cost costs[RESULT_MAX_COSTS];
    size_t cost_count;
    const char *digest;        /* lower-case hex; may be NULL */
    const char *output_sha256; /* of stdout, of group own; may be NULL */
    int64_t output_bytes;      /* of the same; meaningful with it */
    int64_t cpu_user_ns, cpu_system_ns;    /* may be absent */
    struct result_memory memory;           /* each may be absent */
    struct result_noise noise;             /* each may be absent */
    unsigned flags;                        /* enum run_flag of flags.h */
    const char *failure;                   /* NULL: the run was good */
    const char *fingerprint;               /* set by the writer; may be NULL */
    size_t platform_index, workload_index; /* set by the reader alone */
};

#define RESULT_RUN_INIT                                           \
    {                                                             \
        .fork_ns = RESULT_ABSENT, .first_byte_ns = RESULT_ABSENT, \
        .ready_ns = RESULT_ABSENT, .last_byte_ns = RESULT_ABSENT, \
        .exit_ns = RESULT_ABSENT, .inner_ns = RESULT_ABSENT,      \
        .status = RESULT_ABSENT, .cpu_user_ns = RESULT_ABSENT,    \
        .cpu_system_ns = RESULT_ABSENT,                           \
        .memory = {RESULT_ABSENT, RESULT_ABSENT, RESULT_ABSENT,   \
                   RESULT_ABSENT},                                \
        .noise = {RESULT_ABSENT, RESULT_ABSENT, RESULT_ABSENT,    \
                  RESULT_ABSENT, RESULT_ABSENT, RESULT_ABSENT},   \
    }

/* Index of a name in the header's list, or -1. */
int result_platform_index(const struct result_header *header, const char *name);
int result_workload_index(const struct result_header *header, const char *name);

/* Why the pair was not measured, or NULL. */
const char *result_header_skips(const struct result_header *header,
                                const char *platform, const char *workload);

/* Was the page cache dropped before each start? */
bool result_header_is_cold(const struct result_header *header);

/* Frees a header that was read; a zeroed one is fine. */
void result_header_release(struct result_header *header);

/* Which (block, platform, workload) have a line already. */
struct result_set;

/*
 * Writing. Each record goes out as one write(2) of a whole line to a file
 * opened with O_APPEND, so it survives the death of this process at any
 * moment, and a torn line can only be the last. fsync happens after the
 * header and at the end alone: between runs it would put disk traffic under
 * the next measurement, so a power cut may cost the latest runs.
 */
struct result_writer {
    int fd;
    char *path;
    struct result_header header; /* the writer's own copy */
    struct result_set *done;
    int64_t runs; /* lines of type run in the file */
};

/*
 * Makes the directory if need be and a new results.jsonl in it with this
 * header, locked against a second writer. Control characters and bytes that
 * are not UTF-8 in titles and the like become '?'.
 * Errors: -EEXIST when there is a results.jsonl already (see
 * results_resume), -EINVAL when the header breaks the format, -EILSEQ for a
 * workload argument that is not UTF-8, other errnos of the file system. On
 * failure *writer needs no closing.
 */
int results_create(const char *directory, const struct result_header *header,
                   struct result_writer *writer, struct error *error);

/*
 * Opens the record of an interrupted session to append to it: reads all of
 * it, cuts off a torn last line, and knows what is done. The header to go on
 * with is writer->header.
 * Errors: -ENOENT when there is none, -EALREADY when the session had
 * finished, -EBUSY when another process is writing it, -EINVAL with the line
 * when the file is bad.
 */
int results_resume(const char *directory, struct result_writer *writer,
                   struct error *error);

/* Is there a line for it, good or failed? Indices into writer->header. */
bool results_has(const struct result_writer *writer, int64_t block,
                 size_t platform_index, size_t workload_index);

/*
 * Appends one run. In failure, control characters become '?' and an overlong
 * text is cut. Errors: -EINVAL when the run breaks the format (nothing is
 * written then), or the errno of write(2): a half-written line is cut off
 * again.
 */
int results_append(struct result_writer *writer, const struct result_run *run,
                   struct error *error);

/* Appends the end line and fsyncs; the writer still wants closing. */
int results_finish(struct result_writer *writer, struct error *error);

/* Closes the file and frees the writer; a zeroed one is not fine. */
void results_close(struct result_writer *writer);

/* Reading, one line at a time; memory does not grow with the file. */
struct result_reader {
    FILE *file;
    char *path;
    char *buffer; /* what was read and not yet taken: start to end */
    size_t buffer_start, buffer_end;
    int64_t offset;       /* in the file, of what comes next */
    char *line, *scratch; /* scratch: the line's copy, taken apart */
    size_t line_size;     /* of both */
    int64_t line_number;
    int64_t line_start; /* offset of the current line in the file */
    struct result_header header;
    struct result_set *seen;
    json_t *record; /* what the current run borrows from */
    int64_t runs;
    bool complete; /* the end line was read */
    bool torn;     /* the last line was cut short: interrupted */
};

/*
 * Opens DIRECTORY/results.jsonl and reads the header.
 * Errors: errnos of the file; -EINVAL with "PATH:LINE: ..." for a bad one,
 * such as "results.jsonl:1: schema 7 is newer than this program's 1". On
 * failure *reader needs no closing.
 */
int results_open(const char *directory, struct result_reader *reader,
                 struct error *error);

/*
 * Reads the next run: 1 and *run, whose strings hold until the next call;
 * 0 at the end, when reader->complete and reader->torn are final; or -EINVAL
 * with "PATH:LINE: ..." and the reader is done for.
 */
int results_next(struct result_reader *reader, struct result_run *run,
                 struct error *error);

void results_reader_close(struct result_reader *reader);

#endif
