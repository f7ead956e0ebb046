/* The operations of struct runtime that make containers; see
 * oci/runtime.h for what each does. */
#ifndef RINGSIDE_CONTAINER_RUN_H
#define RINGSIDE_CONTAINER_RUN_H

#include "oci/runtime.h"

int container_run(const struct run_request *request, int *exit_status,
                  struct error *error);

int container_create(const struct run_request *request, struct error *error);

#endif
