/* What a microVM boots; see microvm_load.h. */
#include "vmm/microvm_load.h"

#include "oci/cleanup.h"
#include "vmm/acpi.h"
#include "vmm/files.h"
#include "vmm/guest_files.h"
#include "vmm/initramfs.h"
#include "vmm/linux_boot.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

enum { PAGE = 4096, MODULES_MAX = 5 };

static int load_kernel(struct microvm *microvm, const struct guest_files *files,
                       struct linux_kernel *kernel, struct error *error)
{
    const char *path = microvm->config->kernel != NULL ? microvm->config->kernel
                                                       : files->kernel;
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0 && errno == ENOENT && microvm->config->kernel == NULL)
        return error_set(error, ENOENT,
                         "there is no Linux kernel at %s: run make "
                         "guest-kernel, or name one with --kernel",
                         path);
    if (fd < 0)
        return error_errno(error, errno, "cannot open %s", path);
    return linux_kernel_load(fd, path, &microvm->memory, kernel, error);
}

/* Where an initramfs may lie: behind the kernel, up to where it may end. */
static int find_room(const struct microvm *microvm,
                     const struct linux_kernel *kernel, uint64_t *start,
                     uint64_t *size, struct error *error)
{
    uint64_t end = microvm->memory.low_size;

    *start = (kernel->end + PAGE - 1) & -(uint64_t)PAGE;
    if (kernel->protocol == LINUX_BOOT_64 &&
        end > (uint64_t)kernel->setup.initrd_addr_max + 1)
        end = (uint64_t)kernel->setup.initrd_addr_max + 1;
    if (*start >= end)
        return error_set(error, ENOMEM,
                         "guest memory leaves no room behind the kernel: give "
                         "it more with --memory");
    *size = end - *start;
    return 0;
}

/* A driver more is a file to unpack and a start to wait for. */
static void choose_modules(const struct microvm_config *config,
                           const char *modules[MODULES_MAX + 1])
{
    size_t count = 0;

    modules[count++] = "virtio_mmio";
    modules[count++] = "virtio_console";
    modules[count++] = "virtio_rng";
    if (config->disk_count > 0)
        modules[count++] = "virtio_blk";
    if (config->tap != NULL)
        modules[count++] = "virtio_net";
    modules[count] = NULL;
}

/* Built in place: nothing is copied twice. */
static int build_initramfs(struct microvm *microvm,
                           const struct guest_files *files,
                           const struct bundle *bundle, void *place,
                           struct linux_boot *boot, struct error *error)
{
    const struct microvm_config *config = microvm->config;
    const char *modules[MODULES_MAX + 1];
    const struct initramfs_options options = {
        .init = files->init,
        .modules = files->modules[0] != '\0' ? files->modules : NULL,
        .wanted_modules = modules,
        .network = config->network.prefix > 0 ? &config->network : NULL,
        /* Half of what is left stays for the kernel to unpack it into. */
        .limit = boot->initramfs_size / 2,
    };
    struct buffer buffer = buffer_borrow(place, options.limit);
    int status;

    choose_modules(config, modules);
    status = initramfs_build(bundle, &options, &buffer, error);
    boot->initramfs_size = buffer.size;
    return status;
}

/* The user's own, as it is; the kernel judges what is in it. */
static int read_initramfs(const char *path, void *place,
                          struct linux_boot *boot, struct error *error)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat file;
    int status;

    if (fd < 0 || fstat(fd, &file) < 0)
        return error_errno(error, errno, "cannot open %s", path);
    if (!S_ISREG(file.st_mode) || file.st_size == 0)
        return error_set(error, EINVAL, "%s: is no initramfs: %s", path,
                         S_ISREG(file.st_mode) ? "empty" : "no regular file");
    if ((uint64_t)file.st_size > boot->initramfs_size)
        return error_set(error, ENOSPC,
                         "%s: does not fit guest memory: %" PRIu64
                         " MiB are left behind the kernel; give it more with "
                         "--memory",
                         path, boot->initramfs_size >> 20);
    boot->initramfs_size = (uint64_t)file.st_size;
    status = file_read_at(fd, place, boot->initramfs_size, 0);
    return status == 0 ? 0
                       : error_errno(error, -status, "cannot read %s", path);
}

static int load_initramfs(struct microvm *microvm,
                          const struct guest_files *files,
                          const struct bundle *bundle,
                          const struct linux_kernel *kernel,
                          struct linux_boot *boot, struct error *error)
{
    const char *path = microvm->config->initramfs;
    int status = find_room(microvm, kernel, &boot->initramfs,
                           &boot->initramfs_size, error);
    char *place = microvm->memory.host + boot->initramfs;

    if (status < 0)
        return status;
    return path != NULL
               ? read_initramfs(path, place, boot, error)
               : build_initramfs(microvm, files, bundle, place, boot, error);
}

/* What our machine lacks is not looked for; a panic resets, which ends it. */
static int write_command_line(const struct microvm_config *config, char *text,
                              size_t size, struct error *error)
{
    int length = snprintf(
        text, size,
        "%s panic=-1 reboot=acpi rdinit=/init pci=off "
        "tsc=reliable no_timer_check random.trust_cpu=on%s%s",
        config->console ? "console=ttyS0" : "console=ttyS0 quiet loglevel=1",
        config->extra_command_line != NULL ? " " : "",
        config->extra_command_line != NULL ? config->extra_command_line : "");

    if (length < 0 || (size_t)length >= size)
        return error_set(error, E2BIG, "the kernel's command line is too long");
    return 0;
}

int microvm_load(struct microvm *microvm, const struct bundle *bundle,
                 struct linux_kernel *kernel, struct error *error)
{
    char command_line[MICROVM_COMMAND_LINE_SIZE];
    struct linux_boot boot = {.kernel = kernel, .command_line = command_line};
    struct guest_files files;
    int status = 0;

    if (microvm->config->kernel == NULL || microvm->config->initramfs == NULL)
        status = guest_files_find(&files, error);
    if (status == 0)
        status = load_kernel(microvm, &files, kernel, error);
    if (status == 0)
        status = load_initramfs(microvm, &files, bundle, kernel, &boot, error);
    if (status == 0)
        status = write_command_line(microvm->config, command_line,
                                    sizeof(command_line), error);
    if (status == 0)
        status = acpi_write(&microvm->memory, microvm->config->processors,
                            &boot.rsdp, error);
    if (status == 0)
        status =
            acpi_set_slots(&microvm->memory,
                           (uint8_t)((1u << microvm->slot_count) - 1), error);
    if (status == 0)
        status = linux_boot_write(&microvm->memory, &boot, error);
    return status;
}
