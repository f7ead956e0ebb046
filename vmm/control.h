/*
 * The control channel to the init of a Linux guest: lines both ways over a
 * virtio-console port (guests/linux/process_spec.h). The program's status
 * comes by the exit port; what this channel alone carries is why init failed,
 * and signals for the program.
 */
#ifndef RINGSIDE_VMM_CONTROL_H
#define RINGSIDE_VMM_CONTROL_H

#include "guests/linux/process_spec.h"
#include "oci/error.h"

#include <stddef.h>

struct control {
    int to_guest[2]; /* a pipe; the port reads its first end */
    char line[RINGSIDE_CONTROL_LINE];
    size_t used;
    char failure[RINGSIDE_CONTROL_LINE]; /* what init said went wrong */
};

#define CONTROL_NONE ((struct control){.to_guest = {-1, -1}})

/* Errors of pipe2(2). The caller releases it. */
int control_create(struct control *control, struct error *error);
void control_release(struct control *control);

/* Takes what init sent, in pieces of any size; context is the control. */
void control_receive(void *context, const void *data, size_t size);

/* Asks init to send the program this signal. */
void control_signal(const struct control *control, int signal);

#endif
