/* Putting an initramfs together; see initramfs.h. */
#include "vmm/initramfs.h"

#include "guests/linux/process_spec.h"
#include "oci/cleanup.h"
#include "vmm/cpio.h"
#include "vmm/modules.h"
#include "vmm/rootfs_archive.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* What init mounts on, and the console that the kernel opens for it. */
static int add_skeleton(struct cpio *cpio, struct error *error)
{
    const struct cpio_entry skeleton[] = {
        {.name = "dev", .mode = S_IFDIR | 0755},
        {.name = "dev/console",
         .mode = S_IFCHR | 0600,
         .device = makedev(5, 1)},
        {.name = "proc", .mode = S_IFDIR | 0555},
        {.name = "sys", .mode = S_IFDIR | 0555},
    };
    int status = 0;

    for (size_t i = 0;
         i < sizeof(skeleton) / sizeof(skeleton[0]) && status == 0; i++)
        status = cpio_add(cpio, &skeleton[i], NULL, 0, error);
    return status;
}

static int add_init(struct cpio *cpio, const char *path, struct error *error)
{
    const struct cpio_entry entry = {.name = "init", .mode = S_IFREG | 0700};
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0)
        return error_errno(error, errno, "%s: cannot open the guest's init",
                           path);
    return cpio_add_file(cpio, &entry, fd, (uint64_t)status.st_size, error);
}

static int add_process(struct cpio *cpio, const struct bundle *bundle,
                       const struct guest_network *network, struct error *error)
{
    const struct cpio_entry entry = {
        .name = "process",
        .mode = S_IFREG | 0600,
    };
    _cleanup_(buffer_release) struct buffer spec = {0};
    int status = process_spec_write(bundle, network, &spec, error);

    if (status < 0)
        return status;
    return cpio_add(cpio, &entry, spec.data, spec.size, error);
}

static int add_modules(struct cpio *cpio,
                       const struct initramfs_options *options,
                       struct error *error)
{
    if (options->modules == NULL)
        return 0;
    return modules_add(cpio, options->modules, options->wanted_modules, error);
}

static int add_all(struct cpio *cpio, const struct bundle *bundle,
                   const struct initramfs_options *options, struct error *error)
{
    /* The kernel starts init also where memory was too small for it all. */
    const struct cpio_entry whole = {.name = "whole", .mode = S_IFREG | 0400};
    int status = add_skeleton(cpio, error);

    if (status == 0)
        status = add_init(cpio, options->init, error);
    if (status == 0)
        status = add_process(cpio, bundle, options->network, error);
    if (status == 0)
        status = add_modules(cpio, options, error);
    if (status == 0)
        status = rootfs_archive_add(cpio, bundle, NULL, error);
    if (status == 0)
        status = cpio_add(cpio, &whole, NULL, 0, error);
    return status;
}

static unsigned long long mebibytes(uint64_t bytes)
{
    return bytes / (1 << 20) + (bytes % (1 << 20) != 0);
}

int initramfs_build(const struct bundle *bundle,
                    const struct initramfs_options *options,
                    struct buffer *buffer, struct error *error)
{
    struct cpio cpio;
    int status;

    cpio_begin(&cpio, buffer, options->limit);
    status = add_all(&cpio, bundle, options, error);
    if (status == 0)
        status = cpio_end(&cpio, error);
    if (status == -ENOSPC)
        return error_set(error, ENOSPC,
                         "the initramfs of %llu MiB does not fit guest memory "
                         "of %llu MiB",
                         mebibytes(cpio.size), mebibytes(options->limit));
    return status;
}
