/*
 * A small session for the tests of records, summary and table: four
 * platforms, three workloads, ten blocks, in a directory of its own. The
 * figures are made by the test, not measured.
 */
#ifndef RINGSIDE_TESTS_BENCH_FIXTURE_H
#define RINGSIDE_TESTS_BENCH_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/results.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>

enum { FIXTURE_BLOCKS = 10 };

static const struct result_platform fixture_platforms[] = {
    {.name = "native",
     .title = "Native process",
     .class_name = "native",
     .version = "Linux 6.18"},
    {.name = "native-again",
     .title = "Native process, again",
     .class_name = "native",
     .control = true},
    {.name = "container",
     .title = "Container",
     .class_name = "container",
     .differs = (const char *const[]){"no seccomp profile", NULL}},
    {.name = "unikernel", .title = "Unikernel", .class_name = "unikernel"},
};

static const struct result_workload fixture_workloads[] = {
    {.name = "noop",
     .title = "Start and exit",
     .group = "start",
     .arguments = (const char *const[]){"noop", NULL}},
    {.name = "cpu-int",
     .title = "Integer mix",
     .group = "cpu",
     .arguments = (const char *const[]){"cpu-int", NULL},
     .primary = "time_per_operation"},
    {.name = "pause",
     .title = "Idle",
     .group = "idle",
     .arguments = (const char *const[]){"pause", NULL}},
};

static const struct result_left_out fixture_left_out[] = {
    {"crun", "crun", "crun is not installed", "apt-get install crun"},
};

static const char *const fixture_command[] = {"ringside", "bench", NULL};

/* A header of the fixture; the caller drops header.host. */
static inline struct result_header fixture_header(void)
{
    return (struct result_header){
        .created = "2026-11-23T12:00:00Z",
        .ringside = "0.1.0",
        .seed = 42,
        .profile = "quick",
        .command = fixture_command,
        .blocks = FIXTURE_BLOCKS,
        .program_path = "build/guests/workload",
        .program_sha256 = "00ff",
        .platforms = fixture_platforms,
        .platform_count = 4,
        .workloads = fixture_workloads,
        .workload_count = 3,
        .left_out = fixture_left_out,
        .left_out_count = 1,
        .fingerprint_sha256 = "abcdef",
        .host = json_pack("{s:{s:s}}", "cpu", "model", "Test"),
    };
}

/* A good run; the caller changes what its test is about. */
static inline struct result_run fixture_run(int64_t block, const char *platform,
                                            const char *workload)
{
    struct result_run run = RESULT_RUN_INIT;

    run.block = block;
    run.position = 1;
    run.platform = platform;
    run.workload = workload;
    run.start = "cold";
    run.at = "2026-11-23T12:00:05.123Z";
    run.fork_ns = 310000;
    run.exit_ns = 61000000;
    run.status = 0;
    return run;
}

static inline char *fixture_directory(void)
{
    const char *base = getenv("TMPDIR");
    char *path;

    assert_true(asprintf(&path, "%s/ringside-test-XXXXXX",
                         base != NULL ? base : "/tmp") > 0);
    assert_non_null(mkdtemp(path));
    return path;
}

/* cmocka set-up and tear-down: *state is the directory's path. */
static inline int fixture_setup(void **state)
{
    *state = fixture_directory();
    return 0;
}

static inline int fixture_remove(const char *path, const struct stat *status,
                                 int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static inline int fixture_teardown(void **state)
{
    int result = nftw(*state, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);

    free(*state);
    return result;
}

static inline void fixture_create(const char *directory,
                                  struct result_writer *writer)
{
    struct result_header header = fixture_header();
    struct error error = {0};
    int result = results_create(directory, &header, writer, &error);

    json_decref(header.host);
    if (result < 0)
        fail_msg("%s", error.text);
}

static inline void fixture_append(struct result_writer *writer,
                                  const struct result_run *run)
{
    struct error error = {0};

    if (results_append(writer, run, &error) < 0)
        fail_msg("%s", error.text);
}

static inline void fixture_finish(struct result_writer *writer)
{
    struct error error = {0};

    if (results_finish(writer, &error) < 0)
        fail_msg("%s", error.text);
    results_close(writer);
}

/* The path of a file in the directory; freed by the caller. */
static inline char *fixture_path(const char *directory, const char *name)
{
    char *path;

    assert_true(asprintf(&path, "%s/%s", directory, name) > 0);
    return path;
}

/* The whole of a file as text; freed by the caller. */
static inline char *fixture_read(const char *directory, const char *name)
{
    char *path = fixture_path(directory, name);
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;

    assert_non_null(file);
    if (getdelim(&text, &size, '\0', file) < 0)
        text[0] = '\0';
    fclose(file);
    free(path);
    return text;
}

static inline void fixture_write(const char *directory, const char *name,
                                 const void *text, size_t length)
{
    char *path = fixture_path(directory, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    free(path);
}

#endif
