/*
 * Going on from a snapshot: many guests may start from one moment, and each
 * must have randomness, an identity and clocks of its own.
 *
 * A guest can only be stopped for a snapshot where it has called the VMM, so
 * that is where the library OS looks, on the way back from each hypercall. When
 * the generation in the boot information page has changed, the VMM has written
 * a new seed, id and clock bases: the random generator starts from the new seed
 * alone, wall time is the host's, and monotonic time goes on from the moment of
 * the snapshot. Nothing that a program has itself kept changes: not the 16
 * bytes of AT_RANDOM, not random numbers or times that it has read.
 */
#ifndef RINGSIDE_UNIKERNEL_RENEW_H
#define RINGSIDE_UNIKERNEL_RENEW_H

/* Takes over the new values where there are some. */
void renew_after_restore(void);

#endif
