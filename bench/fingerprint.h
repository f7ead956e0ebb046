/*
 * The fingerprint of the host: everything that a reader needs in order to
 * judge whether two sets of figures may be compared, and nothing that changes
 * from run to run (load, free memory, uptime), so that its digest is the same
 * for the same machine in the same state. A fact that could not be had is
 * present as null.
 *
 * Links with -lnettle (SHA-256) and -ljansson.
 */
#ifndef RINGSIDE_BENCH_FINGERPRINT_H
#define RINGSIDE_BENCH_FINGERPRINT_H

#include "oci/error.h"

#include <jansson.h>
#include <nettle/sha2.h>

enum { SHA256_HEX_SIZE = 65 }; /* 64 lower-case digits and the terminator */

/*
 * Collects every fact. Never fails for want of a fact; NULL only when memory
 * is out. The caller owns the object.
 */
json_t *fingerprint_collect(void);

/*
 * SHA-256 of the object's canonical text: compact JSON with sorted keys.
 * Errors: -ENOMEM.
 */
int fingerprint_digest(const json_t *host, char hex[SHA256_HEX_SIZE]);

/* Ends a computation. */
void sha256_to_hex(struct sha256_ctx *context, char hex[SHA256_HEX_SIZE]);

/*
 * SHA-256 of a file's bytes. Errors: the errno of open or read, with error
 * set; -EISDIR and -EINVAL for what is no regular file.
 */
int sha256_file(const char *path, char hex[SHA256_HEX_SIZE],
                struct error *error);

#endif
