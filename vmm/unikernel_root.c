/*
 * The root file system of a unikernel, made and attached when the guest first
 * asks for it. Apart from the rest, because what only restores guests does
 * without it (vmm/light).
 */
#include "vmm/supervisor.h"
#include "vmm/unikernel.h"

/* The descriptor stays open: close(2) is not among what a jail allows. */
static int get_from_supervisor(struct unikernel *unikernel)
{
    uint64_t size;
    int fd = supervisor_open_root(unikernel->jail, &size, &unikernel->failure);

    return fd < 0 ? fd
                  : root_archive_map(&unikernel->root, fd, size,
                                     &unikernel->failure);
}

int64_t unikernel_attach_root(struct unikernel *unikernel)
{
    int status;

    if (unikernel->root.size > 0)
        return (int64_t)unikernel->root.size;
    if (unikernel->jail != NULL)
        status = get_from_supervisor(unikernel);
    else
        status =
            root_archive_get(&unikernel->root, unikernel->bundle,
                             &unikernel->options.root, &unikernel->failure);
    if (status == 0)
        status = root_archive_attach(&unikernel->root, &unikernel->vm,
                                     root_archive_address(&unikernel->memory),
                                     &unikernel->failure);
    return status < 0 ? status : (int64_t)unikernel->root.size;
}
