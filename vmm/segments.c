/* Reading and writing through the pieces of a chain; see virtqueue.h. */
#include "vmm/virtqueue.h"

#include <string.h>

/* Advances within the first piece, or past it. */
static void advance(struct segments *segments, size_t size)
{
    struct iovec *first = segments->first;

    first->iov_base = (char *)first->iov_base + size;
    first->iov_len -= size;
    segments->size -= size;
    if (first->iov_len == 0) {
        segments->first++;
        segments->count--;
    }
}

/* What can be taken in one piece from the front, size at most. */
static size_t first_piece(const struct segments *segments, size_t size)
{
    size_t piece = segments->first->iov_len;

    return piece < size ? piece : size;
}

size_t segments_read(struct segments *segments, void *to, size_t size)
{
    size_t done = 0;

    while (done < size && segments->count > 0) {
        size_t piece = first_piece(segments, size - done);

        memcpy((char *)to + done, segments->first->iov_base, piece);
        advance(segments, piece);
        done += piece;
    }
    return done;
}

size_t segments_write(struct segments *segments, const void *from, size_t size)
{
    size_t done = 0;

    while (done < size && segments->count > 0) {
        size_t piece = first_piece(segments, size - done);

        memcpy(segments->first->iov_base, (const char *)from + done, piece);
        advance(segments, piece);
        done += piece;
    }
    return done;
}

void segments_skip(struct segments *segments, size_t size)
{
    while (size > 0 && segments->count > 0) {
        size_t piece = first_piece(segments, size);

        advance(segments, piece);
        size -= piece;
    }
}

uint8_t *segments_take_last(struct segments *segments)
{
    struct iovec *last;

    if (segments->count == 0)
        return NULL;
    last = &segments->first[segments->count - 1];
    last->iov_len--;
    segments->size--;
    if (last->iov_len == 0)
        segments->count--;
    return (uint8_t *)last->iov_base + last->iov_len;
}
