/* SHA-256 of the workloads against the published vectors. */
#include "guests/workloads/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void assert_digest(const struct sha256 *hash, const char *expected)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    char text[2 * SHA256_DIGEST_SIZE + 1];
    struct sha256 copy = *hash;

    sha256_finish(&copy, digest);
    for (size_t i = 0; i < SHA256_DIGEST_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(text, expected);
}

static void assert_text_digest(const char *text, const char *expected)
{
    struct sha256 hash;

    sha256_start(&hash);
    sha256_add(&hash, text, strlen(text));
    assert_digest(&hash, expected);
}

/* NIST, "Examples with Intermediate Values", SHA256.pdf; the empty text from
 * the CAVS short message vectors. */
static void short_texts_have_the_published_digests(void **state)
{
    (void)state;
    assert_text_digest("", "e3b0c44298fc1c149afbf4c8996fb924"
                           "27ae41e4649b934ca495991b7852b855");
    assert_text_digest("abc", "ba7816bf8f01cfea414140de5dae2223"
                              "b00361a396177a9cb410ff61f20015ad");
    assert_text_digest(
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void a_million_a_have_the_published_digest(void **state)
{
    struct sha256 hash;
    char block[1000];

    (void)state;
    memset(block, 'a', sizeof(block));
    sha256_start(&hash);
    for (int i = 0; i < 1000; i++)
        sha256_add(&hash, block, sizeof(block));
    assert_digest(&hash, "cdc76e5c9914fb9281a1c7e284d73e67"
                         "f1809a48a497200e046d39ccc7112cd0");
}

/* Around the block size and the padding, however the data is cut up. */
static void pieces_add_up_to_the_whole(void **state)
{
    uint8_t data[3 * SHA256_BLOCK_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 7);
    for (size_t size = 0; size <= sizeof(data); size++) {
        uint8_t whole[SHA256_DIGEST_SIZE], pieces[SHA256_DIGEST_SIZE];
        struct sha256 hash;

        sha256_start(&hash);
        sha256_add(&hash, data, size);
        sha256_finish(&hash, whole);

        sha256_start(&hash);
        sha256_add(&hash, data, size / 3);
        sha256_add(&hash, data + size / 3, size - size / 3);
        sha256_finish(&hash, pieces);
        assert_memory_equal(whole, pieces, sizeof(whole));
    }
}

static void numbers_are_added_in_little_endian_order(void **state)
{
    static const uint8_t bytes[] = {8, 7, 6, 5, 4, 3, 2, 1};
    uint8_t number[SHA256_DIGEST_SIZE], plain[SHA256_DIGEST_SIZE];
    struct sha256 hash;

    (void)state;
    sha256_start(&hash);
    sha256_add_u64(&hash, 0x0102030405060708u);
    sha256_finish(&hash, number);
    sha256_start(&hash);
    sha256_add(&hash, bytes, sizeof(bytes));
    sha256_finish(&hash, plain);
    assert_memory_equal(number, plain, sizeof(number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_texts_have_the_published_digests),
        cmocka_unit_test(a_million_a_have_the_published_digest),
        cmocka_unit_test(pieces_add_up_to_the_whole),
        cmocka_unit_test(numbers_are_added_in_little_endian_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
