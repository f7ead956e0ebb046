/*
 * Where a created container waits for `start`: a listening socket "start" in
 * its state directory, held by its first process alone.
 *
 * `start` connects and says so; the process answers with a struct error, or,
 * by executing the workload, with the end of the connection. The kernel
 * closes the socket on exec and on death, so whether a container still waits
 * is never written down anywhere, and so never wrong.
 */
#ifndef RINGSIDE_OCI_START_GATE_H
#define RINGSIDE_OCI_START_GATE_H

#include "oci/error.h"

#include <stdbool.h>

/* Makes the socket in the open directory; returns its descriptor (close on
 * exec), which the process that waits inherits. Errors: negative errno. */
int start_gate_make(int directory, struct error *error);

/*
 * Waits until somebody starts the container. Returns the connection, close on
 * exec, to report to with start_gate_report; or a negative errno.
 */
int start_gate_wait(int gate, struct error *error);

/* Tells who waits at the other end of the connection why it went wrong. */
void start_gate_report(int connection, const struct error *error);

/*
 * Starts the container that waits in that directory, and waits until its
 * program runs. Errors: -ESRCH when nobody waits there, or what it reported.
 */
int start_gate_open(const char *directory, struct error *error);

/* Does somebody wait there? */
bool start_gate_is_closed(const char *directory);

#endif
