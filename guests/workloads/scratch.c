/* The directory of files; see scratch.h. */
#include "scratch.h"

#include "random.h"
#include "report.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CHUNK_SIZE = 4096,
    DEPTH = 3, /* trees in it: a top, directories, files */
};

static const char *const places[] = {"/dev/shm", "/tmp"};

int scratch_failure(const char *what)
{
    return report_failure("%s: %s", what, strerror(errno));
}

static int is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Removes what is in an open directory, which it closes. */
static void empty(int directory, int depth)
{
    DIR *stream = fdopendir(directory);
    struct dirent *entry;

    if (stream == NULL) {
        close(directory);
        return;
    }
    while ((entry = readdir(stream)) != NULL) {
        int inner;

        if (is_dots(entry->d_name) ||
            unlinkat(directory, entry->d_name, 0) == 0 || depth == 0)
            continue;
        inner = openat(directory, entry->d_name,
                       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inner < 0)
            continue;
        empty(inner, depth - 1);
        unlinkat(directory, entry->d_name, AT_REMOVEDIR);
    }
    closedir(stream);
}

/* Nobody lives in a directory whose lock is free. */
static void remove_if_left(const char *place, const char *name)
{
    char path[PATH_MAX];
    int directory;

    snprintf(path, sizeof(path), "%s/%s", place, name);
    directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0)
        return;
    if (flock(directory, LOCK_EX | LOCK_NB) < 0) {
        close(directory);
        return;
    }
    empty(directory, DEPTH);
    rmdir(path);
}

static void remove_left(const char *place)
{
    DIR *stream = opendir(place);
    struct dirent *entry;

    while (stream != NULL && (entry = readdir(stream)) != NULL) {
        if (strncmp(entry->d_name, SCRATCH_PREFIX, strlen(SCRATCH_PREFIX)) == 0)
            remove_if_left(place, entry->d_name);
    }
    if (stream != NULL)
        closedir(stream);
}

static int enter(const char *place)
{
    char path[PATH_MAX];
    int directory;

    snprintf(path, sizeof(path), "%s/" SCRATCH_PREFIX "XXXXXX", place);
    if (mkdtemp(path) == NULL)
        return -1;
    directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0 || flock(directory, LOCK_EX | LOCK_NB) < 0 ||
        fchdir(directory) < 0) {
        rmdir(path);
        return -1;
    }
    return directory;
}

int scratch_enter(void)
{
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        int directory;

        remove_left(places[i]);
        directory = enter(places[i]);
        if (directory >= 0)
            return directory;
    }
    return report_failure("no place for files: neither /dev/shm nor /tmp can "
                          "be written to: %s",
                          strerror(errno));
}

void scratch_leave(int directory)
{
    char path[PATH_MAX];

    if (getcwd(path, sizeof(path)) != NULL &&
        strstr(path, "/" SCRATCH_PREFIX) != NULL) {
        empty(dup(directory), DEPTH);
        rmdir(path);
    }
    close(directory);
}

int scratch_file(const char *name, size_t size)
{
    int file = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    uint64_t state = 0, words[CHUNK_SIZE / 8];

    if (file < 0)
        return scratch_failure("cannot make a file");
    for (size_t done = 0; done < size; done += CHUNK_SIZE) {
        for (size_t i = 0; i < CHUNK_SIZE / 8; i++)
            words[i] = random_next(&state);
        if (write_all(file, (const char *)words, CHUNK_SIZE) < 0) {
            scratch_failure("cannot fill a file");
            close(file);
            return -1;
        }
    }
    return file;
}
