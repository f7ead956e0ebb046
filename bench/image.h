/*
 * An image that is measured, instead of workloads: on the platforms that take
 * bundles, since only a bundle carries what an image says besides its program.
 */
#ifndef RINGSIDE_BENCH_IMAGE_H
#define RINGSIDE_BENCH_IMAGE_H

#include "bench/bundles.h"
#include "bench/lineup.h"
#include "oci/image.h"

struct measured_image {
    struct image image;
    struct image_overrides overrides;
    char *program; /* host path of what it executes */
    char *inner;   /* the same inside */
    char **words;  /* its command line */
};

/*
 * Gets the image of that reference (oci/image_reference.h), in use as long as
 * this process lives, and finds its program. arguments are instead of its
 * command; NULL: none. Errors: of image_get, -ENOENT where it has no such
 * program. The caller releases *measured.
 */
int measured_image_open(const char *reference, char *const *arguments,
                        struct measured_image *measured, struct error *error);
void measured_image_release(struct measured_image *measured);

/* The one workload that it is. Errors: -ENOMEM. */
int measured_image_workload(const struct measured_image *measured,
                            const char *reference, struct workload_list *list,
                            struct error *error);

/*
 * Makes the session's one bundle, with a read-only root: nothing writes to the
 * image. Errors: of image_bundle_create. The caller releases *bundles.
 */
int measured_image_make_bundles(const struct session *session,
                                const struct measured_image *measured,
                                int64_t memory_limit, json_t *changes,
                                struct bundles *bundles, struct error *error);

/* Marks the candidates that take no bundle as not available. */
void measured_image_narrow(struct lineup *lineup);

#endif
