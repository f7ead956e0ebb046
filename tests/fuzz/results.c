/*
 * results.jsonl: read run by run, then summed up. What the reader has let
 * through the writer must take again.
 */
#include "tests/fuzz/fuzz.h"

#include "bench/results.h"
#include "bench/summary.h"

#include <string.h>

static void read_all(void)
{
    struct result_reader reader;
    struct result_run run;
    struct error error = {0};
    int status;

    if (results_open(fuzz_directory(), &reader, &error) < 0) {
        fuzz_require(error.code != 0 && error.text[0] != '\0');
        return;
    }
    while ((status = results_next(&reader, &run, &error)) > 0) {
        fuzz_require(run.block >= 1 && run.block <= reader.header.blocks);
        fuzz_require(run.metric_count <= RESULT_MAX_METRICS);
        fuzz_require(run.platform_index < reader.header.platform_count);
    }
    fuzz_require(status == 0 || error.text[0] != '\0');
    results_reader_close(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = {0};

    fuzz_write(RESULTS_FILE, data, size);
    fuzz_write(SUMMARY_FILE, NULL, 0);
    read_all();
    summary_compute(fuzz_directory(), &error);
    return 0;
}
