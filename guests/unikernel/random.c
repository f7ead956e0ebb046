/*
 * A ChaCha20 generator with fast key erasure: each block of output replaces
 * the key by its first half and gives out the second.
 * Source: RFC 8439, 2.3 (block function).
 */
#include "guests/unikernel/random.h"

#include "guests/unikernel/string.h"

enum { KEY_SIZE = 32, BLOCK_SIZE = 64, ROUNDS = 10 };

static uint32_t key[KEY_SIZE / 4];

static uint32_t rotate(uint32_t value, int bits)
{
    return value << bits | value >> (32 - bits);
}

static void quarter_round(uint32_t *x, int a, int b, int c, int d)
{
    x[a] += x[b];
    x[d] = rotate(x[d] ^ x[a], 16);
    x[c] += x[d];
    x[b] = rotate(x[b] ^ x[c], 12);
    x[a] += x[b];
    x[d] = rotate(x[d] ^ x[a], 8);
    x[c] += x[d];
    x[b] = rotate(x[b] ^ x[c], 7);
}

static void chacha_block(uint32_t output[BLOCK_SIZE / 4])
{
    uint32_t input[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

    memcpy(&input[4], key, KEY_SIZE);
    memcpy(output, input, BLOCK_SIZE);
    for (int i = 0; i < ROUNDS; i++) {
        quarter_round(output, 0, 4, 8, 12);
        quarter_round(output, 1, 5, 9, 13);
        quarter_round(output, 2, 6, 10, 14);
        quarter_round(output, 3, 7, 11, 15);
        quarter_round(output, 0, 5, 10, 15);
        quarter_round(output, 1, 6, 11, 12);
        quarter_round(output, 2, 7, 8, 13);
        quarter_round(output, 3, 4, 9, 14);
    }
    for (int i = 0; i < 16; i++)
        output[i] += input[i];
}

void random_init(const uint8_t seed[32])
{
    memcpy(key, seed, KEY_SIZE);
}

void random_fill(void *buffer, size_t length)
{
    uint8_t *to = buffer;

    while (length > 0) {
        uint32_t block[BLOCK_SIZE / 4];
        size_t part = length < KEY_SIZE ? length : KEY_SIZE;

        chacha_block(block);
        memcpy(key, block, KEY_SIZE);
        memcpy(to, &block[KEY_SIZE / 4], part);
        to += part;
        length -= part;
    }
}
