/* Making a microVM; see microvm.h. */
#include "vmm/microvm.h"

#include "vmm/microvm_devices.h"
#include "vmm/microvm_load.h"
#include "vmm/microvm_processor.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>

enum {
    TSS_ADDRESS = 0xfffbd000, /* three pages that only VT-x needs */
    IDENTITY_MAP_ADDRESS = 0xfffbc000,
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
        .gate = PTHREAD_MUTEX_INITIALIZER,
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
        status = microvm_load(microvm, bundle, &kernel, error);
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
