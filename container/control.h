/* The operations of struct runtime on a container that is there; see
 * oci/runtime.h for what each does. */
#ifndef RINGSIDE_CONTAINER_CONTROL_H
#define RINGSIDE_CONTAINER_CONTROL_H

#include "oci/runtime.h"

void container_destroy(const char *id, const struct record *record);

int container_signal_all(const struct record *record, int number,
                         struct error *error);

bool container_is_paused(const struct record *record);

int container_pause(const struct record *record, bool pause,
                    struct error *error);

int container_update(const struct record *record,
                     const struct bundle_resources *resources,
                     struct error *error);

json_t *container_processes(const struct record *record, struct error *error);

#endif
