/*
 * Our own terminal, while a container has one in the foreground: what is typed
 * goes to the container's, what comes from there is shown.
 */
#ifndef RINGSIDE_CONTAINER_TERMINAL_H
#define RINGSIDE_CONTAINER_TERMINAL_H

#include "oci/error.h"

#include <signal.h>

struct terminal;

/*
 * Takes the master of a container's terminal over, and puts ours, if standard
 * input is one, into raw mode. terminal_close gives it back as it was.
 * Errors: -ENOMEM.
 */
int terminal_open(int master, struct terminal **terminal, struct error *error);

/*
 * Moves data both ways, and the size of our window, until a signal of set
 * arrives, which must be blocked, SIGWINCH too. Returns its number, or a
 * negative errno.
 */
int terminal_attend(struct terminal *terminal, const sigset_t *set);

/* Shows what is left to be shown; NULL is fine. */
void terminal_close(struct terminal *terminal);

#endif
