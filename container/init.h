/* The first process of a container, from its birth to the workload's exec. */
#ifndef RINGSIDE_CONTAINER_INIT_H
#define RINGSIDE_CONTAINER_INIT_H

#include "container/container.h"

/* Becomes the workload, or writes a struct error to the parent and exits. */
_Noreturn void init_main(const struct container *container);

#endif
