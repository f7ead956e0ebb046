/* What a bundle may ask for and this runtime does not do. */
#ifndef RINGSIDE_CONTAINER_UNSUPPORTED_H
#define RINGSIDE_CONTAINER_UNSUPPORTED_H

#include "oci/bundle.h"
#include "oci/error.h"

/*
 * Refuses a bundle that asks for something not implemented: a container that
 * lacks a protection somebody asked for is worse than none. -ENOTSUP with
 * the JSON path; null, false, 0 and empty values ask for nothing.
 */
int unsupported_check(const struct bundle *bundle, struct error *error);

#endif
