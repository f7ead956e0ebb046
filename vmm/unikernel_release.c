/* Giving a unikernel back; see unikernel.h. */
#include "vmm/unikernel.h"

void unikernel_release(struct unikernel *unikernel)
{
    vcpu_release(&unikernel->vcpu);
    vm_release(&unikernel->vm);
    root_archive_release(&unikernel->root);
    guest_memory_release(&unikernel->memory);
}
