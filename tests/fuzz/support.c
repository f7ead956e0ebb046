/* Files, directories and input for the fuzz targets; see fuzz.h. */
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { NAMES_MAX = 8 };

static int directory = -1;
static char path[] = "/dev/shm/ringside-fuzz-XXXXXX";
static const char *names[NAMES_MAX]; /* that were written to the directory */

_Noreturn void fuzz_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

static void replace(int fd, const uint8_t *data, size_t size)
{
    fuzz_require(ftruncate(fd, 0) == 0);
    for (size_t done = 0; done < size;) {
        ssize_t moved = pwrite(fd, data + done, size - done, (off_t)done);

        fuzz_require(moved > 0);
        done += (size_t)moved;
    }
}

int fuzz_file(const uint8_t *data, size_t size)
{
    static int fd = -1;

    if (fd < 0)
        fd = memfd_create("input", MFD_CLOEXEC);
    fuzz_require(fd >= 0);
    replace(fd, data, size);
    return fd;
}

const char *fuzz_file_path(const uint8_t *data, size_t size)
{
    static char file[32];

    snprintf(file, sizeof(file), "/proc/self/fd/%d", fuzz_file(data, size));
    return file;
}

static void remove_directory(void)
{
    for (int i = 0; i < NAMES_MAX && names[i] != NULL; i++)
        unlinkat(directory, names[i], 0);
    rmdir(path);
}

const char *fuzz_directory(void)
{
    if (directory < 0) {
        fuzz_require(mkdtemp(path) != NULL);
        directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        fuzz_require(directory >= 0);
        atexit(remove_directory);
    }
    return path;
}

void fuzz_write(const char *name, const uint8_t *data, size_t size)
{
    static int fds[NAMES_MAX];
    int i = 0;

    fuzz_directory();
    while (names[i] != NULL && strcmp(names[i], name) != 0)
        fuzz_require(++i < NAMES_MAX);
    if (names[i] == NULL) {
        names[i] = name;
        fds[i] = openat(directory, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        fuzz_require(fds[i] >= 0);
    }
    replace(fds[i], data, size);
}

void fuzz_silence(void)
{
    static bool done;
    int null;

    if (done)
        return;
    done = true;
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    fuzz_require(null >= 0);
    fuzz_require(dup2(null, STDOUT_FILENO) >= 0);
    fuzz_require(dup2(null, STDIN_FILENO) >= 0);
}

uint64_t fuzz_take(struct fuzz_input *input, unsigned int bytes)
{
    uint64_t value = 0;

    for (unsigned int i = 0; i < bytes && input->size > 0; i++) {
        value |= (uint64_t)*input->data << 8 * i;
        input->data++;
        input->size--;
    }
    return value;
}

const uint8_t *fuzz_take_bytes(struct fuzz_input *input, size_t size,
                               size_t *taken)
{
    const uint8_t *bytes = input->data;

    *taken = size < input->size ? size : input->size;
    input->data += *taken;
    input->size -= *taken;
    return bytes;
}
