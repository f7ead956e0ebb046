/*
 * The bundle's root file system, attached when it is first asked for: a
 * program that names no file pays nothing for it.
 */
#ifndef RINGSIDE_UNIKERNEL_ROOT_ARCHIVE_H
#define RINGSIDE_UNIKERNEL_ROOT_ARCHIVE_H

#include "guests/unikernel/root_index.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The root file system, the same at every call: *index is its index, *base
 * where its offsets count from; both can be read, not written, until the guest
 * ends. The first call is a hypercall and maps it. Should the VMM fail to
 * provide it (a file that may not be read, no memory), it says so and ends the
 * guest. Returns 0, or -ENOMEM where no page tables are left to map it.
 */
int64_t root_archive(const struct root_index **index, const char **base);

/* Whether it has been asked for yet. */
bool root_archive_attached(void);

#endif
