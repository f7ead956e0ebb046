/* The configuration of a container image. */
#include "tests/fuzz/fuzz.h"

#include "oci/bundle_parts.h"
#include "oci/image_config.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void convert(json_t *image)
{
    static const struct image_overrides none;
    const struct bundle_template template = {
        .program = "image",
        .memory_limit = BUNDLE_UNSET,
        .pids_limit = BUNDLE_UNSET,
    };
    json_t *bundle = bundle_default_config(&template, "rootfs");
    int rootfs = open("/proc/self/ns", O_PATH | O_DIRECTORY);
    struct error error = {0};

    if (image_config_apply(bundle, image, rootfs, &none, &error) < 0) {
        fuzz_require(error.code != 0 && error.text[0] != '\0');
    } else {
        const json_t *process = json_object_get(bundle, "process");

        fuzz_require(json_array_size(json_object_get(process, "args")) > 0);
        fuzz_require(json_string_value(json_object_get(process, "cwd"))[0] ==
                     '/');
    }
    close(rootfs);
    json_decref(bundle);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *image =
        json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    struct error error = {0};

    if (image == NULL)
        return 0;
    if (image_config_check(image, &error) == 0)
        convert(image);
    else
        fuzz_require(error.code != 0 && error.text[0] != '\0');
    json_decref(image);
    return 0;
}
