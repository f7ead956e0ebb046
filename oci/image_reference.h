/*
 * Naming an image on the command line:
 *
 *   PATH                        an image layout, an archive of either kind, or
 *                               a directory that is a root file system
 *   oci:DIR[:TAG]               an OCI image layout
 *   oci-archive:FILE[:TAG]      the same as a tar archive
 *   docker-archive:FILE[:NAME]  what `docker save` writes
 *   docker://NAME               in a registry
 *
 * The forms with a prefix are those of skopeo(1).
 */
#ifndef RINGSIDE_OCI_IMAGE_REFERENCE_H
#define RINGSIDE_OCI_IMAGE_REFERENCE_H

#include "oci/error.h"

#include <stdbool.h>

enum image_kind {
    IMAGE_ROOT_DIRECTORY,
    IMAGE_LAYOUT,
    IMAGE_ARCHIVE, /* of either kind: to be looked into */
    IMAGE_OCI_ARCHIVE,
    IMAGE_DOCKER_ARCHIVE,
    IMAGE_REMOTE,
};

struct image_reference {
    enum image_kind kind;
    char *path;     /* directory or file; of IMAGE_REMOTE: "//NAME" */
    char *selector; /* tag or name of one of several images; may be NULL */
};

/*
 * Takes a reference apart and looks what a plain path is. Errors: -ENOENT where
 * nothing is, -EINVAL for another kind of file or a path with a colon, which
 * skopeo could not be told. The caller releases *reference.
 */
int image_reference_parse(const char *text, struct image_reference *reference,
                          struct error *error);

void image_reference_release(struct image_reference *reference);

/* As skopeo wants it, for a kind other than IMAGE_ROOT_DIRECTORY and
 * IMAGE_ARCHIVE. The caller frees it; NULL when memory is out. */
char *image_reference_format(const struct image_reference *reference);

enum { IMAGE_STAMP_SIZE = 256 };

/*
 * The name under which an image is remembered without reading it: the identity
 * and times of the file that changes whenever the image does. *settled: that
 * was long enough ago for its times to show a next change. False where there is
 * no such file (a registry), or no name for it.
 */
bool image_reference_stamp(const struct image_reference *reference,
                           char stamp[IMAGE_STAMP_SIZE], bool *settled);

#endif
