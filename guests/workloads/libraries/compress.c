/*
 * compress: 64 KiB of text at a time through zlib's deflate, as gzip -6 does:
 * tables, branches, a working set about as large as the first caches. One
 * operation is one such piece. The library is the system's zlib, linked in.
 */
#include "../measure.h"
#include "../random.h"
#include "../sha256.h"
#include "../workload.h"

#include <string.h>
#include <zlib.h>

enum {
    PIECE_SIZE = 65536,
    LEVEL = 6,
    VOCABULARY = 2000,
    LONGEST_WORD = 9,
    VERIFIED_PIECES = 4,
};

struct compression {
    z_stream stream;
    uint64_t random;
    uint8_t text[PIECE_SIZE];
    uint8_t packed[2 * PIECE_SIZE];
    uint8_t unpacked[PIECE_SIZE];
    int failed;
};

/* Word number n of a language of 2000: letters drawn from its number. */
static size_t make_word(uint64_t number, char word[LONGEST_WORD])
{
    size_t length = 2 + (size_t)random_below(&number, LONGEST_WORD - 2);

    for (size_t i = 0; i < length; i++)
        word[i] = (char)('a' + random_below(&number, 26));
    return length;
}

/* Some words are common and most are rare, as in any language. */
static void generate(struct compression *compression)
{
    size_t used = 0;

    while (used < PIECE_SIZE) {
        uint64_t rarity = 1 + random_below(&compression->random, VOCABULARY);
        char word[LONGEST_WORD + 1];
        size_t length =
            make_word(random_below(&compression->random, rarity), word);

        word[length++] = ' ';
        if (length > PIECE_SIZE - used)
            length = PIECE_SIZE - used;
        memcpy(compression->text + used, word, length);
        used += length;
    }
}

/* Packs the text; returns how large it became, 0 when that failed. */
static size_t pack(struct compression *compression)
{
    z_stream *stream = &compression->stream;

    if (deflateReset(stream) != Z_OK)
        return 0;
    stream->next_in = compression->text;
    stream->avail_in = PIECE_SIZE;
    stream->next_out = compression->packed;
    stream->avail_out = sizeof(compression->packed);
    return deflate(stream, Z_FINISH) == Z_STREAM_END ? (size_t)stream->total_out
                                                     : 0;
}

static void run_batch(void *state, uint64_t iterations)
{
    struct compression *compression = state;

    for (; iterations > 0; iterations--)
        compression->failed |= pack(compression) == 0;
}

static int is_unpacked_again(struct compression *compression, size_t size)
{
    uLongf length = PIECE_SIZE;

    return uncompress(compression->unpacked, &length, compression->packed,
                      size) == Z_OK &&
           length == PIECE_SIZE &&
           memcmp(compression->text, compression->unpacked, PIECE_SIZE) == 0;
}

/* The result: four pieces packed, each of which comes out whole again. */
static int verify(struct compression *compression, struct report *report)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256 hash;

    sha256_start(&hash);
    compression->random = 0;
    for (int i = 0; i < VERIFIED_PIECES; i++) {
        size_t size;

        generate(compression);
        size = pack(compression);
        if (size == 0 || !is_unpacked_again(compression, size))
            return report_failure("what was compressed does not come back");
        sha256_add(&hash, compression->packed, size);
    }
    sha256_finish(&hash, digest);
    report_result(report, digest);
    return 0;
}

static int measure_packing(struct compression *compression,
                           const uint64_t *values, struct report *report)
{
    struct measurement measurement;
    double ns;

    if (measure(&(struct batch){run_batch, compression}, values, &measurement) <
        0)
        return -1;
    if (compression->failed)
        return report_failure("zlib does not compress");
    ns = measured_ns(&measurement, 1);
    report_metric(report, "time_per_operation", ns, "ns");
    report_metric(report, "throughput", PIECE_SIZE * 1000 / ns, "MB/s");
    report_iterations(report, &measurement, 1);
    return verify(compression, report);
}

static int run(const uint64_t *values, struct report *report)
{
    static struct compression compression;
    int status;

    if (report_ready() < 0)
        return -1;
    if (deflateInit(&compression.stream, LEVEL) != Z_OK)
        return report_failure("zlib does not start");
    generate(&compression);
    status = measure_packing(&compression, values, report);
    deflateEnd(&compression.stream);
    return status;
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {0},
};

const struct workload compress_workload = {
    .name = "compress",
    .group = "macro",
    .summary = "Compression (zlib)",
    .options = options,
    .run = run,
};
