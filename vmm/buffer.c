/*
 * Growing bytes; see buffer.h. Growth moves page tables, not bytes: an
 * archive of a root file system may be hundreds of megabytes.
 * Source: mremap(2).
 */
#include "vmm/buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    SMALLEST = 1 << 20, /* bytes, a power of two */
    READ_SIZE = 64 << 10,
};

struct buffer buffer_borrow(void *data, size_t capacity)
{
    return (struct buffer){
        .data = data,
        .capacity = capacity,
        .borrowed = true,
    };
}

struct buffer buffer_in_file(int file)
{
    return (struct buffer){.in_file = true, .file = file};
}

static void *map_first(const struct buffer *buffer, size_t capacity)
{
    const int flags = buffer->in_file
                          ? MAP_SHARED
                          : MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

    return mmap(NULL, capacity, PROT_READ | PROT_WRITE, flags,
                buffer->in_file ? buffer->file : -1, 0);
}

/*
 * Allocated, not only longer: a full disk is an error here, no SIGBUS. A tmpfs
 * lets signals interrupt it, of which some mean nothing.
 */
static int allocate(int file, size_t size)
{
    int code;

    do {
        code = posix_fallocate(file, 0, (off_t)size);
    } while (code == EINTR);
    return -code;
}

static int grow(struct buffer *buffer, size_t needed)
{
    size_t capacity = buffer->capacity > 0 ? buffer->capacity : SMALLEST;
    void *data;

    while (capacity < needed) {
        if (__builtin_mul_overflow(capacity, (size_t)2, &capacity))
            return -ENOMEM;
    }
    if (buffer->in_file) {
        int status = allocate(buffer->file, capacity);

        if (status < 0)
            return status;
    }
    if (buffer->data == NULL)
        data = map_first(buffer, capacity);
    else
        data = mremap(buffer->data, buffer->capacity, capacity, MREMAP_MAYMOVE);
    if (data == MAP_FAILED)
        return -ENOMEM;
    buffer->data = data;
    buffer->capacity = capacity;
    return 0;
}

int buffer_extend(struct buffer *buffer, size_t size, char **added)
{
    size_t end;
    int status = 0;

    if (__builtin_add_overflow(buffer->size, size, &end))
        return -ENOMEM;
    if (end > buffer->capacity)
        status = buffer->borrowed ? -ENOSPC : grow(buffer, end);
    if (status < 0)
        return status;
    *added = buffer->data + buffer->size;
    buffer->size = end;
    return 0;
}

int buffer_read(struct buffer *buffer, int fd, size_t limit)
{
    const size_t start = buffer->size;

    for (;;) {
        char *at;
        ssize_t n;
        int status = buffer_extend(buffer, READ_SIZE, &at);

        if (status < 0)
            return status;
        do {
            n = read(fd, at, READ_SIZE);
        } while (n < 0 && errno == EINTR);
        buffer->size -= READ_SIZE - (n > 0 ? (size_t)n : 0);
        if (n <= 0)
            return n < 0 ? -errno : 0;
        if (buffer->size - start > limit)
            return -EFBIG;
    }
}

void buffer_release(struct buffer *buffer)
{
    if (buffer->data != NULL && !buffer->borrowed)
        munmap(buffer->data, buffer->capacity);
    *buffer = (struct buffer){0};
}
