/*
 * The verbs that ringside-vmm has beside those of every OCI runtime, a file
 * each.
 */
#ifndef RINGSIDE_VMM_VERBS_H
#define RINGSIDE_VMM_VERBS_H

#include "oci/verbs.h"

/* For messages, and for what goes to standard error. */
#define VMM_NAME "ringside-vmm"

verb_function verb_snapshot, verb_restore, verb_pool, verb_initramfs;

#endif
