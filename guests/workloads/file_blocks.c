/*
 * file-read, file-write and file-sync: blocks of 4 KiB at random places of a
 * file of 4 MiB. The file is in memory (scratch.h): what is measured is the
 * way to it through the platform, not a disk. For the same reason fsync has
 * nothing to write; file-sync shows what asking for it costs. One operation
 * is one block.
 */
#include "measure.h"
#include "memory.h"
#include "random.h"
#include "scratch.h"
#include "sha256.h"
#include "workload.h"

#include <unistd.h>

enum {
    FILE_SIZE = 4 * MIB,
    BLOCK_SIZE = 4096,
    BLOCKS = FILE_SIZE / BLOCK_SIZE,
    VERIFIED_BLOCKS = 64,
};

struct file_access {
    /* Does one block; returns -1 with errno. */
    int (*block)(struct file_access *access, uint64_t number);
    int file;
    uint64_t random;
    uint64_t buffer[BLOCK_SIZE / 8];
    int failed;
};

static int read_block(struct file_access *access, uint64_t number)
{
    off_t at = (off_t)number * BLOCK_SIZE;

    return pread(access->file, access->buffer, BLOCK_SIZE, at) == BLOCK_SIZE
               ? 0
               : -1;
}

/* Each block gets a number of its own at its beginning. */
static int write_block(struct file_access *access, uint64_t number)
{
    off_t at = (off_t)number * BLOCK_SIZE;

    access->buffer[0] = access->random;
    return pwrite(access->file, access->buffer, BLOCK_SIZE, at) == BLOCK_SIZE
               ? 0
               : -1;
}

static int sync_block(struct file_access *access, uint64_t number)
{
    return write_block(access, number) < 0 ? -1 : fsync(access->file);
}

static void do_blocks(struct file_access *access, uint64_t count)
{
    for (; count > 0 && !access->failed; count--) {
        uint64_t number = random_below(&access->random, BLOCKS);

        if (access->block(access, number) < 0)
            access->failed = scratch_failure("cannot read or write a block");
    }
}

static void run_batch(void *state, uint64_t iterations)
{
    do_blocks(state, iterations);
}

/* Reads the blocks again that were done from the known start. */
static int read_again(struct file_access *access, struct sha256 *hash)
{
    uint64_t random = 0;

    for (int i = 0; i < VERIFIED_BLOCKS; i++) {
        if (read_block(access, random_below(&random, BLOCKS)) < 0)
            return scratch_failure("cannot read a block");
        sha256_add(hash, access->buffer, BLOCK_SIZE);
    }
    return 0;
}

/*
 * The result: 64 blocks from a known start, on a file that is new, and what
 * stands there afterwards.
 */
static int verify(struct file_access *access, struct report *report)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256 hash;

    close(access->file);
    access->file = scratch_file("blocks", FILE_SIZE);
    if (access->file < 0)
        return -1;
    *access =
        (struct file_access){.block = access->block, .file = access->file};
    sha256_start(&hash);
    for (int i = 0; i < VERIFIED_BLOCKS; i++) {
        do_blocks(access, 1);
        sha256_add(&hash, access->buffer, BLOCK_SIZE);
    }
    if (read_again(access, &hash) < 0)
        return -1;
    sha256_finish(&hash, digest);
    report_result(report, digest);
    return access->failed;
}

static int run(int (*block)(struct file_access *, uint64_t),
               const uint64_t *values, struct report *report)
{
    static struct file_access access;
    int directory = scratch_enter(), status = -1;

    if (directory < 0)
        return -1;
    access.block = block;
    access.file = scratch_file("blocks", FILE_SIZE);
    if (access.file >= 0)
        status = measure_and_report(&(struct batch){run_batch, &access}, values,
                                    report);
    if (status == 0)
        status = access.failed ? -1 : verify(&access, report);
    scratch_leave(directory);
    return status;
}

static int run_read(const uint64_t *values, struct report *report)
{
    return run(read_block, values, report);
}

static int run_write(const uint64_t *values, struct report *report)
{
    return run(write_block, values, report);
}

static int run_sync(const uint64_t *values, struct report *report)
{
    return run(sync_block, values, report);
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {0},
};

const struct workload file_read_workload = {
    .name = "file-read",
    .group = "files",
    .summary = "Reading 4 KiB of a file",
    .options = options,
    .run = run_read,
};

const struct workload file_write_workload = {
    .name = "file-write",
    .group = "files",
    .summary = "Writing 4 KiB of a file",
    .options = options,
    .run = run_write,
};

const struct workload file_sync_workload = {
    .name = "file-sync",
    .group = "files",
    .summary = "Writing 4 KiB and fsync",
    .options = options,
    .run = run_sync,
};
