/* Checking a layer; see layer.h. */
#include "image/layer.h"

#include "oci/cleanup.h"

#include <zlib.h>

enum {
    CHUNK = 64 << 10, /* bytes */
    /* Of inflateInit2: the largest window, and a gzip header. */
    GZIP_WINDOW = 15 + 16,
};

struct reading {
    struct sha256_ctx packed, unpacked;
    struct tar_check check;
    uint64_t bytes_left; /* that may come out */
    bool compressed, in_member;
    z_stream stream;
    unsigned char output[CHUNK];
};

static int take(struct reading *reading, const unsigned char *bytes,
                size_t size, struct error *error)
{
    if (size > reading->bytes_left)
        return error_set(error, E2BIG, "it is too large");
    reading->bytes_left -= size;
    sha256_update(&reading->unpacked, size, bytes);
    return tar_check_feed(&reading->check, bytes, size, error);
}

static int inflate_error(struct error *error)
{
    return error_set(error, EINVAL, "its compressed data are damaged");
}

/* Output of one call of inflate, and the ends of members: more may follow. */
static int inflate_some(struct reading *reading, struct error *error)
{
    z_stream *stream = &reading->stream;
    int result, status;

    stream->next_out = reading->output;
    stream->avail_out = CHUNK;
    if (!reading->in_member && inflateReset(stream) != Z_OK)
        return inflate_error(error);
    reading->in_member = true;
    result = inflate(stream, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        return inflate_error(error);
    if (result == Z_STREAM_END)
        reading->in_member = false;
    status = take(reading, reading->output, CHUNK - stream->avail_out, error);
    return status;
}

static int take_compressed(struct reading *reading, unsigned char *bytes,
                           size_t size, struct error *error)
{
    int status = 0;

    reading->stream.next_in = bytes;
    reading->stream.avail_in = (unsigned int)size;
    do {
        status = inflate_some(reading, error);
    } while (status == 0 &&
             (reading->stream.avail_in > 0 ||
              (reading->in_member && reading->stream.avail_out == 0)));
    return status;
}

static int read_all(int fd, struct reading *reading, struct error *error)
{
    unsigned char chunk[CHUNK];
    bool first = true;
    ssize_t n;
    int status = 0;

    while (status == 0 && (n = read(fd, chunk, sizeof(chunk))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_errno(error, errno, "cannot read it");
        if (first)
            reading->compressed = n > 1 && chunk[0] == 0x1f && chunk[1] == 0x8b;
        first = false;
        sha256_update(&reading->packed, (size_t)n, chunk);
        status = reading->compressed
                     ? take_compressed(reading, chunk, (size_t)n, error)
                     : take(reading, chunk, (size_t)n, error);
    }
    if (status == 0 && reading->in_member)
        return inflate_error(error);
    return status;
}

static int compare(struct reading *reading, const struct layout_layer *layer,
                   struct error *error)
{
    struct digest packed, unpacked;

    digest_finish(&reading->packed, &packed);
    digest_finish(&reading->unpacked, &unpacked);
    if (!digest_equal(&packed, &layer->digest))
        return error_set(error, EINVAL, "its digest is wrong");
    if (!digest_equal(&unpacked, &layer->diff_id))
        return error_set(error, EINVAL,
                         "its digest when unpacked (diff_id) is wrong");
    return 0;
}

static int check_open(int fd, struct reading *reading,
                      const struct layout_layer *layer,
                      struct tar_budget *budget, struct error *error)
{
    int status = tar_check_start(&reading->check, budget, error);

    if (status < 0)
        return status;
    sha256_init(&reading->packed);
    sha256_init(&reading->unpacked);
    /* The archive is its files, a header each, and the padding. */
    reading->bytes_left = IMAGE_MAX_BYTES;
    status = read_all(fd, reading, error);
    if (status == 0)
        status = tar_check_finish(&reading->check, error);
    if (status == 0)
        status = compare(reading, layer, error);
    tar_check_release(&reading->check);
    return status;
}

int layer_check(const struct layout *layout, const struct layout_layer *layer,
                struct tar_budget *budget, struct error *error)
{
    _cleanup_close_ int fd =
        layout_open_blob(layout, &layer->digest, layer->size, error);
    struct reading *reading;
    int status;

    if (fd < 0)
        return fd;
    reading = calloc(1, sizeof(*reading));
    if (reading == NULL ||
        inflateInit2(&reading->stream, GZIP_WINDOW) != Z_OK) {
        free(reading);
        return error_errno(error, ENOMEM, "checking a layer");
    }
    status = check_open(fd, reading, layer, budget, error);
    (void)inflateEnd(&reading->stream);
    free(reading);
    return status;
}
