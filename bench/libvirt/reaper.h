/*
 * A parent that reaps. libvirt has QEMU leave its parent, and when a machine
 * ends it waits for the process to vanish, which for an orphan is when process
 * 1, or the nearest subreaper, gets round to it. So we put one right above.
 */
#ifndef RINGSIDE_BENCH_LIBVIRT_REAPER_H
#define RINGSIDE_BENCH_LIBVIRT_REAPER_H

#include "oci/error.h"

/*
 * Forks. Returns 0 in the child, which does the work and dies with its parent.
 * Returns 1 in the parent, a subreaper that has reaped everything until the
 * child ended, with *exit_status as its own or 128+n for death by signal n.
 * Errors: of prctl(2) and fork(2).
 */
int reaper_fork(int *exit_status, struct error *error);

#endif
