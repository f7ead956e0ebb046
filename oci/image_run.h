/* A container of an image: its bundle is made in its state directory. */
#ifndef RINGSIDE_OCI_IMAGE_RUN_H
#define RINGSIDE_OCI_IMAGE_RUN_H

#include "oci/image_options.h"
#include "oci/runtime.h"

/*
 * Gets the image and makes a bundle of it, loaded into *bundle, in the state
 * directory (absolute, or relative to the working directory), where also goes
 * what the container writes over its root file system. Errors: of image_get,
 * image_bundle_create and bundle_load. The caller releases *bundle.
 */
int image_run_make_bundle(const struct image_options *options,
                          const char *state_directory, struct bundle *bundle,
                          struct error *error);

enum { IMAGE_RUN_ID_SIZE = 32 };

/* An id where the user gave none: image-PID. */
void image_run_name(char id[IMAGE_RUN_ID_SIZE]);

/* Clears away containers with such ids whose `run` was killed. */
void image_run_sweep(const struct invocation *invocation);

#endif
