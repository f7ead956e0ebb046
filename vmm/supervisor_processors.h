/*
 * The supervisor makes namespaces while its ward makes the VM: each of it is
 * some 0.4 ms of work. But a scheduler may leave a new process where it was
 * made, behind its parent (as those do that keep few processors awake), and
 * then it is one after the other.
 * Source: sched_setaffinity(2), proc_loadavg(5).
 */
#ifndef RINGSIDE_VMM_SUPERVISOR_PROCESSORS_H
#define RINGSIDE_VMM_SUPERVISOR_PROCESSORS_H

#include <sched.h>
#include <sys/types.h>

/* The processors that the caller may use; none where there is only one, or the
 * host does not say. */
void processors_allowed(cpu_set_t *allowed);

/*
 * In the supervisor: has its ward run on any of them but ours, for now. One
 * that is on another already stays there. Where more is to be done than there
 * are processors it stays, too: it would wait for somebody else's work.
 */
void processors_part(pid_t ward, const cpu_set_t *allowed);

/* In the ward, once they need not work side by side any more. */
void processors_rejoin(const cpu_set_t *allowed);

#endif
