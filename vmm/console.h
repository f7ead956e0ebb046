/*
 * The terminal that a bundle wants for its program: a unikernel has that of
 * the VMM's standard streams (terminal.h), so the VMM gets one.
 */
#ifndef RINGSIDE_VMM_CONSOLE_H
#define RINGSIDE_VMM_CONSOLE_H

#include "oci/runtime.h"

/*
 * With process.terminal: makes a pseudo-terminal this process's standard
 * input, output and error, and sends its master to the console socket. Without
 * a socket the standard streams must be a terminal already, and stay. Errors:
 * -ENOTTY where they are none, negative errno.
 */
int console_take(const struct run_request *request, struct error *error);

#endif
