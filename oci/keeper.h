/*
 * A process that stays with a created container: for a runtime whose
 * container is a process of its own, a virtual machine say. It makes the
 * container, waits to be started, runs it, and ends with it; it is what
 * engines signal and wait for.
 *
 *   create                     keeper
 *   ------                     ------
 *   fork --------------------->  run of struct runtime: makes everything
 *   announces it <-------------  keeper_await_start: is ready
 *   KEEPER_ANNOUNCED --------->  waits at the start gate
 *   leaves                       goes on
 */
#ifndef RINGSIDE_OCI_KEEPER_H
#define RINGSIDE_OCI_KEEPER_H

#include "oci/runtime.h"

/* The create operation of a runtime that has none. Errors: as that. */
int keeper_create(const struct runtime *runtime,
                  const struct run_request *request, struct error *error);

/*
 * For the run operation of such a runtime, once nothing is left to do but to
 * let the program run: announces the container with its details (borrowed;
 * NULL: none), and waits for its start if it is only being created. process is
 * what is announced, as the host counts: the caller, which may be a child of
 * the keeper's parent. Errors: negative errno.
 */
int keeper_await_start(const struct run_request *request, pid_t process,
                       json_t *details, struct error *error);

#endif
