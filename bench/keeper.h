/*
 * A keeper: a small process beside ours that, should we die without having
 * cleaned up (SIGKILL, the OOM killer), does at once what `ringside clean`
 * would do. For work that leaves much behind when it is cut off.
 */
#ifndef RINGSIDE_BENCH_KEEPER_H
#define RINGSIDE_BENCH_KEEPER_H

#include "oci/error.h"

/*
 * Starts it. It is no child of ours, holds nothing of ours open but the pipe
 * that tells it of our death, and survives what ends us and our terminal.
 * To be called before the session is opened. Returns the descriptor for
 * keeper_dismiss, or a negative errno.
 */
int keeper_start(struct error *error);

/* Tells it that everything is cleaned up: it ends. Closes the descriptor. */
void keeper_dismiss(int keeper);

#endif
