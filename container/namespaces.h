/*
 * The namespaces of a container: made with it, or joined by path.
 * Source: runtime-spec 1.0.2, config-linux.md, "Namespaces"; namespaces(7).
 */
#ifndef RINGSIDE_CONTAINER_NAMESPACES_H
#define RINGSIDE_CONTAINER_NAMESPACES_H

#include "oci/bundle.h"
#include "oci/error.h"

#include <stdbool.h>
#include <sys/types.h>

struct clone_args;

/*
 * In the parent: clone3(2) with these arguments and the new namespaces of the
 * bundle, in the user namespace that it gives a path for; the parent and its
 * other children are not in them. Where the PID namespace is joined, all that
 * is left to namespaces_make. Returns the process id of init, 0 in init, or a
 * negative errno.
 */
pid_t namespaces_clone(const struct bundle *bundle,
                       struct clone_args *arguments, struct error *error);

/*
 * Is there a PID namespace to join? Those who are in it must not meet a process
 * with more rights than the workload has, or with a way to the host: init stays
 * outside to its last step.
 */
bool namespaces_pid_is_joined(const struct bundle *bundle);

/* Joins it; this takes in children only. */
int namespaces_join_pid(const struct bundle *bundle, struct error *error);

/* In init where it is joined: joins it and the user namespace, and makes the
 * others. */
int namespaces_make(const struct bundle *bundle, struct error *error);

/*
 * Goes on as a new process in the PID namespace that was joined, a child of our
 * parent, to whom its id is sent (a pid_t over socket); the old one ends.
 */
int namespaces_enter_pid(int socket, struct error *error);

/*
 * In the parent: child *pid has gone on as next, or so it is said; the new
 * process may be in the hands of others already. Nothing is taken for it that
 * is not a child of ours. *pid is next then, and the old one is reaped.
 */
int namespaces_follow_pid(pid_t next, pid_t *pid, struct error *error);

/* In init, once it is in its cgroup: makes the cgroup namespace. */
int namespaces_enter_cgroup(const struct bundle *bundle, struct error *error);

/* In init: joins the others that the bundle gives a path for, and makes a
 * time namespace that has offsets. */
int namespaces_join(const struct bundle *bundle, struct error *error);

/* Joins all namespaces of a container that runs, whose first process the
 * pidfd refers to, at once. A PID namespace takes in children only. */
int namespaces_join_all(const struct bundle *bundle, int process,
                        struct error *error);

/* In the parent: writes the id mappings of init's new user namespace; see
 * id_mapping.h. Errors: negative errno. */
int namespaces_write_mappings(const struct bundle *bundle, pid_t pid,
                              struct error *error);

/* Does the bundle ask for a new one (not one to join)? */
bool namespace_is_new(const struct bundle *bundle, enum namespace_kind kind);

#endif
