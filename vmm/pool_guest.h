/*
 * The process that runs a pool's guest, in its jail: makes the guest, has it
 * ready, waits for whom to run it, runs it to its end and tells the client.
 */
#ifndef RINGSIDE_VMM_POOL_GUEST_H
#define RINGSIDE_VMM_POOL_GUEST_H

#include "oci/bundle.h"
#include "oci/error.h"
#include "vmm/jail.h"
#include "vmm/pool_protocol.h"
#include "vmm/unikernel.h"

#include <stdbool.h>

/* What is to be run, and how. */
struct pool_guest {
    const struct bundle *bundle;
    struct unikernel_options options;
    bool until_ready; /* it runs up to its line "ringside ready" before */
    bool no_jail;
};

/* What the supervisor hands over: the streams, and behind them the client's
 * socket, which gets the answer. */
enum { POOL_HANDED_CLIENT = POOL_STREAMS };

/*
 * What a ward does (supervisor.h). Once the answer is sent it returns 0, and
 * *exit_status is 0. Errors, which are for the supervisor to answer: of the
 * parts; -ECHILD where the program ends before it is ready.
 */
int pool_guest_live(struct jail *jail, const struct pool_guest *guest,
                    int *exit_status, struct error *error);

#endif
