/* Opening KVM and making a VM; see kvm.h. */
#include "vmm/kvm.h"

#include "oci/cleanup.h"

#include <errno.h>
#include <fcntl.h>
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

static int map_memory(struct vm *vm, const struct guest_memory *memory,
                      struct error *error)
{
    struct kvm_userspace_memory_region region = {
        .memory_size = memory->size,
        .userspace_addr = (uintptr_t)memory->host,
    };

    if (ioctl(vm->vm, KVM_SET_USER_MEMORY_REGION, &region) < 0)
        return error_errno(error, errno, "KVM_SET_USER_MEMORY_REGION");
    return 0;
}

static int create_vcpu(struct vm *vm, struct error *error)
{
    int size = ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
    void *run;

    if (size < (int)sizeof(struct kvm_run))
        return error_errno(error, errno, "KVM_GET_VCPU_MMAP_SIZE");
    vm->vcpu = ioctl(vm->vm, KVM_CREATE_VCPU, 0);
    if (vm->vcpu < 0)
        return error_errno(error, errno, "KVM_CREATE_VCPU");
    run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vm->vcpu,
               0);
    if (run == MAP_FAILED)
        return error_errno(error, errno, "cannot map the vCPU's run structure");
    vm->run = run;
    vm->run_size = (size_t)size;
    return 0;
}

int vm_create(struct vm *vm, const struct guest_memory *memory,
              struct error *error)
{
    int status;

    vm->kvm = open_kvm(error);
    if (vm->kvm < 0)
        return vm->kvm;
    vm->vm = ioctl(vm->kvm, KVM_CREATE_VM, 0);
    if (vm->vm < 0)
        return error_errno(error, errno, "KVM_CREATE_VM");
    status = map_memory(vm, memory, error);
    if (status == 0)
        status = create_vcpu(vm, error);
    return status;
}

void vm_release(struct vm *vm)
{
    if (vm->run != NULL)
        munmap(vm->run, vm->run_size);
    cleanup_close(&vm->vcpu);
    cleanup_close(&vm->vm);
    cleanup_close(&vm->kvm);
    *vm = VM_NONE;
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
