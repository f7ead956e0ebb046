/*
 * Attaching the root file system; see root_archive.h. It is mapped by 2 MiB
 * pages, a page of tables for each GiB of it; what the last of them reaches
 * beyond the archive's end is no memory.
 */
#include "guests/unikernel/root_archive.h"

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/errno.h>
#include <stddef.h>

static const struct root_index *attached;

bool root_archive_attached(void)
{
    return attached != NULL;
}

int64_t root_archive(const struct root_index **index, const char **base)
{
    if (attached == NULL) {
        int64_t size, status;

        /* A signal that does not end the guest has the VMM begin anew. */
        do {
            size = vmm_attach_root();
        } while (size == -EINTR);
        status = size < 0 ? size : address_space_map_root((uint64_t)size);
        if (status < 0)
            return status;
        attached = (const struct root_index *)(ROOT_ARCHIVE_BASE +
                                               (uint64_t)size - PAGE_SIZE);
    }
    *index = attached;
    *base = (const char *)ROOT_ARCHIVE_BASE;
    return 0;
}
