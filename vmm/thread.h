/* Threads of the VMM: vCPUs and I/O. */
#ifndef RINGSIDE_VMM_THREAD_H
#define RINGSIDE_VMM_THREAD_H

#include "oci/error.h"

#include <pthread.h>

/*
 * Starts a thread with a small stack (the usual 8 MiB may be backed by a huge
 * page, which is most of what the VMM would need) that takes no signal but
 * `taken`, 0 for none: those that end the VMM go to the thread that waits for
 * the guest. Returns once the C library has nothing more to do for its start,
 * which a jail may forbid. what is for messages. Errors of pthread_create(3).
 */
int thread_start(pthread_t *thread, void *(*function)(void *), void *argument,
                 int taken, const char *what, struct error *error);

#endif
