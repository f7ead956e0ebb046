/*
 * The namespaces of a container: made with it, or joined by path.
 * Source: runtime-spec 1.0.2, config-linux.md, "Namespaces"; namespaces(7).
 */
#ifndef RINGSIDE_CONTAINER_NAMESPACES_H
#define RINGSIDE_CONTAINER_NAMESPACES_H

#include "oci/bundle.h"
#include "oci/error.h"

#include <stdint.h>
#include <sys/types.h>

struct clone_args;

/*
 * The CLONE_NEW... flags of the namespaces that clone3 makes: all new ones
 * but the cgroup namespace, whose root is where the process stands when it is
 * made, so init makes it once it is in its cgroup.
 */
uint64_t namespaces_clone_flags(const struct bundle *bundle);

/*
 * In the parent: clone3(2) with these arguments, in the user and the PID
 * namespace that the bundle gives a path for; the parent and its other children
 * are not in them. Returns the process id of init, 0 in init, or
 * a negative errno.
 */
pid_t namespaces_clone(const struct bundle *bundle,
                       struct clone_args *arguments, struct error *error);

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
