/*
 * What a measured program writes on its standard output, in pieces of any
 * size: records where it looks like them, its own text elsewhere.
 */
#include "tests/fuzz/fuzz.h"

#include "bench/records.h"

#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct records records;
    struct fuzz_input input = {data, size};
    int64_t now = 1;

    memset(&records, 0, sizeof(records));
    records.strict = fuzz_take(&input, 1) & 1;
    while (input.size > 0) {
        size_t taken;
        const uint8_t *bytes =
            fuzz_take_bytes(&input, (size_t)fuzz_take(&input, 1) + 1, &taken);

        records_feed(&records, (const char *)bytes, taken, now++);
    }
    records_finish(&records);
    fuzz_require(records.metric_count <= RESULT_MAX_METRICS);
    for (size_t i = 0; i < records.metric_count; i++)
        fuzz_require(isfinite(records.metrics[i].value) &&
                     records.metrics[i].value >= 0);
    fuzz_require(strlen(records.digest) <= RECORD_MAX_DIGEST);
    return 0;
}
