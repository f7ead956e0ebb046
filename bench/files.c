/* Small files of the kernel; see files.h for the contract. */
#include "bench/files.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <string.h>

ssize_t file_read_fd(int fd, char *buffer, size_t size)
{
    size_t used = 0;

    while (used < size - 1) {
        ssize_t n = pread(fd, buffer + used, size - 1 - used, (off_t)used);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        used += (size_t)n;
    }
    buffer[used] = '\0';
    return (ssize_t)used;
}

ssize_t file_read(const char *path, char *buffer, size_t size)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    return file_read_fd(fd, buffer, size);
}

static int parse_number(const char *text, int64_t *number)
{
    char *end;
    long long value;

    errno = 0;
    value = strtoll(text, &end, 10);
    if (errno != 0 || end == text)
        return -EINVAL;
    *number = value;
    return 0;
}

int file_read_number(const char *path, int64_t *number)
{
    char text[64];
    ssize_t n = file_read(path, text, sizeof(text));

    return n < 0 ? (int)n : parse_number(text, number);
}

int file_write(const char *path, const char *text)
{
    _cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);
    size_t length = strlen(text);
    ssize_t n;

    if (fd < 0)
        return -errno;
    n = write(fd, text, length);
    if (n < 0)
        return -errno;
    return (size_t)n == length ? 0 : -EIO;
}

int field_number(const char *text, const char *key, int64_t *number)
{
    size_t length = strlen(key);

    for (const char *line = text; line != NULL && *line != '\0';) {
        if (strncmp(line, key, length) == 0 &&
            strchr(" \t:", line[length]) != NULL && line[length] != '\0') {
            const char *value = line + length;

            value += strspn(value, " \t:");
            return parse_number(value, number) < 0 ? -ENOENT : 0;
        }
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    return -ENOENT;
}
