/* The VM of a unikernel, made and given back; see unikernel.h. */
#include "vmm/terminal.h"
#include "vmm/unikernel.h"

#include <stdlib.h>

int unikernel_make_vm(struct unikernel *unikernel, struct error *error)
{
    int status = vm_create(&unikernel->vm, &unikernel->memory, error);

    if (status < 0)
        return status;
    vm_give_local_apics(&unikernel->vm, &unikernel->memory);
    return vcpu_create(&unikernel->vm, 0, &unikernel->vcpu, error);
}

void unikernel_release(struct unikernel *unikernel)
{
    terminal_restore();
    vcpu_release(&unikernel->vcpu);
    vm_release(&unikernel->vm);
    free(unikernel->trace);
    unikernel->trace = NULL;
    root_archive_release(&unikernel->root);
    guest_memory_release(&unikernel->memory);
}
