/* A process that joins a running container; the exec operation of struct
 * runtime. */
#ifndef RINGSIDE_CONTAINER_EXEC_H
#define RINGSIDE_CONTAINER_EXEC_H

#include "oci/runtime.h"

int container_exec(const struct exec_request *request, int *exit_status,
                   struct error *error);

#endif
