/* Signals of the runtime that are meant for the container, and its end. */
#ifndef RINGSIDE_CONTAINER_SIGNALS_H
#define RINGSIDE_CONTAINER_SIGNALS_H

#include "container/terminal.h"
#include "oci/error.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * Blocks the signals that signals_wait handles, so that none is lost while
 * the container is being made. *original is the mask before.
 */
void signals_block(bool forward, sigset_t *original);

/*
 * Waits for the end of process pid, with the signals of signals_block
 * forwarded to it meanwhile, and its terminal (NULL: none) attended to.
 * *exit_status is its own, or 128+n for death by signal n.
 *
 * The kernel drops a signal for the first process of a PID namespace
 * (first_process) that has no handler for it. Outside it would have ended the
 * program, so it does here: the container is killed, and the status says
 * which signal it was.
 */
int signals_wait(pid_t pid, bool first_process, struct terminal *terminal,
                 int *exit_status, struct error *error);

#endif
