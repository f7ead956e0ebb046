/* Opening KVM and making a VM; see kvm.h. */
#include "vmm/kvm.h"

#include "oci/cleanup.h"
#include "vmm/phases.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static int open_kvm(struct error *error)
{
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    int version;

    if (kvm < 0 && (errno == ENOENT || errno == ENXIO || errno == ENODEV))
        return error_set(error, errno,
                         "/dev/kvm is not there: load kvm_intel or kvm_amd, or "
                         "enable (nested) virtualisation for this machine");
    if (kvm < 0 && (errno == EACCES || errno == EPERM))
        return error_set(error, errno,
                         "/dev/kvm may not be opened: run as root or join the "
                         "group that owns it (usually kvm)");
    if (kvm < 0)
        return error_errno(error, errno, "cannot open /dev/kvm");
    version = ioctl(kvm, KVM_GET_API_VERSION, 0);
    if (version != KVM_API_VERSION) {
        close(kvm);
        return error_set(error, ENOTSUP,
                         "/dev/kvm speaks API version %d, not %d", version,
                         KVM_API_VERSION);
    }
    return kvm;
}

static int map_range(const struct vm *vm, uint32_t slot,
                     struct guest_addr address, void *host, uint64_t size,
                     struct error *error)
{
    struct kvm_userspace_memory_region region = {
        .slot = slot,
        .guest_phys_addr = address.value,
        .memory_size = size,
        .userspace_addr = (uintptr_t)host,
    };

    if (ioctl(vm->vm, KVM_SET_USER_MEMORY_REGION, &region) < 0)
        return error_errno(error, errno, "KVM_SET_USER_MEMORY_REGION");
    return 0;
}

/* Where KVM has the local APIC's page: Intel SDM volume 3, 11.4.1. */
#define LOCAL_APIC 0xfee00000u

/* Memory slots; ROOT_SLOT of root_archive.c is 2. */
enum { SLOT_LOW = 0, SLOT_HIGH = 1, SLOT_BEHIND_HELD = 3, SLOT_HELD = 4 };

/*
 * One slot below the gap, and one above where there is memory for it. Where
 * memory is held back, one on each side of that.
 */
static int map_memory(const struct vm *vm, const struct guest_memory *memory,
                      struct error *error)
{
    const struct guest_addr behind = memory->held_end;
    const uint64_t low = memory->low_size;
    const bool holds = behind.value > memory->held.value;
    int status = map_range(vm, SLOT_LOW, (struct guest_addr){0}, memory->host,
                           holds ? memory->held.value : low, error);

    if (status == 0 && holds && behind.value < low)
        status =
            map_range(vm, SLOT_BEHIND_HELD, behind, memory->host + behind.value,
                      low - behind.value, error);
    if (status == 0 && memory->size > low)
        status =
            map_range(vm, SLOT_HIGH, (struct guest_addr){GUEST_MEMORY_HIGH},
                      memory->host + low, memory->size - low, error);
    return status;
}

int vm_add_held_memory(const struct vm *vm, struct guest_memory *memory,
                       struct error *error)
{
    const struct guest_addr held = memory->held;
    const uint64_t size = memory->held_end.value - held.value;
    int status = 0;

    if (size > 0)
        status = map_range(vm, SLOT_HELD, held, memory->host + held.value, size,
                           error);
    if (status == 0)
        memory->held = memory->held_end = (struct guest_addr){0};
    return status;
}

int vm_create(struct vm *vm, const struct guest_memory *memory,
              struct error *error)
{
    int size, status;

    vm->kvm = open_kvm(error);
    if (vm->kvm < 0)
        return vm->kvm;
    phases_mark(PHASE_OPEN);
    size = ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
    if (size < (int)sizeof(struct kvm_run))
        return error_errno(error, errno, "KVM_GET_VCPU_MMAP_SIZE");
    vm->run_size = (size_t)size;
    vm->vm = ioctl(vm->kvm, KVM_CREATE_VM, 0);
    if (vm->vm < 0)
        return error_errno(error, errno, "KVM_CREATE_VM");
    phases_mark(PHASE_VM);
    status = map_memory(vm, memory, error);
    phases_mark(PHASE_REGION);
    return status;
}

void vm_give_local_apics(const struct vm *vm, const struct guest_memory *memory)
{
    /* The argument reserves routes for an I/O APIC that there never is. */
    struct kvm_enable_cap split = {.cap = KVM_CAP_SPLIT_IRQCHIP};

    if (memory->low_size <= LOCAL_APIC)
        ioctl(vm->vm, KVM_ENABLE_CAP, &split);
}

void vm_release(struct vm *vm)
{
    cleanup_close(&vm->vm);
    cleanup_close(&vm->kvm);
    *vm = VM_NONE;
}

int vcpu_create(const struct vm *vm, unsigned int index, struct vcpu *vcpu,
                struct error *error)
{
    void *run;

    vcpu->fd = ioctl(vm->vm, KVM_CREATE_VCPU, index);
    if (vcpu->fd < 0)
        return error_errno(error, errno, "KVM_CREATE_VCPU");
    run = mmap(NULL, vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd,
               0);
    if (run == MAP_FAILED)
        return error_errno(error, errno, "cannot map the vCPU's run structure");
    vcpu->run = run;
    vcpu->run_size = vm->run_size;
    phases_mark(PHASE_VCPU);
    return 0;
}

int vcpu_enter_once(const struct vcpu *vcpu, struct error *error)
{
    bool entered;

    vcpu->run->immediate_exit = 1;
    entered = ioctl(vcpu->fd, KVM_RUN, 0) == 0 || errno == EINTR;
    vcpu->run->immediate_exit = 0;
    return entered
               ? 0
               : error_errno(error, errno, "KVM_RUN, before the first entry");
}

void vcpu_release(struct vcpu *vcpu)
{
    if (vcpu->run != NULL)
        munmap(vcpu->run, vcpu->run_size);
    cleanup_close(&vcpu->fd);
    *vcpu = VCPU_NONE;
}

const char *kvm_backend(void)
{
    static const char *const names[] = {"kvm_intel", "kvm_amd", "kvm_pvm"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[64];

        snprintf(path, sizeof(path), "/sys/module/%s", names[i]);
        if (access(path, F_OK) == 0)
            return names[i];
    }
    return "unknown";
}
