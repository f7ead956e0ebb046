/*
 * In the place of unikernel_root.c and root_archive.c: guests without files.
 * Finding those takes the bundle, its JSON and the cache of archives, whose
 * code the light programs leave out.
 */
#include "vmm/unikernel.h"

#include <errno.h>

int64_t unikernel_attach_root(struct unikernel *unikernel)
{
    return error_set(&unikernel->failure, ENOTSUP,
                     "the program names a file, which ringside-restore has "
                     "not: use ringside-vmm restore");
}

void root_archive_release(struct root_archive *archive)
{
    *archive = (struct root_archive){0};
}
