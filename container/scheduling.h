/*
 * How the workload shares processors and disks.
 * Source: runtime-spec 1.2, config.md, "Linux Process": scheduler, ioPriority,
 * execCPUAffinity; sched_setattr(2), ioprio_set(2), sched_setaffinity(2).
 */
#ifndef RINGSIDE_CONTAINER_SCHEDULING_H
#define RINGSIDE_CONTAINER_SCHEDULING_H

#include "oci/bundle.h"
#include "oci/error.h"

/* Applies what process asks for to the calling process, while it still has
 * rights. Errors: negative errno with the JSON path. */
int scheduling_apply(const struct bundle_process *process, struct error *error);

#endif
