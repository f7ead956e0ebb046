/* Text in a buffer: what the files of /proc are made with. */
#include "guests/unikernel/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* A buffer with room to see what is written behind the text. */
struct buffer {
    char bytes[64];
    struct text text;
};

static void buffer_init(struct buffer *buffer, uint64_t size)
{
    memset(buffer->bytes, '~', sizeof(buffer->bytes));
    buffer->text = (struct text){.buffer = buffer->bytes, .size = size};
}

static void assert_text(const struct buffer *buffer, const char *expected)
{
    assert_int_equal(buffer->text.length, strlen(expected));
    assert_memory_equal(buffer->bytes, expected, strlen(expected));
    assert_int_equal(buffer->bytes[strlen(expected)], '~');
}

static void text_between_conversions_is_kept(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 60);
    text_format(&buffer.text, "a %s%c 100%%\n", "word", '!');
    text_format(&buffer.text, "more");
    assert_text(&buffer, "a word! 100%\nmore");
}

static void numbers_are_printed_in_full(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 60);
    text_format(&buffer.text, "%d %d %lu %lx %o", 0, -2147483647 - 1,
                18446744073709551615ul, 0xfeedul, 0755u);
    assert_text(&buffer, "0 -2147483648 18446744073709551615 feed 755");
}

static void the_lowest_number_is_negated_safely(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 60);
    text_format(&buffer.text, "%ld", -9223372036854775807l - 1);
    assert_text(&buffer, "-9223372036854775808");
}

static void a_width_fills_with_spaces_or_zeros(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 60);
    text_format(&buffer.text, "[%5u][%-5u][%05d][%3s][%-3s][%08lx][%2u]", 12u,
                12u, -12, "a", "b", 0xabcul, 12345u);
    assert_text(&buffer, "[   12][12   ][-0012][  a][b  ][00000abc][12345]");
}

static void what_does_not_fit_is_counted(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 5);
    text_format(&buffer.text, "%s%u", "abcd", 5678u);
    assert_int_equal(buffer.text.length, 8);
    assert_memory_equal(buffer.bytes, "abcd5~", 6);
    text_add(&buffer.text, "xyz", 3);
    assert_int_equal(buffer.text.length, 11);
    assert_memory_equal(buffer.bytes, "abcd5~", 6);
}

static void nothing_is_written_into_an_empty_buffer(void **state)
{
    struct text text = {0};

    (void)state;
    text_format(&text, "%d", 12345);
    assert_int_equal(text.length, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_between_conversions_is_kept),
        cmocka_unit_test(numbers_are_printed_in_full),
        cmocka_unit_test(the_lowest_number_is_negated_safely),
        cmocka_unit_test(a_width_fills_with_spaces_or_zeros),
        cmocka_unit_test(what_does_not_fit_is_counted),
        cmocka_unit_test(nothing_is_written_into_an_empty_buffer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
