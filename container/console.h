/*
 * The terminal of a container: a pair of pseudo-terminals from its own devpts.
 * Its master goes to an engine's console socket, or to our parent process.
 * Source: runtime-spec 1.0.2, config.md, "terminal"; pty(7), ioctl_tty(2).
 */
#ifndef RINGSIDE_CONTAINER_CONSOLE_H
#define RINGSIDE_CONTAINER_CONSOLE_H

#include "oci/bundle.h"
#include "oci/error.h"

/*
 * In the parent: decides where the terminal that process may ask for goes: to
 * the console socket at path, or, if that is NULL, to us. *sender is for
 * console_open, *receiver for console_receive; both close-on-exec, and left
 * alone where there is none. Errors: negative errno.
 */
int console_prepare(const struct bundle_process *process, const char *path,
                    int *sender, int *receiver, struct error *error);

/*
 * Opens a new terminal in the devpts below the directory root, of the size
 * and for the user that process names, and sends its master over socket.
 * Returns the slave, close-on-exec. Nothing that the container may have put
 * in the place of its devpts is taken for one. Errors: negative errno.
 */
int console_open(int root, const struct bundle_process *process, int socket,
                 struct error *error);

/* Shows the slave as /dev/console below the directory root. */
int console_bind(int root, int slave, struct error *error);

/* Makes the slave, which is closed, the standard input, output and error. */
int console_attach(int slave, struct error *error);

/* Begins a session; with a terminal, which is attached, it is the controlling
 * one. */
int console_lead_session(const struct bundle_process *process,
                         struct error *error);

/* The master that console_open has sent to the other end of the socket;
 * -EPIPE when there is none. */
int console_receive(int socket);

#endif
