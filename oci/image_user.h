/*
 * Who an image's program runs as: its Config.User, with names looked up in
 * the image's own /etc/passwd and /etc/group.
 * Source: OCI image-spec 1.0, config.md ("User") and conversion.md.
 */
#ifndef RINGSIDE_OCI_IMAGE_USER_H
#define RINGSIDE_OCI_IMAGE_USER_H

#include "oci/error.h"

#include <stddef.h>
#include <sys/types.h>

struct image_user {
    uid_t uid;
    gid_t gid;
    gid_t *groups; /* supplementary ones */
    size_t group_count;
    char *home; /* absolute; NULL: the image does not say */
};

/*
 * Resolves "USER", "USER:GROUP" (each a name or a number) or "" (root) inside
 * the root file system of that descriptor, whatever links it holds. Without
 * GROUP the user's own groups are taken; a number need not be in the files.
 * Errors: -EINVAL for a name that the image does not know, a number out of
 * range, or a file that is none or larger than 1 MiB. The caller releases
 * *user.
 */
int image_user_find(int rootfs, const char *text, struct image_user *user,
                    struct error *error);

void image_user_release(struct image_user *user);

#endif
