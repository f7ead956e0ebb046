/*
 * getrandom: 32 random bytes from the platform, as a program asks for a key.
 * By the system call itself: a C library may buffer, or find a shortcut. One
 * operation is one call.
 */
#include "measure.h"
#include "sha256.h"
#include "workload.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    KEY_SIZE = 32,
    VERIFIED_KEYS = 64,
};

static void run_batch(void *state, uint64_t iterations)
{
    for (; iterations > 0; iterations--)
        syscall(SYS_getrandom, state, KEY_SIZE, 0);
}

/*
 * The result: whether each call filled the key with something else than
 * before. The bytes themselves are nobody's to foretell.
 */
static int verify(struct report *report)
{
    uint8_t key[KEY_SIZE] = {0}, former[KEY_SIZE], digest[SHA256_DIGEST_SIZE];
    struct sha256 hash;

    sha256_start(&hash);
    for (int i = 0; i < VERIFIED_KEYS; i++) {
        memcpy(former, key, KEY_SIZE);
        if (syscall(SYS_getrandom, key, KEY_SIZE, 0) != KEY_SIZE)
            return report_failure("getrandom: %s", strerror(errno));
        sha256_add_u64(&hash, memcmp(former, key, KEY_SIZE) != 0);
    }
    sha256_finish(&hash, digest);
    report_result(report, digest);
    return 0;
}

static int run(const uint64_t *values, struct report *report)
{
    uint8_t key[KEY_SIZE] = {0};

    if (measure_and_report(&(struct batch){run_batch, key}, values, report) < 0)
        return -1;
    return verify(report);
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {0},
};

const struct workload getrandom_workload = {
    .name = "getrandom",
    .group = "kernel",
    .summary = "32 random bytes",
    .options = options,
    .run = run,
};
