/*
 * Where a container that runs leaves its mark: ROOT/ID, a directory of mode
 * 0700 that exists as long as the container does.
 *
 * The owner holds an exclusive flock on it. The kernel drops the lock when
 * the owner dies, however it dies, so a directory that can be locked has no
 * owner any more and is taken over; no process id can be mistaken for
 * another's.
 */
#ifndef RINGSIDE_OCI_STATE_H
#define RINGSIDE_OCI_STATE_H

#include "oci/error.h"

struct state {
    char *directory; /* absolute if the root was; NULL when there is none */
    int lock;        /* descriptor of the locked directory */
};

/*
 * An id is 1 to 128 of A-Z a-z 0-9 _ + . - and neither "." nor "..", so that
 * it can be the name of a directory or a cgroup. Errors: -EINVAL.
 */
int state_check_id(const char *id, struct error *error);

/*
 * The state root where the user names none: /run/ringside/NAME for root,
 * $XDG_RUNTIME_DIR/ringside/NAME otherwise, or else /tmp/ringside-UID/NAME,
 * which must be the caller's and not writable for others. *root is the
 * caller's to free.
 */
int state_default_root(const char *name, char **root, struct error *error);

/*
 * Makes and locks ROOT/ID; missing directories above are made. Errors:
 * -EEXIST with 'container "ID" already exists' while its owner lives, or the
 * errno of the failed call. On failure *state holds nothing.
 */
int state_create(const char *root, const char *id, struct state *state,
                 struct error *error);

/*
 * Removes the state directories beside state's whose name starts with prefix
 * and whose owner is dead. For ids that are used once only, which no later
 * container would take over.
 */
void state_sweep(const struct state *state, const char *prefix);

/* Removes the directory with all in it, then lets go of the lock. */
void state_remove(struct state *state);

#endif
