/*
 * Where a container leaves its mark: ROOT/ID, a directory of mode 0700 that
 * exists as long as the container does.
 *
 * A command that changes the container holds an exclusive flock on it, so
 * commands on one container happen one after the other. The kernel drops the
 * lock when its holder dies, however it dies.
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
 * which must be the caller's and not writable for others. Root of a user
 * namespace, as which engines without root have us, is such another where
 * XDG_RUNTIME_DIR is set. *root is the caller's to free.
 */
int state_default_root(const char *name, char **root, struct error *error);

/*
 * Makes and locks ROOT/ID; missing directories above are made. Errors:
 * -EEXIST with 'container "ID" already exists' when it is there, or the errno
 * of the failed call. On failure *state holds nothing.
 */
int state_create(const char *root, const char *id, struct state *state,
                 struct error *error);

/*
 * Opens and locks an existing ROOT/ID, waiting while another command is at
 * it. Errors: -ENOENT with 'container "ID" does not exist'. Release with
 * state_close, or state_remove.
 */
int state_open(const char *root, const char *id, struct state *state,
               struct error *error);

/* Lets others at the container for the time being; state_lock takes it back.
 * -ENOENT: somebody has removed it meanwhile. */
void state_unlock(const struct state *state);
int state_lock(const struct state *state);

/* Lets go of the lock and leaves the directory. */
void state_close(struct state *state);

/*
 * Removes the state directories beside state's whose name starts with prefix
 * and whose owner is dead. For ids that are used once only, which no later
 * container would take over.
 */
void state_sweep(const struct state *state, const char *prefix);

/* Removes the directory with all in it, then lets go of the lock. */
void state_remove(struct state *state);

#endif
