/* The parent's side of a container: makes, watches and clears it away. */
#ifndef RINGSIDE_CONTAINER_RUN_H
#define RINGSIDE_CONTAINER_RUN_H

#include "oci/runtime.h"

/* The run function of struct runtime; see oci/runtime.h. */
int container_run(const struct run_request *request, int *exit_status,
                  struct error *error);

#endif
