/*
 * file-create and directory-walk: names, where the two above are contents.
 *
 * file-create makes a file, writes 4 KiB to it, closes it and removes it; one
 * operation is all of that. directory-walk reads 16 directories of 32 files
 * and asks each entry for its status, as find and du do; one operation is one
 * entry. The files are in memory (scratch.h).
 */
#include "measure.h"
#include "scratch.h"
#include "sha256.h"
#include "workload.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CONTENT_SIZE = 4096,
    DIRECTORIES = 16,
    FILES = 32, /* in each directory; file number n has n bytes */
    ENTRIES = DIRECTORIES * (FILES + 1),
    VERIFIED_FILES = 64,
    NAME_SIZE = 32,
};

struct names {
    uint64_t count;          /* files made, or entries seen */
    uint64_t bytes;          /* of their sizes */
    uint64_t checksum;       /* of their names, in whatever order */
    char file[CONTENT_SIZE]; /* what is written */
    int failed;
};

static int make_file(const char *name, const void *content, size_t size)
{
    int file = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (file < 0)
        return -1;
    if (size > 0 && write(file, content, size) != (ssize_t)size) {
        close(file);
        return -1;
    }
    return close(file);
}

static void create_batch(void *state, uint64_t iterations)
{
    struct names *names = state;

    for (; iterations > 0 && !names->failed; iterations--) {
        if (make_file("made", names->file, CONTENT_SIZE) < 0 ||
            unlink("made") < 0)
            names->failed = scratch_failure("cannot make or remove a file");
        names->count++;
    }
}

/* The result: what stands in 64 files, that they are there, and then gone. */
static int create_verify(struct names *names, struct report *report)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    char content[CONTENT_SIZE];
    struct sha256 hash;

    sha256_start(&hash);
    for (int i = 0; i < VERIFIED_FILES; i++) {
        int file;

        memset(names->file, i, CONTENT_SIZE);
        if (make_file("made", names->file, CONTENT_SIZE) < 0 ||
            (file = open("made", O_RDONLY | O_CLOEXEC)) < 0)
            return scratch_failure("cannot make a file");
        if (read(file, content, CONTENT_SIZE) != CONTENT_SIZE)
            return scratch_failure("cannot read a file");
        sha256_add(&hash, content, CONTENT_SIZE);
        close(file);
        sha256_add_u64(&hash, unlink("made") == 0 && access("made", F_OK) < 0);
    }
    sha256_finish(&hash, digest);
    report_result(report, digest);
    return 0;
}

static int make_tree(struct names *names)
{
    char name[NAME_SIZE];

    for (int i = 0; i < DIRECTORIES; i++) {
        snprintf(name, sizeof(name), "directory-%02d", i);
        if (mkdir(name, 0700) < 0)
            return scratch_failure("cannot make a directory");
        for (int j = 0; j < FILES; j++) {
            snprintf(name, sizeof(name), "directory-%02d/file-%02d", i, j);
            if (make_file(name, names->file, (size_t)j) < 0)
                return scratch_failure("cannot make a file");
        }
    }
    return 0;
}

/* FNV-1a; sums of it do not depend on the order of a directory's entries. */
static uint64_t name_hash(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (; *name != '\0'; name++)
        hash = (hash ^ (uint8_t)*name) * 0x100000001b3u;
    return hash;
}

static int walk(struct names *names, int parent, const char *name)
{
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = directory < 0 ? NULL : fdopendir(directory);
    struct dirent *entry;
    struct stat status;
    int result = stream == NULL ? -1 : 0;

    while (result == 0 && (entry = readdir(stream)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        result =
            fstatat(directory, entry->d_name, &status, AT_SYMLINK_NOFOLLOW);
        if (result < 0)
            break;
        names->count++;
        names->checksum += name_hash(entry->d_name);
        if (S_ISDIR(status.st_mode))
            result = walk(names, directory, entry->d_name);
        else
            names->bytes += (uint64_t)status.st_size;
    }
    if (stream != NULL)
        closedir(stream);
    return result;
}

static void walk_batch(void *state, uint64_t iterations)
{
    struct names *names = state;

    for (; iterations > 0 && !names->failed; iterations--) {
        if (walk(names, AT_FDCWD, ".") < 0)
            names->failed = scratch_failure("cannot walk a directory");
    }
}

/* The result: how many entries one walk sees, their sizes and names. */
static int walk_verify(struct names *names, struct report *report)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256 hash;

    names->count = names->bytes = names->checksum = 0;
    walk_batch(names, 1);
    sha256_start(&hash);
    sha256_add_u64(&hash, names->count);
    sha256_add_u64(&hash, names->bytes);
    sha256_add_u64(&hash, names->checksum);
    sha256_finish(&hash, digest);
    report_result(report, digest);
    return names->failed;
}

static int measure_names(void (*batch)(void *, uint64_t), uint64_t operations,
                         struct names *names, const uint64_t *values,
                         struct report *report)
{
    struct measurement measurement;

    if (report_ready() < 0 ||
        measure(&(struct batch){batch, names}, values, &measurement) < 0)
        return -1;
    report_metric(report, "time_per_operation",
                  measured_ns(&measurement, (double)operations), "ns");
    report_iterations(report, &measurement, operations);
    return names->failed ? -1 : 0;
}

static int run_create(const uint64_t *values, struct report *report)
{
    static struct names names;
    int directory = scratch_enter(), status;

    if (directory < 0)
        return -1;
    status = measure_names(create_batch, 1, &names, values, report);
    if (status == 0)
        status = create_verify(&names, report);
    scratch_leave(directory);
    return status;
}

static int run_walk(const uint64_t *values, struct report *report)
{
    static struct names names;
    int directory = scratch_enter(), status;

    if (directory < 0)
        return -1;
    status = make_tree(&names);
    if (status == 0)
        status = measure_names(walk_batch, ENTRIES, &names, values, report);
    if (status == 0)
        status = walk_verify(&names, report);
    scratch_leave(directory);
    return status;
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {0},
};

const struct workload file_create_workload = {
    .name = "file-create",
    .group = "files",
    .summary = "Making and removing a file",
    .options = options,
    .run = run_create,
};

const struct workload directory_walk_workload = {
    .name = "directory-walk",
    .group = "files",
    .summary = "Walking directories",
    .options = options,
    .run = run_walk,
};
