/*
 * From an image's configuration to a bundle's config.json.
 * Source: OCI image-spec 1.0, config.md and conversion.md.
 */
#ifndef RINGSIDE_OCI_IMAGE_CONFIG_H
#define RINGSIDE_OCI_IMAGE_CONFIG_H

#include "oci/error.h"

#include <jansson.h>

/* What the command line says instead of the image; NULL where nothing. */
struct image_overrides {
    char *const *arguments;   /* instead of Cmd, NULL-terminated */
    const char *entrypoint;   /* instead of Entrypoint, and without its Cmd;
                                 "": none */
    char *const *environment; /* NAME=VALUE, over Env; NULL-terminated */
    const char *user;         /* USER[:GROUP] */
    const char *cwd;          /* absolute */
};

/*
 * Checks an image's configuration: an object for Linux on x86-64 whose members
 * have their types. Errors: -EINVAL with "PATH: expected ..., got ...",
 * -ENOEXEC for another system or processor.
 */
int image_config_check(json_t *image, struct error *error);

/*
 * Changes a default bundle's document (bundle_default_config) into the image's:
 * args, env, cwd, user, annotations. image has been checked; NULL is a root
 * file system without a configuration. Names of users are looked up in the
 * root file system of that descriptor. PATH and HOME are added where the image
 * sets none.
 * Errors: -EINVAL, as where there is no program to run.
 */
int image_config_apply(json_t *bundle, const json_t *image, int rootfs,
                       const struct image_overrides *overrides,
                       struct error *error);

#endif
