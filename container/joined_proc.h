/* The proc file system of a PID namespace that is joined by path. */
#ifndef RINGSIDE_CONTAINER_JOINED_PROC_H
#define RINGSIDE_CONTAINER_JOINED_PROC_H

#include "oci/bundle.h"
#include "oci/error.h"

/*
 * In the parent: a proc file system that shows the PID namespace that the
 * bundle joins, as by fsopen(2), not yet configured. Errors: negative errno.
 */
int joined_proc_open(const struct bundle *bundle, struct error *error);

#endif
