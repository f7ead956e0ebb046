/* Writing results.jsonl: what is written can be read, whatever happens. */
#include "bench_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void a_run_comes_back_as_it_was_written(void **state)
{
    struct result_run run = fixture_run(3, "container", "cpu-int"), back;
    struct result_writer writer;
    struct result_reader reader;
    struct error error = {0};

    run.ready_ns = 5200000;
    run.metrics[0] = (struct result_metric){"time_per_operation", 1.234, "ns"};
    run.metric_count = 1;
    run.digest = "9f86";
    run.noise.load = 0.4;
    fixture_create(*state, &writer);
    fixture_append(&writer, &run);
    fixture_finish(&writer);

    assert_int_equal(results_open(*state, &reader, &error), 0);
    assert_string_equal(reader.header.platforms[2].differs[0],
                        "no seccomp profile");
    assert_null(reader.header.platforms[2].version);
    assert_true(reader.header.platforms[1].control);
    assert_null(reader.header.workloads[0].primary);
    assert_string_equal(reader.header.left_out[0].remedy,
                        "apt-get install crun");
    assert_int_equal(results_next(&reader, &back, &error), 1);
    assert_int_equal(back.block, 3);
    assert_int_equal(back.platform_index, 2);
    assert_int_equal(back.workload_index, 1);
    assert_int_equal(back.ready_ns, 5200000);
    assert_int_equal(back.first_byte_ns, RESULT_ABSENT);
    assert_int_equal(back.memory.pss, RESULT_ABSENT);
    assert_true(back.noise.load == 0.4);
    assert_true(back.metrics[0].value == 1.234);
    assert_string_equal(back.metrics[0].unit, "ns");
    assert_string_equal(back.digest, "9f86");
    assert_null(back.failure);
    assert_string_equal(back.fingerprint, "abcdef");
    assert_int_equal(results_next(&reader, &back, &error), 0);
    assert_true(reader.complete);
    assert_false(reader.torn);
    results_reader_close(&reader);
}

static void a_second_session_does_not_overwrite_the_first(void **state)
{
    struct result_writer writer, second;
    struct result_header header = fixture_header();
    struct error error = {0};

    fixture_create(*state, &writer);
    assert_int_equal(results_create(*state, &header, &second, &error), -EEXIST);
    assert_int_equal(results_resume(*state, &second, &error), -EBUSY);
    results_close(&writer);
    json_decref(header.host);
}

static void a_bad_record_is_refused_before_it_is_written(void **state)
{
    struct result_run runs[] = {
        fixture_run(0, "native", "noop"),
        fixture_run(FIXTURE_BLOCKS + 1, "native", "noop"),
        fixture_run(1, "nobody", "noop"),
        fixture_run(1, "native", "nothing"),
        fixture_run(1, "native", "noop"),
        fixture_run(1, "native", "noop"),
        fixture_run(1, "native", "noop"),
    };
    struct result_writer writer;
    char *before, *after;

    runs[4].exit_ns = -5;
    runs[5].metric_count = 1;
    runs[5].metrics[0] = (struct result_metric){"rate", 1.0 / 0.0, "MB/s"};
    runs[6].digest = "XYZ";
    fixture_create(*state, &writer);
    before = fixture_read(*state, RESULTS_FILE);
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
        struct error error = {0};

        assert_true(results_append(&writer, &runs[i], &error) < 0);
        assert_true(strlen(error.text) > 0);
    }
    after = fixture_read(*state, RESULTS_FILE);
    assert_string_equal(before, after);
    results_close(&writer);
    free(before);
    free(after);
}

static void a_failure_keeps_its_line_without_control_characters(void **state)
{
    struct result_run run = fixture_run(1, "container", "noop"), back;
    char longer[3 * RESULT_MAX_TEXT];
    struct result_writer writer;
    struct result_reader reader;
    struct error error = {0};

    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    memcpy(longer, "\033[2Jone\ntwo \xff\xc3\xa9 ", 16);
    run.failure = longer;
    fixture_create(*state, &writer);
    fixture_append(&writer, &run);
    fixture_finish(&writer);
    assert_int_equal(results_open(*state, &reader, &error), 0);
    assert_int_equal(results_next(&reader, &back, &error), 1);
    assert_int_equal(strlen(back.failure), RESULT_MAX_TEXT);
    assert_memory_equal(back.failure, "?[2Jone?two ?\xc3\xa9 xx", 17);
    results_reader_close(&reader);
}

static void an_argument_that_is_no_utf8_is_refused_not_altered(void **state)
{
    struct result_header header = fixture_header();
    struct result_workload workload = fixture_workloads[0];
    struct result_writer writer;
    struct error error = {0};
    char *path = fixture_path(*state, RESULTS_FILE);

    workload.arguments = (const char *const[]){"\xff", NULL};
    header.workloads = &workload;
    header.workload_count = 1;
    assert_int_equal(results_create(*state, &header, &writer, &error), -EILSEQ);
    assert_int_equal(access(path, F_OK), -1);
    json_decref(header.host);
    free(path);
}

/* The whole record as a process that dies without warning leaves it. */
static void a_killed_writer_leaves_every_finished_run(void **state)
{
    struct result_reader reader;
    struct result_run run;
    struct error error = {0};
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        struct result_writer writer;

        fixture_create(*state, &writer);
        for (int64_t block = 1; block <= 5; block++) {
            run = fixture_run(block, "native", "noop");
            fixture_append(&writer, &run);
        }
        raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(results_open(*state, &reader, &error), 0);
    while (results_next(&reader, &run, &error) > 0)
        ;
    assert_int_equal(reader.runs, 5);
    assert_false(reader.complete);
    assert_false(reader.torn);
    results_reader_close(&reader);
}

static void resuming_cuts_off_a_torn_line_and_knows_what_is_done(void **state)
{
    struct result_run run = fixture_run(2, "container", "noop");
    struct result_writer writer;
    struct result_reader reader;
    struct error error = {0};
    char *path = fixture_path(*state, RESULTS_FILE);
    FILE *file;

    fixture_create(*state, &writer);
    fixture_append(&writer, &run);
    results_close(&writer);
    file = fopen(path, "a");
    fputs("{\"type\": \"run\", \"block\": 3, \"pos", file);
    fclose(file);

    assert_int_equal(results_resume(*state, &writer, &error), 0);
    assert_int_equal(writer.header.seed, 42);
    assert_true(results_has(&writer, 2, 2, 0));
    assert_false(results_has(&writer, 2, 2, 1));
    assert_false(results_has(&writer, 3, 2, 0));
    assert_int_equal(results_append(&writer, &run, &error), -EINVAL);
    error = (struct error){0};
    run.block = 3;
    fixture_append(&writer, &run);
    fixture_finish(&writer);

    assert_int_equal(results_open(*state, &reader, &error), 0);
    while (results_next(&reader, &run, &error) > 0)
        ;
    assert_string_equal(error.text, "");
    assert_int_equal(reader.runs, 2);
    assert_true(reader.complete);
    results_reader_close(&reader);
    assert_int_equal(results_resume(*state, &writer, &error), -EALREADY);
    free(path);
}

/* RLIMIT_FSIZE stands in for a full disk: write(2) comes back short. */
static void a_short_write_is_taken_back(void **state)
{
    struct result_run run = fixture_run(1, "native", "noop");
    struct result_writer writer;
    struct error error = {0};
    struct rlimit before, limit;
    struct stat status;
    int result;

    fixture_create(*state, &writer);
    assert_int_equal(fstat(writer.fd, &status), 0);
    getrlimit(RLIMIT_FSIZE, &before);
    limit = before;
    limit.rlim_cur = (rlim_t)status.st_size + 10;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    result = results_append(&writer, &run, &error);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(result, -ENOSPC);
    fixture_append(&writer, &run);
    fixture_finish(&writer);
}

static void kinds_of_start_are_never_mixed(void **state)
{
    struct result_run run = fixture_run(1, "unikernel", "noop");
    struct result_writer writer;
    struct error error = {0};

    fixture_create(*state, &writer);
    fixture_append(&writer, &run);
    run.block = 2;
    run.start = "restored";
    assert_int_equal(results_append(&writer, &run, &error), -EINVAL);
    assert_non_null(strstr(error.text, "restored"));
    results_close(&writer);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_run_comes_back_as_it_was_written),
        TEST(a_second_session_does_not_overwrite_the_first),
        TEST(a_bad_record_is_refused_before_it_is_written),
        TEST(a_failure_keeps_its_line_without_control_characters),
        TEST(an_argument_that_is_no_utf8_is_refused_not_altered),
        TEST(a_killed_writer_leaves_every_finished_run),
        TEST(resuming_cuts_off_a_torn_line_and_knows_what_is_done),
        TEST(a_short_write_is_taken_back),
        TEST(kinds_of_start_are_never_mixed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
