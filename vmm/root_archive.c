/* Making and attaching the root file system; see root_archive.h. */
#include "vmm/root_archive.h"

#include "guests/unikernel/layout.h"
#include "vmm/cpio.h"
#include "vmm/root_index.h"
#include "vmm/rootfs_archive.h"

#include <errno.h>
#include <sys/ioctl.h>

enum { ROOT_SLOT = 2 }; /* 0 and 1 are guest memory */

struct guest_addr root_archive_address(const struct guest_memory *memory)
{
    /* Memory is whole 2 MiB pages; one is left out, to stop strays. */
    return (struct guest_addr){memory->size + LARGE_PAGE_SIZE};
}

static int too_large(const struct bundle *bundle, const struct cpio *cpio,
                     struct error *error)
{
    return error_set(error, EFBIG,
                     "%s: an archive of %llu MiB; a unikernel takes a root "
                     "file system of %llu MiB at most",
                     bundle->rootfs, (unsigned long long)cpio->size >> 20,
                     (unsigned long long)ROOT_ARCHIVE_MAX >> 20);
}

static int build(struct buffer *bytes, struct root_index_builder *index,
                 const struct bundle *bundle, struct error *error)
{
    struct cpio cpio;
    int status;

    cpio_begin(&cpio, bytes, ROOT_ARCHIVE_MAX);
    status = rootfs_archive_add(&cpio, bundle, index, error);
    if (status == 0)
        status = cpio_end(&cpio, error);
    if (status == 0)
        status = root_index_write(index, bytes, error);
    if (status == -ENOSPC || (status == 0 && bytes->size > ROOT_ARCHIVE_MAX))
        return too_large(bundle, &cpio, error);
    return status;
}

int root_archive_make(struct root_archive *archive, const struct bundle *bundle,
                      struct error *error)
{
    struct root_index_builder index = {0};
    int status = build(&archive->bytes, &index, bundle, error);

    root_index_release(&index);
    return status;
}

int root_archive_attach(const struct root_archive *archive, const struct vm *vm,
                        struct guest_addr address, struct error *error)
{
    struct kvm_userspace_memory_region region = {
        .slot = ROOT_SLOT,
        .flags = KVM_MEM_READONLY,
        .guest_phys_addr = address.value,
        .memory_size = archive->bytes.size,
        .userspace_addr = (uintptr_t)archive->bytes.data,
    };

    if (ioctl(vm->kvm, KVM_CHECK_EXTENSION, KVM_CAP_READONLY_MEM) <= 0)
        return error_set(error, ENOTSUP,
                         "this KVM has no read-only memory (Linux 3.7 has)");
    if (ioctl(vm->vm, KVM_SET_USER_MEMORY_REGION, &region) < 0)
        return error_errno(error, errno, "KVM_SET_USER_MEMORY_REGION (root)");
    return 0;
}

void root_archive_release(struct root_archive *archive)
{
    buffer_release(&archive->bytes);
}
