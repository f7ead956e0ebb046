/*
 * archive: what tar does, and with it package managers and builds: 32 files
 * in 4 directories are written into one archive, the archive is unpacked into
 * fresh directories, both are removed. Opening, reading, writing, naming and
 * removing in one. The files are in memory (scratch.h). One operation is one
 * file, there and back.
 */
#include "measure.h"
#include "random.h"
#include "scratch.h"
#include "sha256.h"
#include "workload.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DIRECTORIES = 4,
    FILES = 8, /* in each */
    ALL_FILES = DIRECTORIES * FILES,
    LARGEST = 8192,
    NAME_SIZE = 32,
};

/* Stands before each file in the archive. */
struct head {
    char name[NAME_SIZE]; /* below the tree's top */
    uint64_t size;
};

struct packing {
    uint8_t content[LARGEST];
    int failed;
};

static int fails(struct packing *packing, const char *what)
{
    packing->failed = scratch_failure(what);
    return -1;
}

static void name_file(char name[NAME_SIZE], int number)
{
    snprintf(name, NAME_SIZE, "d%d/f%d", number / FILES, number % FILES);
}

static int make_directories(struct packing *packing, const char *top)
{
    char path[2 * NAME_SIZE];

    if (mkdir(top, 0700) < 0)
        return fails(packing, "cannot make a directory");
    for (int i = 0; i < DIRECTORIES; i++) {
        snprintf(path, sizeof(path), "%s/d%d", top, i);
        if (mkdir(path, 0700) < 0)
            return fails(packing, "cannot make a directory");
    }
    return 0;
}

static int write_file(struct packing *packing, const char *top,
                      const char *name, size_t size)
{
    char path[2 * NAME_SIZE];
    int file, result;

    snprintf(path, sizeof(path), "%s/%s", top, name);
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return fails(packing, "cannot make a file");
    result = write(file, packing->content, size) == (ssize_t)size ? 0 : -1;
    close(file);
    return result < 0 ? fails(packing, "cannot write a file") : 0;
}

/* The tree that is packed: sizes and contents drawn from 0. */
static int make_tree(struct packing *packing, const char *top)
{
    uint64_t random = 0;

    if (make_directories(packing, top) < 0)
        return -1;
    for (int i = 0; i < ALL_FILES; i++) {
        size_t size = (size_t)random_below(&random, LARGEST + 1);
        char name[NAME_SIZE];

        memset(packing->content, 'a' + i % 26, size);
        name_file(name, i);
        if (write_file(packing, top, name, size) < 0)
            return -1;
    }
    return 0;
}

/* Adds one file, which it asks for its size, as tar does. */
static int pack_file(struct packing *packing, const char *top, int number,
                     int archive)
{
    struct head head = {0};
    char path[2 * NAME_SIZE];
    struct stat status;
    int file, result = -1;

    name_file(head.name, number);
    snprintf(path, sizeof(path), "%s/%s", top, head.name);
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &status) < 0)
        return fails(packing, "cannot open a file");
    head.size = (uint64_t)status.st_size;
    if (status.st_size <= LARGEST &&
        read(file, packing->content, head.size) == status.st_size &&
        write(archive, &head, sizeof(head)) == sizeof(head) &&
        write(archive, packing->content, head.size) == status.st_size)
        result = 0;
    close(file);
    return result < 0 ? fails(packing, "cannot pack a file") : 0;
}

static int pack(struct packing *packing, const char *top)
{
    int archive =
        open("archive", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int result = archive < 0 ? fails(packing, "cannot make a file") : 0;

    for (int i = 0; result == 0 && i < ALL_FILES; i++)
        result = pack_file(packing, top, i, archive);
    if (archive >= 0)
        close(archive);
    return result;
}

static int unpack(struct packing *packing, const char *top)
{
    int archive = open("archive", O_RDONLY | O_CLOEXEC), result;
    struct head head;

    if (archive < 0)
        return fails(packing, "cannot open the archive");
    result = make_directories(packing, top);
    while (result == 0 && read(archive, &head, sizeof(head)) == sizeof(head)) {
        if (head.size > LARGEST ||
            read(archive, packing->content, head.size) != (ssize_t)head.size)
            result = fails(packing, "cannot unpack a file");
        else
            result = write_file(packing, top, head.name, head.size);
    }
    close(archive);
    return result;
}

static int remove_tree(struct packing *packing, const char *top)
{
    char path[2 * NAME_SIZE], name[NAME_SIZE];
    int result = 0;

    for (int i = 0; i < ALL_FILES; i++) {
        name_file(name, i);
        snprintf(path, sizeof(path), "%s/%s", top, name);
        result |= unlink(path);
    }
    for (int i = 0; i < DIRECTORIES; i++) {
        snprintf(path, sizeof(path), "%s/d%d", top, i);
        result |= rmdir(path);
    }
    return (result | rmdir(top)) < 0 ? fails(packing, "cannot remove a tree")
                                     : 0;
}

static void run_batch(void *state, uint64_t iterations)
{
    struct packing *packing = state;

    for (; iterations > 0 && !packing->failed; iterations--) {
        if (pack(packing, "packed") == 0 && unpack(packing, "unpacked") == 0 &&
            remove_tree(packing, "unpacked") == 0 && unlink("archive") < 0)
            fails(packing, "cannot remove the archive");
    }
}

/* The result: names, sizes and contents of a tree that went there and back. */
static int verify(struct packing *packing, struct report *report)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256 hash;
    struct head head;
    int archive;

    if (pack(packing, "packed") < 0 || unpack(packing, "unpacked") < 0 ||
        pack(packing, "unpacked") < 0)
        return -1;
    archive = open("archive", O_RDONLY | O_CLOEXEC);
    sha256_start(&hash);
    while (read(archive, &head, sizeof(head)) == sizeof(head) &&
           head.size <= LARGEST &&
           read(archive, packing->content, head.size) == (ssize_t)head.size) {
        sha256_add(&hash, head.name, sizeof(head.name));
        sha256_add_u64(&hash, head.size);
        sha256_add(&hash, packing->content, head.size);
    }
    close(archive);
    sha256_finish(&hash, digest);
    report_result(report, digest);
    return 0;
}

static int measure_packing(struct packing *packing, const uint64_t *values,
                           struct report *report)
{
    struct measurement measurement;

    if (make_tree(packing, "packed") < 0 || report_ready() < 0 ||
        measure(&(struct batch){run_batch, packing}, values, &measurement) < 0)
        return -1;
    report_metric(report, "time_per_operation",
                  measured_ns(&measurement, ALL_FILES), "ns");
    report_iterations(report, &measurement, ALL_FILES);
    return packing->failed ? -1 : verify(packing, report);
}

static int run(const uint64_t *values, struct report *report)
{
    static struct packing packing;
    int directory = scratch_enter(), status;

    if (directory < 0)
        return -1;
    status = measure_packing(&packing, values, report);
    scratch_leave(directory);
    return status;
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {0},
};

const struct workload archive_workload = {
    .name = "archive",
    .group = "macro",
    .summary = "Files packed and unpacked",
    .options = options,
    .run = run,
};
