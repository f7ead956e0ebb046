/* The guest's random generator, against the published ChaCha20 key stream. */
#include "guests/unikernel/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/*
 * Second half of the first block for a key, nonce and counter of zeros:
 * RFC 8439, appendix A.1, test vector 1.
 */
static const uint8_t zero_key_stream[32] = {
    0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48, 0x8d, 0x77, 0x24, 0xe0,
    0x3f, 0xb8, 0xd8, 0x4a, 0x37, 0x6a, 0x43, 0xb8, 0xf4, 0x15, 0x18,
    0xa1, 0x1c, 0xc3, 0x87, 0xb6, 0x69, 0xb2, 0xee, 0x65, 0x86,
};

static void the_first_bytes_are_chacha20(void **state)
{
    const uint8_t seed[32] = {0};
    uint8_t output[32];

    (void)state;
    random_init(seed);
    random_fill(output, sizeof(output));
    assert_memory_equal(output, zero_key_stream, sizeof(output));
}

static void the_key_is_replaced_after_each_block(void **state)
{
    const uint8_t seed[32] = {0};
    uint8_t first[32], second[32];

    (void)state;
    random_init(seed);
    random_fill(first, sizeof(first));
    random_fill(second, sizeof(second));
    assert_memory_not_equal(first, second, sizeof(first));
}

static void a_long_fill_does_not_repeat_itself(void **state)
{
    const uint8_t seed[32] = {1};
    uint8_t output[32 * 8];

    (void)state;
    random_init(seed);
    random_fill(output, sizeof(output));
    for (int i = 1; i < 8; i++)
        assert_memory_not_equal(output, output + i * 32, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_bytes_are_chacha20),
        cmocka_unit_test(the_key_is_replaced_after_each_block),
        cmocka_unit_test(a_long_fill_does_not_repeat_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
