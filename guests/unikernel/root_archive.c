/*
 * Attaching the root file system; see root_archive.h. It is mapped by 2 MiB
 * pages, a page of tables for each GiB of it; what the last of them reaches
 * beyond the archive's end is no memory.
 */
#include "guests/unikernel/root_archive.h"

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/vmm_call.h"

#include <stddef.h>

static const struct root_index *attached;

bool root_archive_attached(void)
{
    return attached != NULL;
}

int64_t root_archive(const struct root_index **index, const char **base)
{
    if (attached == NULL) {
        const uint64_t size = (uint64_t)vmm_attach_root();
        const int64_t status = address_space_map_root(size);

        if (status < 0)
            return status;
        attached =
            (const struct root_index *)(ROOT_ARCHIVE_BASE + size - PAGE_SIZE);
    }
    *index = attached;
    *base = (const char *)ROOT_ARCHIVE_BASE;
    return 0;
}
