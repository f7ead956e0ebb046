/*
 * Ctrl-C and its relatives as something to poll: SIGINT, SIGTERM and SIGHUP
 * are blocked and read from a signalfd, so that a session always gets to
 * clean up behind itself, at a moment of its own choosing.
 */
#ifndef RINGSIDE_BENCH_INTERRUPT_H
#define RINGSIDE_BENCH_INTERRUPT_H

#include "oci/error.h"

/* Blocks the signals and opens the signalfd. Once, at the start of main. */
int interrupt_open(struct error *error);

/*
 * Gives the signals back their default: from here on they end the process.
 * For when there is nothing to clean up any more.
 */
void interrupt_close(void);

/* For poll: readable when a signal has come. -1 before interrupt_open. */
int interrupt_fd(void);

/* The first of these signals that has come, or 0. Stays so once it is not. */
int interrupt_signal(void);

#endif
