/* A sum that finds accidents, not enemies: FNV-1a over 64-bit words. */
#ifndef RINGSIDE_VMM_CHECKSUM_H
#define RINGSIDE_VMM_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#define CHECKSUM_START 0xcbf29ce484222325

/*
 * Adds the bytes to a sum that begins as CHECKSUM_START; a last word that is
 * not full counts as if zeros followed. Returns the new sum.
 */
uint64_t checksum_add(uint64_t sum, const void *data, size_t size);

#endif
