/* JSON taken apart in place. */
#include "oci/json_scan.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static char text[256];

static struct json_scan scan_of(const char *json)
{
    snprintf(text, sizeof(text), "%s", json);
    return (struct json_scan){text};
}

static void strings_are_plain_ascii(void **state)
{
    static const char *const refused[] = {
        "\"a\\n\"", "\"\xc3\xa9\"", "\"a", "a\"", "", "\"a\tb\"", "\"\x7f\"",
    };
    struct json_scan scan = scan_of("\"a b\",");
    char *string;

    (void)state;
    assert_true(scan_string(&scan, &string));
    assert_string_equal(string, "a b");
    assert_true(scan_token(&scan, ','));
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        scan = scan_of(refused[i]);
        assert_false(scan_string(&scan, &string));
    }
}

static void integers_are_whole_and_fit(void **state)
{
    static const char *const refused[] = {
        "", "-1", "01", "1.0", "1e3", "1234567890123456789", "+1", "x",
    };
    struct json_scan scan = scan_of("999999999999999999]");
    int64_t number;

    (void)state;
    assert_true(scan_integer(&scan, &number));
    assert_true(number == 999999999999999999);
    assert_int_equal(*scan.at, ']');
    scan = scan_of("0,");
    assert_true(scan_integer(&scan, &number));
    assert_int_equal(number, 0);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        scan = scan_of(refused[i]);
        assert_false(scan_integer(&scan, &number));
    }
}

/* The same doubles as a whole parser reads, to the last bit. */
static void numbers_are_those_of_a_whole_parser(void **state)
{
    static const char *const numbers[] = {
        "0",
        "0.1",
        "1.005",
        "123456789012345",
        "1234567890123456",
        "0.000000000000001",
        "4.94065645841247e-324",
        "1.7976931348623157e308",
        "3.0000000000000004",
        "2.5E+10",
        "98765.4321",
        "1e5",
        "900719925474099.3",
    };
    static const char *const refused[] = {
        "", ".5", "1.", "1e", "-1", "00.1", "1.e3", "NaN", "Infinity", "0x10",
    };
    double number;

    (void)state;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct json_scan scan = scan_of(numbers[i]);
        json_t *parsed = json_loads(numbers[i], JSON_DECODE_ANY, NULL);

        assert_true(scan_number(&scan, &number));
        assert_int_equal(*scan.at, '\0');
        assert_true(number == json_number_value(parsed));
        json_decref(parsed);
    }
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct json_scan scan = scan_of(refused[i]);

        assert_false(scan_number(&scan, &number) && *scan.at == '\0');
    }
}

static void members_come_one_by_one(void **state)
{
    struct json_scan scan =
        scan_of("{\"a\":[1,{\"b\":null},\"x\",true,[]],\"c\":{}}");
    char *key;

    (void)state;
    assert_true(scan_token(&scan, '{'));
    assert_true(scan_key(&scan, true, &key));
    assert_string_equal(key, "a");
    assert_true(scan_skip(&scan));
    assert_true(scan_key(&scan, false, &key));
    assert_string_equal(key, "c");
    assert_true(scan_skip(&scan));
    assert_true(scan_key(&scan, false, &key));
    assert_null(key);
    assert_int_equal(*scan.at, '\0');
}

static void space_between_tokens_is_passed_over(void **state)
{
    struct json_scan scan = scan_of("{ \"a\" :\t[ 1 , 2.5 ,null , \"x y\" ] , "
                                    "\"b\" : { } }\r\n ");
    const char *end = scan.at + strlen(scan.at);
    int64_t integer;
    double number;
    char *string;

    (void)state;
    assert_true(scan_token(&scan, '{'));
    assert_true(scan_key(&scan, true, &string));
    assert_string_equal(string, "a");
    assert_true(scan_token(&scan, '['));
    assert_true(scan_integer(&scan, &integer));
    assert_true(scan_token(&scan, ','));
    assert_true(scan_number(&scan, &number));
    assert_true(scan_token(&scan, ','));
    assert_true(scan_null(&scan));
    assert_true(scan_token(&scan, ','));
    assert_true(scan_string(&scan, &string));
    assert_string_equal(string, "x y");
    assert_true(scan_token(&scan, ']'));
    assert_true(scan_key(&scan, false, &string));
    assert_true(scan_skip(&scan));
    assert_true(scan_key(&scan, false, &string));
    assert_null(string);
    assert_ptr_equal(scan.at, end);
}

static void a_number_is_not_two(void **state)
{
    struct json_scan scan = scan_of("1 2]");
    int64_t integer;

    (void)state;
    assert_true(scan_integer(&scan, &integer));
    assert_int_equal(integer, 1);
    assert_false(scan_token(&scan, ']'));
}

static void depth_is_bounded(void **state)
{
    struct json_scan scan = scan_of("[[[[[[[[[[[[1]]]]]]]]]]]]");

    (void)state;
    assert_false(scan_skip(&scan));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_plain_ascii),
        cmocka_unit_test(integers_are_whole_and_fit),
        cmocka_unit_test(numbers_are_those_of_a_whole_parser),
        cmocka_unit_test(members_come_one_by_one),
        cmocka_unit_test(space_between_tokens_is_passed_over),
        cmocka_unit_test(a_number_is_not_two),
        cmocka_unit_test(depth_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
