/*
 * The life of a container as the verbs share it: found by its id, announced,
 * started, deleted. What differs between the runtimes is in struct runtime.
 * Source: runtime-spec 1.0.2, runtime.md, "Lifecycle".
 */
#ifndef RINGSIDE_OCI_LIFECYCLE_H
#define RINGSIDE_OCI_LIFECYCLE_H

#include "oci/record.h"
#include "oci/runtime.h"
#include "oci/state.h"
#include "oci/verbs.h"

/* A container that is there, locked against other commands. */
struct subject {
    struct state state;
    struct record record; /* of one whose making was cut short: id, config */
    char *config;         /* what record.config is then */
};

/* Where the state directories are; the caller frees it. */
int lifecycle_root(const struct invocation *invocation, char **root,
                   struct error *error);

/*
 * Reads the record of a container without keeping others from it. The caller
 * frees *directory and releases *record.
 * Errors: -ENOENT with 'container "ID" does not exist'.
 */
int lifecycle_look(const struct invocation *invocation, const char *id,
                   char **directory, struct record *record,
                   struct error *error);

/* Locks a container for a command that changes it. Errors: as above. */
int lifecycle_find(const struct invocation *invocation, const char *id,
                   struct subject *subject, struct error *error);

void lifecycle_release(struct subject *subject);

/*
 * Makes the state directory of a new container. One of that id whose `run`
 * was killed is cleared away first. Errors: as state_create.
 */
int lifecycle_make_state(const struct invocation *invocation, const char *id,
                         struct state *state, struct error *error);

/*
 * Deletes the container of that id if it was attached to a `run` that is dead,
 * or if its making was cut short; false when neither is so. Waits for what is
 * just dying, half a second at most.
 */
bool lifecycle_clear_orphan(const struct invocation *invocation,
                            const char *id);

/*
 * Makes the bundle where that waited for the state directory, which is set.
 * Errors: of request->prepare.
 */
int lifecycle_prepare(struct run_request *request, struct error *error);

/*
 * For the runtimes, in the making of a container: pid is its first process,
 * alive. Writes the record (creating: it cannot be started yet) and, at the
 * last, the pid file; lets other commands at an attached container.
 * details, borrowed, is what the runtime wants to know later.
 */
int lifecycle_announce(const struct run_request *request, pid_t pid,
                       json_t *details, bool creating, struct error *error);

/* Writes a process id to the file at path, if it is not NULL. */
int lifecycle_write_pid_file(const char *path, pid_t pid, struct error *error);

/*
 * For the runtimes, when an attached container has ended: keeps other
 * commands out again. False: another command has deleted it, and its
 * cgroup may be somebody else's by now.
 */
bool lifecycle_reclaim(const struct run_request *request);

/* Runs the bundle's hooks of that kind with the container's state. */
int lifecycle_run_hooks(const struct run_request *request, const char *kind,
                        enum container_status status, pid_t pid,
                        struct error *error);

/* As the specification has it for hooks after the start: what goes wrong is
 * a warning in the log. */
void lifecycle_run_late_hooks(const struct run_request *request,
                              const char *kind, enum container_status status,
                              pid_t pid);

/* Makes a container that waits to be started, of a request without state. */
int lifecycle_create(const struct invocation *invocation,
                     struct run_request *request, struct error *error);

int lifecycle_start(const struct invocation *invocation,
                    const struct subject *subject, struct error *error);

/* Kills the first process, of a paused container too, and waits until it is
 * gone. Errors: -ETIMEDOUT. */
int lifecycle_end(const struct runtime *runtime, const struct record *record,
                  struct error *error);

/* Removes a container that has ended, with its poststop hooks. Always
 * releases the subject. */
void lifecycle_delete(const struct invocation *invocation,
                      struct subject *subject);

#endif
