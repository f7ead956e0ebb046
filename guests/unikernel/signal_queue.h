/*
 * Signals that were sent and not yet taken, with what is told about each: a
 * standard signal is pending once, a real-time signal as often as it was sent.
 */
#ifndef RINGSIDE_UNIKERNEL_SIGNAL_QUEUE_H
#define RINGSIDE_UNIKERNEL_SIGNAL_QUEUE_H

#include "guests/unikernel/signal.h"

/*
 * Adds one. Without memory a standard signal is pending all the same, without
 * information; a real-time signal is -EAGAIN.
 */
int64_t pending_add(struct pending_signals *pending,
                    const struct signal_info *info);

/* Takes the first of a signal that is pending. */
void pending_take(struct pending_signals *pending, uint64_t signal,
                  struct signal_info *info);

/* Drops all of a signal. */
void pending_drop(struct pending_signals *pending, uint64_t signal);

#endif
