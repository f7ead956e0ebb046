/* Platform files: what is accepted, and what each mistake is answered with. */
#include "bench/platform.h"
#include "bench/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64];
static char path[96];

static int make_directory(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/ringside-test-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/p.json", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static const char minimal[] =
    "{\"name\": \"p\", \"title\": \"P\", \"class\": \"container\","
    " \"order\": 1, \"run\": [\"true\", \"{args}\"]}";

static void a_minimal_file_is_enough(void **state)
{
    struct platform platform;
    struct error error = {0};

    (void)state;
    write_file(minimal);
    assert_int_equal(platform_load(path, &platform, &error), 0);
    assert_string_equal(platform.name, "p");
    assert_string_equal(platform.run[1], "{args}");
    assert_null(platform.cleanup);
    assert_false(platform.control);
    platform_release(&platform);
}

static void every_key_is_read(void **state)
{
    struct platform platform;
    struct error error = {0};

    (void)state;
    write_file(
        "{\"name\": \"p-2\", \"title\": \"P\", \"class\": \"full VM\","
        " \"order\": 7, \"summary\": \"S\", \"version\": [\"v\"],"
        " \"needs\": [{\"program\": \"x\", \"remedy\": \"get x\"},"
        "  {\"file\": \"/dev/kvm\"}, {\"root\": true},"
        "  {\"probe\": [\"true\"], \"seconds\": 9}],"
        " \"cannot\": [{\"workloads\": [\"a\", \"b\"], \"reason\": \"R\"}],"
        " \"enter\": [\"e\"], \"enter_when\": \"hybrid-cgroups\","
        " \"run\": [\"r\", \"{bundle}\"],"
        " \"run_without_root\": [\"u\"],"
        " \"cleanup\": [\"c\", \"{id}\"], \"control\": true,"
        " \"slow\": true, \"untested\": true, \"kernel\": \"its own\","
        " \"network\": \"none\", \"seccomp\": \"a profile\","
        " \"limits\": \"memory\", \"files\": \"a copy\","
        " \"differs\": [\"all\"]}");
    assert_int_equal(platform_load(path, &platform, &error), 0);
    assert_int_equal(platform.order, 7);
    assert_int_equal(platform.need_count, 4);
    assert_int_equal(platform.needs[0].kind, NEED_PROGRAM);
    assert_string_equal(platform.needs[0].remedy, "get x");
    assert_int_equal(platform.needs[1].kind, NEED_FILE);
    assert_int_equal(platform.needs[2].kind, NEED_ROOT);
    assert_int_equal(platform.needs[3].kind, NEED_PROBE);
    assert_int_equal(platform.needs[3].seconds, 9);
    assert_int_equal(platform.cannot_count, 1);
    assert_string_equal(platform.cannot[0].workloads[1], "b");
    assert_string_equal(platform.cannot[0].reason, "R");
    assert_int_equal(platform.enter_when, ENTER_HYBRID_CGROUPS);
    assert_true(platform.control);
    assert_true(platform.slow);
    assert_true(platform.untested);
    assert_string_equal(platform.kernel, "its own");
    assert_string_equal(platform.network, "none");
    assert_string_equal(platform.seccomp, "a profile");
    assert_string_equal(platform.limits, "memory");
    assert_string_equal(platform.files, "a copy");
    assert_string_equal(platform.directory, directory);
    assert_string_equal(platform.differs[0], "all");
    platform_release(&platform);
}

/* KEY and value appended to a good file, and the words of the answer. */
static const struct mistake {
    const char *text;
    const char *answer;
} mistakes[] = {
    {"[]", "expected a JSON object"},
    {"{\"name\": \"p\",}", ":1:"},
    {"{\"name\": \"p\", \"name\": \"q\"}", "duplicate"},
    {"{\"name\": \"p\"}", "title: missing"},
    {"{\"nmae\": \"p\"}", "nmae: unknown key"},
    {"{\"name\": \"a b\"}", "name: expected letters, digits and '-'"},
    {"{\"name\": \"\"}", "name: expected a string that is not empty"},
    {"{\"name\": 7}", "name: expected a string that is not empty, got 7"},
    {"{\"class\": \"vm\"}", "class: expected native, container"},
    {"{\"order\": -1}", "order: expected a whole number"},
    {"{\"order\": \"1\"}", "got \"1\""},
    {"{\"run\": []}", "run: expected a command"},
    {"{\"run\": [\"\"]}", "run: expected a command"},
    {"{\"run\": \"true\"}", "run: expected an array of strings"},
    {"{\"run\": [\"x\", \"{bundel}\"]}",
     "run: \"{bundel}\": expected {bin}, {here}, {state}, {bundle}"},
    {"{\"version\": [\"x\", \"{state}\"]}",
     "version: \"{state}\": expected {bin}, {here} in an argument"},
    {"{\"enter\": [\"x\", \"{id}\"]}", "enter: \"{id}\": expected {bin}"},
    {"{\"needs\": [{\"probe\": [\"{bundle}\"]}]}",
     "needs[0].probe: \"{bundle}\""},
    {"{\"slow\": \"yes\"}", "slow: expected true or false"},
    {"{\"network\": []}", "network: expected a string"},
    {"{\"run\": [\"x\", \"a{args}\"]}", "{args} alone"},
    {"{\"run\": [\"x\", \"}\"]}", "run: \"}\""},
    {"{\"enter_when\": \"often\"}", "enter_when: expected \"always\""},
    {"{\"control\": 1}", "control: expected true or false"},
    {"{\"needs\": [{}]}", "needs[0]: expected an object with one of"},
    {"{\"needs\": [7]}", "needs[0]: expected an object"},
    {"{\"needs\": [{\"root\": false}]}", "needs[0].root: expected true"},
    {"{\"needs\": [{\"root\": true, \"file\": \"x\"}]}", "expected one of"},
    {"{\"needs\": [{\"probe\": [\"x\"], \"seconds\": 0}]}",
     "needs[0].seconds: expected 1 to 60"},
    {"{\"differs\": [1]}", "differs: expected an array of strings"},
    {"{\"cannot\": {}}", "cannot: expected an array of at most 16 objects"},
    {"{\"cannot\": [7]}", "cannot[0]: expected an object with workloads"},
    {"{\"cannot\": [{\"reason\": \"R\"}]}", "cannot[0]: expected an object"},
    {"{\"cannot\": [{\"workloads\": [\"a\"]}]}",
     "cannot[0]: expected an object with workloads and reason"},
    {"{\"cannot\": [{\"workloads\": []}]}",
     "cannot[0].workloads: expected at least one name"},
    {"{\"cannot\": [{\"workloads\": \"a\"}]}",
     "cannot[0].workloads: expected an array of strings, got \"a\""},
    {"{\"cannot\": [{\"reason\": \"a\\nb\"}]}",
     "cannot[0].reason: expected one line of text"},
    {"{\"cannot\": [{\"why\": \"R\"}]}",
     "cannot[0].why: expected workloads or reason"},
};

static void each_mistake_is_answered_with_its_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        struct platform platform;
        struct error error = {0};

        write_file(mistakes[i].text);
        assert_int_equal(platform_load(path, &platform, &error), -EINVAL);
        if (strstr(error.text, mistakes[i].answer) == NULL ||
            strstr(error.text, path) == NULL)
            fail_msg("%s\nanswered: %s\nexpected: %s", mistakes[i].text,
                     error.text, mistakes[i].answer);
    }
}

static void a_name_may_come_once(void **state)
{
    char *const directories[] = {directory, directory, NULL};
    struct platform_list list;
    struct error error = {0};

    (void)state;
    write_file(minimal);
    assert_int_equal(platform_list_load(directories, &list, &error), -EEXIST);
    assert_non_null(strstr(error.text, "\"p\" is taken by"));
}

static void a_directory_named_json_is_refused(void **state)
{
    struct platform platform;
    struct error error = {0};

    (void)state;
    assert_int_equal(platform_load(directory, &platform, &error), -EINVAL);
    assert_non_null(strstr(error.text, "regular file"));
}

int main(void)
{
#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)
    const struct CMUnitTest tests[] = {
        TEST(a_minimal_file_is_enough),
        TEST(every_key_is_read),
        TEST(each_mistake_is_answered_with_its_key),
        TEST(a_name_may_come_once),
        TEST(a_directory_named_json_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
