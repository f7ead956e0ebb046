/*
 * How the runtime and its process inside a container talk while that is being
 * made: over a pair of sockets that keep messages apart. A message is one byte
 * (enum container_message), a process id, or a struct error; the end says that
 * the workload is executed, or that the other one has died.
 */
#ifndef RINGSIDE_CONTAINER_CHANNEL_H
#define RINGSIDE_CONTAINER_CHANNEL_H

#include "oci/error.h"

#include <stddef.h>
#include <sys/types.h>

/*
 * In the parent: the next message. Returns its byte; CONTAINER_INSIDE for a
 * process id, which *pid is then; 0 at the end; or the error that was told.
 */
int channel_receive(int channel, pid_t *pid, struct error *error);

/* In the process inside: waits for size bytes of the parent's, all of them in
 * one message. Errors: -EPIPE when it has ended. */
int channel_await(int channel, void *data, size_t size, struct error *error);

/*
 * In the process inside: asks to be killed when the parent dies. The kernel
 * forgets it on a change of identity, so it is asked for again after one; a
 * parent that died in between is noticed by the hang-up of its socket.
 * Errors: -EPIPE for such a one.
 */
int channel_die_with_parent(int channel, struct error *error);

#endif
