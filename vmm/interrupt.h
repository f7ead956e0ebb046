/*
 * Ending a guest from outside: signals that ask the VMM to end are noted, get
 * it out of the guest or out of a blocking call, and then end the guest as
 * they would have ended the process.
 */
#ifndef RINGSIDE_VMM_INTERRUPT_H
#define RINGSIDE_VMM_INTERRUPT_H

#include "oci/error.h"

#include <linux/kvm.h>
#include <poll.h>
#include <stdint.h>

/*
 * Watches the signals that engines send (SIGHUP, SIGINT, SIGQUIT, SIGTERM,
 * SIGUSR1, SIGUSR2) on behalf of the vCPU that runs with this structure, and
 * ignores SIGPIPE: a reader that went away is the guest's concern.
 */
int interrupt_watch(struct kvm_run *run, struct error *error);

/* Makes the vCPU's next entry return at once; for signal handlers. */
void interrupt_kick(void);

/* Watches one more signal. */
int interrupt_watch_signal(int signal, struct error *error);

/* A watched signal that came, 0 for none yet. */
int interrupt_pending(void);

/* The same, and forgets it: for who passes it on. */
int interrupt_take(void);

/*
 * Forgets those of the set (1 << (signal - 1)) that came, for who passes them
 * on, and returns them.
 */
uint64_t interrupt_take_of(uint64_t set);

/*
 * poll(2) that such a signal ends with -EINTR, also one that came just before;
 * -errno otherwise on failure. timeout is in ms, -1 for none.
 */
int interrupt_poll(struct pollfd *fds, nfds_t count, int timeout);

/* Forgets the vCPU; its run structure may then be unmapped. */
void interrupt_unwatch(void);

#endif
