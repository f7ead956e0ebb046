/*
 * The socket by which an engine gets the master of a container's terminal.
 * Source: runc, docs/terminals.md, "Detached terminals"; unix(7).
 */
#ifndef RINGSIDE_OCI_CONSOLE_SOCKET_H
#define RINGSIDE_OCI_CONSOLE_SOCKET_H

#include "oci/error.h"

/* Connects to the engine that listens at path; returns a descriptor, close on
 * exec, or a negative errno. */
int console_socket_connect(const char *path, struct error *error);

/* Sends the master of a pseudo-terminal, with the terminal's name as engines
 * expect it. Errors: negative errno. */
int console_socket_send(int socket, int master);

#endif
