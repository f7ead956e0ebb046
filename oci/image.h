/*
 * An image made ready to be run: its root file system unpacked, once for all,
 * and its configuration. What it takes to get there, reading archives and
 * checking layers, is the work of a program of its own, ringside-image, which
 * a runtime starts for an image that has not been seen yet.
 */
#ifndef RINGSIDE_OCI_IMAGE_H
#define RINGSIDE_OCI_IMAGE_H

#include "oci/bundle.h"
#include "oci/error.h"
#include "oci/image_config.h"

#include <jansson.h>

struct image {
    char *rootfs;   /* absolute; not to be written to */
    json_t *config; /* checked; NULL: a root file system without one */
    char *digest;   /* of its manifest, "sha256:..."; NULL likewise */
};

/*
 * Finds the image of that reference (see image_reference.h), or has it
 * unpacked, and notes that it is in use as long as the directory `user`
 * (absolute) exists. Errors: of each part; what ringside-image has to say is
 * passed on. The caller releases *image.
 */
int image_get(const char *reference, const char *user, struct image *image,
              struct error *error);

void image_release(struct image *image);

/*
 * The config.json of a bundle of the image: that of bundle_default_config
 * (program and arguments of the template have no meaning), then changed by
 * image_config_apply. root.readonly is as said. *document is the caller's.
 * Errors: of these, and -EPERM where without root the image's user has no id.
 */
int image_bundle_document(const struct image *image,
                          const struct image_overrides *overrides,
                          const struct bundle_template *template, bool readonly,
                          json_t **document, struct error *error);

/*
 * Writes DIRECTORY/config.json, DIRECTORY being made if absent. Errors: as
 * above, and of the file system.
 */
int image_bundle_create(const struct image *image,
                        const struct image_overrides *overrides,
                        const struct bundle_template *template, bool readonly,
                        const char *directory, struct error *error);

#endif
