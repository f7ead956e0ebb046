/* Stopping before the machine suffers, and what a density record says. */
#include "bench/clock.h"
#include "bench/density.h"
#include "bench/density_limits.h"
#include "bench/density_record.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MIB INT64_C(1048576)

static const struct density_limits roomy = {
    .maximum = 64, .memory_reserve = 256 * MIB, .deadline = INT64_MAX};
static const struct density_machine idle = {.memory_available = 4096 * MIB,
                                            .memory_total = 8192 * MIB,
                                            .tasks = 200,
                                            .tasks_maximum = 32768};

static void a_machine_with_room_takes_one_more(void **state)
{
    char reason[DENSITY_REASON_SIZE];

    (void)state;
    assert_false(density_must_stop(&roomy, &idle, 4096 * MIB, 0, reason));
    assert_false(density_must_stop(&roomy, &idle, 4096 * MIB, 63, reason));
}

static void each_limit_stops_it_with_its_reason(void **state)
{
    const struct {
        struct density_limits limits;
        struct density_machine now;
        int64_t instances;
        const char *reason;
    } cases[] = {
        {roomy, idle, 64, "as many as asked for"},
        {{64, 5000 * MIB, INT64_MAX}, idle, 1, "memory: 4096 MiB available"},
        {{64, MIB, 0}, idle, 1, "time was up"},
        {roomy, {4096 * MIB, 8192 * MIB, 27000, 32768}, 1, "tasks: 27000 of"},
        {roomy, {-1, -1, 200, 32768}, 1, "does not tell how much memory"},
    };
    char reason[DENSITY_REASON_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_true(density_must_stop(&cases[i].limits, &cases[i].now,
                                      4096 * MIB, cases[i].instances, reason));
        assert_non_null(strstr(reason, cases[i].reason));
    }
}

/* Ten instances took 3000 MiB: the eleventh must not take the last 500. */
static void what_the_next_would_take_counts(void **state)
{
    struct density_machine now = idle;
    char reason[DENSITY_REASON_SIZE];

    (void)state;
    now.memory_available = 800 * MIB;
    assert_true(density_must_stop(&roomy, &now, 3800 * MIB, 10, reason));
    now.memory_available = 900 * MIB;
    assert_false(density_must_stop(&roomy, &now, 3900 * MIB, 10, reason));
}

static void the_reserve_is_a_tenth_and_at_least_256_mib(void **state)
{
    (void)state;
    assert_int_equal(density_default_reserve(&idle), 8192 * MIB / 10);
    assert_int_equal(density_default_reserve(
                         &(struct density_machine){.memory_total = 1024 * MIB}),
                     256 * MIB);
}

static void this_machine_tells_what_it_has(void **state)
{
    struct density_machine machine;

    (void)state;
    density_machine_read(&machine);
    assert_true(machine.memory_available > 0);
    assert_true(machine.memory_available <= machine.memory_total);
    assert_true(machine.tasks > 0);
    assert_true(machine.tasks < machine.tasks_maximum);
}

/* A directory of its own with a density.jsonl of this text. */
static void write_record(char directory[PATH_MAX], const char *text)
{
    char path[PATH_MAX + 32];
    FILE *file;

    strcpy(directory, "/tmp/test_density.XXXXXX");
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof(path), "%s/" DENSITY_FILE, directory);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void remove_record(const char *directory)
{
    char path[PATH_MAX + 32];

    snprintf(path, sizeof(path), "%s/" DENSITY_FILE, directory);
    unlink(path);
    rmdir(directory);
}

static int read_text(const char *text, json_t **density, struct error *error)
{
    char directory[PATH_MAX];
    int result;

    write_record(directory, text);
    result = density_record_read(directory, density, error);
    remove_record(directory);
    return result;
}

static void points_become_figures_of_one_instance(void **state)
{
    struct error error = {0};
    json_t *density,
        *wanted = json_loads(
            "[{\"platform\": \"a\", \"start\": \"cold\", \"stopped\": \"enough\","
            "  \"points\": [{\"instances\": 4, \"latency_ns\": 7,"
            "  \"latency_median_ns\": 8, \"memory_per_instance\": 25,"
            "  \"memory_kernel_per_instance\": null,"
            "  \"memory_available_per_instance\": 50}]}]",
            0, NULL);

    (void)state;
    assert_int_equal(
        read_text("{\"type\":\"density\",\"platform\":\"a\",\"start\":"
                  "\"cold\",\"instances\":4,\"latency_ns\":7,"
                  "\"latency_median_ns\":8,\"memory_pss\":100,"
                  "\"memory_uss\":1,\"memory_kernel\":null,"
                  "\"memory_available_delta\":200}\n"
                  "{\"type\":\"density_end\",\"platform\":\"a\","
                  "\"reason\":\"enough\"}\n"
                  "{\"type\":\"density\",\"platfo",
                  &density, &error),
        0);
    assert_true(json_equal(density, wanted));
    json_decref(density);
    json_decref(wanted);
}

static void without_a_file_there_is_nothing(void **state)
{
    struct error error = {0};
    json_t *density;

    (void)state;
    assert_int_equal(density_record_read("/nonexistent", &density, &error), 0);
    assert_null(density);
}

static void a_line_of_another_kind_is_named(void **state)
{
    static const char *const bad[] = {
        "nonsense\n",
        "[]\n",
        "{\"type\":\"run\",\"platform\":\"a\"}\n",
        "{\"type\":\"density_end\",\"platform\":\"a\"}\n",
        "{\"type\":\"density_end\",\"platform\":\"../a\",\"reason\":\"x\"}\n",
        "{\"type\":\"density\",\"platform\":\"a\",\"start\":\"cold\"}\n",
        "{\"type\":\"density\",\"platform\":\"a\",\"start\":\"cold\","
        "\"instances\":0}\n",
        "{\"type\":\"density\",\"platform\":\"a\",\"start\":\"cold\","
        "\"instances\":1,\"memory_pss\":-5}\n",
        "{\"type\":\"density\",\"platform\":\"a\",\"start\":\"cold\","
        "\"instances\":1,\"latency_ns\":\"1\"}\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct error error = {0};
        json_t *density;

        assert_int_equal(read_text(bad[i], &density, &error), -EINVAL);
        assert_null(density);
        assert_non_null(strstr(error.text, DENSITY_FILE ":1: "));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_machine_with_room_takes_one_more),
        cmocka_unit_test(each_limit_stops_it_with_its_reason),
        cmocka_unit_test(what_the_next_would_take_counts),
        cmocka_unit_test(the_reserve_is_a_tenth_and_at_least_256_mib),
        cmocka_unit_test(this_machine_tells_what_it_has),
        cmocka_unit_test(points_become_figures_of_one_instance),
        cmocka_unit_test(without_a_file_there_is_nothing),
        cmocka_unit_test(a_line_of_another_kind_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
