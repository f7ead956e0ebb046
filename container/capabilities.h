/* The capability sets of the workload. Source: capabilities(7). */
#ifndef RINGSIDE_CONTAINER_CAPABILITIES_H
#define RINGSIDE_CONTAINER_CAPABILITIES_H

#include "oci/bundle.h"
#include "oci/error.h"

/* Drops from the bounding set what the bundle does not list. Needs
 * CAP_SETPCAP, so it comes before the change of identity. */
int capabilities_bound(const struct bundle_process *process,
                       struct error *error);

/* Makes all that is permitted effective, as it was before a change of ids. */
int capabilities_raise(struct error *error);

/*
 * Sets the other four sets to the bundle's, less what the caller itself does
 * not have ("runtimes should not fail" on those). After the change of
 * identity, with PR_SET_KEEPCAPS in force.
 */
int capabilities_apply(const struct bundle_process *process,
                       struct error *error);

#endif
