/* The network of a container: a namespace of its own has loopback only. */
#ifndef RINGSIDE_CONTAINER_NETWORK_H
#define RINGSIDE_CONTAINER_NETWORK_H

#include "oci/error.h"

/* Brings "lo" up in a new network namespace. Errors: negative errno. */
int network_raise_loopback(struct error *error);

#endif
