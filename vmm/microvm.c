/* Making a microVM; see microvm.h. */
#include "vmm/microvm.h"

#include "oci/cleanup.h"
#include "vmm/acpi.h"
#include "vmm/guest_files.h"
#include "vmm/initramfs.h"
#include "vmm/linux_boot.h"
#include "vmm/linux_kernel.h"
#include "vmm/microvm_devices.h"
#include "vmm/microvm_processor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

enum {
    TSS_ADDRESS = 0xfffbd000, /* three pages that only VT-x needs */
    IDENTITY_MAP_ADDRESS = 0xfffbc000,
    PAGE = 4096,
};

const char *microvm_unsupported(void)
{
    if (strcmp(kvm_backend(), "kvm_pvm") == 0)
        return "this host's KVM back end, kvm_pvm, cannot run a Linux kernel: "
               "guest ring 0 is emulated and lacks instructions that Linux "
               "needs (cmpxchg16b, xrstor, int3)";
    return NULL;
}

/* The interrupt controllers and the timer live in the host's kernel. */
static int create_irqchip(const struct vm *vm, struct error *error)
{
    const uint64_t identity = IDENTITY_MAP_ADDRESS;
    const struct kvm_pit_config pit = {.flags = KVM_PIT_SPEAKER_DUMMY};

    if (ioctl(vm->vm, KVM_SET_TSS_ADDR, TSS_ADDRESS) < 0)
        return error_errno(error, errno, "KVM_SET_TSS_ADDR");
    if (ioctl(vm->vm, KVM_SET_IDENTITY_MAP_ADDR, &identity) < 0)
        return error_errno(error, errno, "KVM_SET_IDENTITY_MAP_ADDR");
    if (ioctl(vm->vm, KVM_CREATE_IRQCHIP, 0) < 0)
        return error_errno(error, errno, "KVM_CREATE_IRQCHIP");
    if (ioctl(vm->vm, KVM_CREATE_PIT2, &pit) < 0)
        return error_errno(error, errno, "KVM_CREATE_PIT2");
    return 0;
}

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

/* Built in place, behind the kernel: nothing is copied twice. */
static int load_initramfs(struct microvm *microvm,
                          const struct guest_files *files,
                          const struct bundle *bundle,
                          const struct linux_kernel *kernel,
                          struct linux_boot *boot, struct error *error)
{
    const uint64_t start = (kernel->end + PAGE - 1) & -(uint64_t)PAGE;
    uint64_t end = microvm->memory.low_size;
    struct initramfs_options options = {
        .init = files->init,
        .modules = files->modules[0] != '\0' ? files->modules : NULL,
        .network = microvm->config->network.prefix > 0
                       ? &microvm->config->network
                       : NULL,
    };
    struct buffer buffer;
    int status;

    if (kernel->protocol == LINUX_BOOT_64 &&
        end > (uint64_t)kernel->setup.initrd_addr_max + 1)
        end = (uint64_t)kernel->setup.initrd_addr_max + 1;
    if (start >= end)
        return error_set(error, ENOMEM,
                         "guest memory leaves no room behind the kernel: give "
                         "it more with --memory");
    /* Half of what is left stays for the kernel to unpack it into. */
    options.limit = (end - start) / 2;
    buffer = buffer_borrow(microvm->memory.host + start, options.limit);
    status = initramfs_build(bundle, &options, &buffer, error);
    boot->initramfs = start;
    boot->initramfs_size = buffer.size;
    return status;
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

static int load(struct microvm *microvm, const struct bundle *bundle,
                struct linux_kernel *kernel, struct error *error)
{
    char command_line[MICROVM_COMMAND_LINE_SIZE];
    struct linux_boot boot = {.kernel = kernel, .command_line = command_line};
    struct guest_files files;
    int status = guest_files_find(&files, error);

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

static int create_machine(struct microvm *microvm, struct error *error)
{
    int status = guest_memory_create(&microvm->memory,
                                     microvm->config->memory_size, error);

    if (status < 0)
        return status;
    guest_memory_leave_gap(&microvm->memory);
    status = vm_create(&microvm->vm, &microvm->memory, error);
    if (status == 0)
        status = create_irqchip(&microvm->vm, error);
    if (status == 0)
        status = microvm_devices_create(microvm, error);
    return status;
}

int microvm_create(struct microvm *microvm, const struct microvm_config *config,
                   const struct bundle *bundle, struct error *error)
{
    struct linux_kernel kernel;
    int status;

    *microvm = (struct microvm){
        .config = config,
        .vm = VM_NONE,
        .ports_lock = PTHREAD_MUTEX_INITIALIZER,
        .mmio_lock = PTHREAD_MUTEX_INITIALIZER,
        .serial.interrupt_fd = -1,
        .guest_ports.phase_event = -1,
        .end.event = -1,
        .control = CONTROL_NONE,
    };
    if (microvm_unsupported() != NULL)
        return error_set(error, ENOTSUP, "%s", microvm_unsupported());
    if (config->memory_size < MICROVM_MIN_MEMORY)
        return error_set(error, EINVAL,
                         "guest memory of %" PRIu64
                         " bytes is too small: Linux needs %d MiB or more",
                         config->memory_size, MICROVM_MIN_MEMORY >> 20);
    status = guest_end_create(&microvm->end, error);
    if (status == 0)
        status = create_machine(microvm, error);
    if (status == 0)
        status = load(microvm, bundle, &kernel, error);
    if (status == 0)
        status = microvm_processors_create(microvm, &kernel, error);
    return status;
}

void microvm_release(struct microvm *microvm)
{
    microvm_processors_stop(microvm);
    for (unsigned int i = 0; i < microvm->processor_count; i++)
        vcpu_release(&microvm->processors[i].vcpu);
    microvm_devices_release(microvm);
    vm_release(&microvm->vm);
    guest_memory_release(&microvm->memory);
    guest_end_release(&microvm->end);
}
