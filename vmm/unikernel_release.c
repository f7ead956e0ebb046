/* Giving a unikernel back; see unikernel.h. */
#include "vmm/terminal.h"
#include "vmm/unikernel.h"

#include <stdlib.h>

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
