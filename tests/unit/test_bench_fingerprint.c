/* The fingerprint: complete, stable, and made only of what can be compared. */
#include "bench_fixture.h"

#include "bench/fingerprint.h"

#include <sys/stat.h>

static const json_t *fact(const json_t *host, const char *group,
                          const char *name)
{
    return json_object_get(json_object_get(host, group), name);
}

static void every_fact_is_present_if_only_as_null(void **state)
{
    static const char *const names[][2] = {
        {"cpu", "model"},           {"cpu", "governor"},
        {"cpu", "vulnerabilities"}, {"hypervisor", "present"},
        {"kvm", "back_ends"},       {"kvm", "nested"},
        {"kvm", "device_opens"},    {"kernel", "release"},
        {"kernel", "command_line"}, {"memory", "total_bytes"},
        {"memory", "huge_pages"},   {"clock", "source"},
        {"cgroup", "version"},      {"system", "libc"},
        {"system", "compiler"},     {"system", "capabilities_missing"},
    };
    json_t *host = fingerprint_collect();

    (void)state;
    assert_non_null(host);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (fact(host, names[i][0], names[i][1]) == NULL)
            fail_msg("%s.%s is missing", names[i][0], names[i][1]);
    json_decref(host);
}

static void what_every_linux_tells_is_told(void **state)
{
    json_t *host = fingerprint_collect();

    (void)state;
    assert_true(json_is_string(fact(host, "kernel", "release")));
    assert_true(json_is_string(fact(host, "cpu", "online")));
    assert_true(json_integer_value(fact(host, "memory", "total_bytes")) >
                1 << 20);
    assert_true(json_is_string(fact(host, "system", "compiler")));
    json_decref(host);
}

static void collecting_again_gives_the_same_digest(void **state)
{
    json_t *first = fingerprint_collect(), *second = fingerprint_collect();
    char one[SHA256_HEX_SIZE], two[SHA256_HEX_SIZE];

    (void)state;
    assert_int_equal(fingerprint_digest(first, one), 0);
    assert_int_equal(fingerprint_digest(second, two), 0);
    assert_string_equal(one, two);
    json_decref(first);
    json_decref(second);
}

static void the_digest_survives_the_way_through_a_file(void **state)
{
    json_t *host = fingerprint_collect(), *back;
    char one[SHA256_HEX_SIZE], two[SHA256_HEX_SIZE];
    char *text = json_dumps(host, JSON_INDENT(2));

    (void)state;
    back = json_loads(text, 0, NULL);
    assert_non_null(back);
    fingerprint_digest(host, one);
    fingerprint_digest(back, two);
    assert_string_equal(one, two);
    json_decref(host);
    json_decref(back);
    free(text);
}

/* printf '%s' '{"a":1,"b":{"c":null}}' | sha256sum */
static void the_digest_is_that_of_the_sorted_compact_text(void **state)
{
    json_t *host = json_loads("{\"b\": {\"c\": null}, \"a\": 1}", 0, NULL);
    char hex[SHA256_HEX_SIZE];

    (void)state;
    assert_int_equal(fingerprint_digest(host, hex), 0);
    assert_string_equal(hex, "f7c5c3dc665942f4d0a388a83e7150cc"
                             "8beeccda99d9e0d3101c62c519f65c71");
    json_decref(host);
}

/* FIPS 180-4, example B.1, and the empty message. */
static void files_have_the_digests_of_the_standard(void **state)
{
    static const struct {
        const char *content, *hex;
    } cases[] = {
        {"abc", "ba7816bf8f01cfea414140de5dae2223"
                "b00361a396177a9cb410ff61f20015ad"},
        {"", "e3b0c44298fc1c149afbf4c8996fb924"
             "27ae41e4649b934ca495991b7852b855"},
    };
    char *path = fixture_path(*state, "file");

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char hex[SHA256_HEX_SIZE];
        struct error error = {0};

        fixture_write(*state, "file", cases[i].content,
                      strlen(cases[i].content));
        assert_int_equal(sha256_file(path, hex, &error), 0);
        assert_string_equal(hex, cases[i].hex);
    }
    free(path);
}

static void what_is_no_file_has_no_digest(void **state)
{
    char *path = fixture_path(*state, "fifo");
    char hex[SHA256_HEX_SIZE];
    struct error error = {0};

    assert_int_equal(sha256_file(*state, hex, &error), -EISDIR);
    assert_int_equal(sha256_file(path, hex, &error), -ENOENT);
    assert_non_null(strstr(error.text, path));
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(sha256_file(path, hex, &error), -EINVAL);
    free(path);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fact_is_present_if_only_as_null),
        cmocka_unit_test(what_every_linux_tells_is_told),
        cmocka_unit_test(collecting_again_gives_the_same_digest),
        cmocka_unit_test(the_digest_survives_the_way_through_a_file),
        cmocka_unit_test(the_digest_is_that_of_the_sorted_compact_text),
        TEST(files_have_the_digests_of_the_standard),
        TEST(what_is_no_file_has_no_digest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
