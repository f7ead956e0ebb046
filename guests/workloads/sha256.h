/*
 * SHA-256, to fold what a workload computed into one digest, and as a
 * workload itself. Plain C: no platform gets to use better instructions than
 * another. Source: FIPS 180-4.
 */
#ifndef RINGSIDE_WORKLOAD_SHA256_H
#define RINGSIDE_WORKLOAD_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum {
    SHA256_BLOCK_SIZE = 64,
    SHA256_DIGEST_SIZE = 32,
};

struct sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    uint8_t block[SHA256_BLOCK_SIZE];
};

void sha256_start(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *data, size_t size);
void sha256_finish(struct sha256 *hash, uint8_t digest[SHA256_DIGEST_SIZE]);

/* Adds numbers in little-endian order, whatever the machine's. */
void sha256_add_u64(struct sha256 *hash, uint64_t number);

#endif
