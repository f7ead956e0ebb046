/*
 * The root file system of a unikernel, made and attached when the guest first
 * asks for it. Apart from the rest, because what only restores guests does
 * without it (vmm/light).
 */
#include "vmm/unikernel.h"

int64_t unikernel_attach_root(struct unikernel *unikernel)
{
    int status;

    if (unikernel->root.size > 0)
        return (int64_t)unikernel->root.size;
    status = root_archive_get(&unikernel->root, unikernel->bundle,
                              &unikernel->options.root, &unikernel->failure);
    if (status == 0)
        status = root_archive_attach(&unikernel->root, &unikernel->vm,
                                     root_archive_address(&unikernel->memory),
                                     &unikernel->failure);
    return status < 0 ? status : (int64_t)unikernel->root.size;
}
