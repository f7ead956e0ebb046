/* A platform's data file, which users write. */
#include "tests/fuzz/fuzz.h"

#include "bench/platform.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct platform platform;
    struct error error = {0};

    if (platform_load(fuzz_file_path(data, size), &platform, &error) < 0) {
        fuzz_require(error.code != 0 && error.text[0] != '\0');
    } else {
        fuzz_require(platform.run != NULL && platform.run[0] != NULL);
        fuzz_require(platform.need_count <= PLATFORM_MAX_NEEDS);
        platform_release(&platform);
    }
    return 0;
}
