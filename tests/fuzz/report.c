/* summary.json with a record beside it, as the report reads them. */
#include "tests/fuzz/fuzz.h"

#include "report/record.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *split = memchr(data, '\0', size);
    const size_t first = split != NULL ? (size_t)(split - data) : size;
    struct record record;
    struct error error = {0};

    fuzz_write("summary.json", data, first);
    fuzz_write("results.jsonl", data + first, size - first);
    if (record_load(fuzz_directory(), &record, &error) < 0)
        fuzz_require(error.text[0] != '\0');
    else
        record_release(&record);
    return 0;
}
