/*
 * How a microVM ends: whoever notices first (a device, a vCPU thread, the
 * guest itself) says so here, and the thread that waits wakes up.
 */
#ifndef RINGSIDE_VMM_GUEST_END_H
#define RINGSIDE_VMM_GUEST_END_H

#include "oci/error.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum guest_end_reason {
    GUEST_RUNNING,
    GUEST_EXITED,      /* status is the program's */
    GUEST_INIT_FAILED, /* init could not run the program; it said why */
    GUEST_POWERED_OFF,
    GUEST_RESET,  /* asked for a reset: after a panic, as a rule */
    GUEST_BROKEN, /* the VM cannot go on; error says why */
};

struct guest_end_signal {
    pthread_mutex_t lock;
    int event; /* eventfd, readable once the guest ended */
    enum guest_end_reason reason;
    int status;         /* of GUEST_EXITED, 0..255 */
    struct error error; /* of GUEST_BROKEN */
};

/* Errors: of eventfd(2). */
int guest_end_create(struct guest_end_signal *end, struct error *error);
void guest_end_release(struct guest_end_signal *end);

/* The first reason stands; later ones are dropped. error may be NULL. */
void guest_end_set(struct guest_end_signal *end, enum guest_end_reason reason,
                   int status, const struct error *error);

#endif
