/*
 * The flags of run and create that are about an image instead of a bundle:
 * --image REF, and what of its configuration is to be another.
 */
#ifndef RINGSIDE_OCI_IMAGE_OPTIONS_H
#define RINGSIDE_OCI_IMAGE_OPTIONS_H

#include "oci/image_config.h"

#include <argp.h>
#include <stdbool.h>

struct image_options {
    const char *reference; /* NULL: no image */
    struct image_overrides overrides;
    char **environment; /* what overrides.environment is; to be freed */
    size_t environment_count;
    bool readonly; /* its root file system */
};

/* As an argp child; its input is a struct image_options *, zeroed before. */
extern const struct argp image_options_argp;

void image_options_release(struct image_options *options);

#endif
