/*
 * Writes the initramfs of a bundle to standard output:
 *
 *   make-initramfs BUNDLE INIT [MODULES [LIMIT [NAME...]]]
 *
 * MODULES is a kernel's /lib/modules/VERSION ("" for none), LIMIT in MiB, the
 * names are the modules wanted.
 */
#include "oci/file.h"
#include "vmm/initramfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The drivers of all virtio devices that our VMM has. */
static const char *const all_modules[] = {
    "virtio_mmio", "virtio_console", "virtio_blk",
    "virtio_net",  "virtio_rng",     NULL,
};

static int build(int argc, char **argv, struct error *error)
{
    const struct initramfs_options options = {
        .init = argv[2],
        .modules = argc > 3 && *argv[3] != '\0' ? argv[3] : NULL,
        .limit = argc > 4 ? strtoull(argv[4], NULL, 10) << 20 : 1 << 30,
        .wanted_modules =
            argc > 5 ? (const char *const *)argv + 5 : all_modules,
    };
    struct bundle bundle = {0};
    struct buffer buffer = {0};
    int status = bundle_load(argv[1], &bundle, error);

    if (status == 0)
        status = initramfs_build(&bundle, &options, &buffer, error);
    if (status == 0)
        status = file_write_all(1, buffer.data, buffer.size);
    buffer_release(&buffer);
    bundle_release(&bundle);
    return status;
}

int main(int argc, char **argv)
{
    struct error error = {0};

    if (argc < 3) {
        fprintf(stderr, "usage: make-initramfs BUNDLE INIT [MODULES [LIMIT "
                        "[NAME...]]]\n");
        return 2;
    }
    if (build(argc, argv, &error) == 0)
        return 0;
    fprintf(stderr, "make-initramfs: %s\n", error.text);
    return 1;
}
