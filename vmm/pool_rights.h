/* What a pool's daemon and its workers keep of root's rights. */
#ifndef RINGSIDE_VMM_POOL_RIGHTS_H
#define RINGSIDE_VMM_POOL_RIGHTS_H

#include "oci/error.h"

/*
 * Gives up, for good and for all processes made from now on, all capabilities
 * but those that making jails takes and reading other users' bundles, and new
 * privileges. Errors: of prctl(2), capset(2).
 */
int pool_give_up_rights(struct error *error);

#endif
