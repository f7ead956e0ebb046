/* Making the process that is to be jailed; see supervisor.h. */
#ifndef RINGSIDE_VMM_SUPERVISOR_CHILD_H
#define RINGSIDE_VMM_SUPERVISOR_CHILD_H

#include "oci/error.h"
#include "vmm/supervisor.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * Makes it, with signals as in `mask`: it does ward->run with the second of the
 * channel's ends, tells an error, and ends. In a process namespace of its own
 * where the host lets us. Returns its id, or the negative errno of clone(2).
 */
pid_t child_make(const struct ward *ward, const int ends[2],
                 const sigset_t *mask, struct error *error);

/*
 * Whether the child is in our process group, so that a terminal's signals reach
 * it and it may read from the terminal. Otherwise it has one of its own, and
 * who signals our group reaches it once, through us.
 */
bool child_shares_terminal(void);

#endif
