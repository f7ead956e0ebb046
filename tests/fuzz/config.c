/* config.json: all that a bundle can ask for, and linux.resources by itself. */
#include "tests/fuzz/fuzz.h"

#include "oci/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bundle bundle;
    struct error error = {0};
    int status = bundle_load_saved(fuzz_file_path(data, size), "/bundle",
                                   "/bundle/rootfs", &bundle, &error);

    fuzz_require(status <= 0);
    if (status == 0) {
        fuzz_require(bundle.process.arguments[0] != NULL);
        fuzz_require(bundle.process.cwd[0] == '/');
        for (size_t i = 0; i < bundle.mount_count; i++)
            fuzz_require(bundle.mounts[i].destination[0] == '/');
    } else {
        fuzz_require(error.code != 0 && error.text[0] != '\0');
    }
    bundle_release(&bundle);
    return 0;
}
