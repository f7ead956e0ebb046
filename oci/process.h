/*
 * A process of the host that is known for certain: by its id and the time it
 * started, so that a reused id is never taken for it.
 * Source: proc(5), /proc/PID/stat; pidfd_open(2).
 */
#ifndef RINGSIDE_OCI_PROCESS_H
#define RINGSIDE_OCI_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct process_identity {
    pid_t pid;
    uint64_t start_time; /* clock ticks since boot */
};

/* Fills *identity of a process that is there. Errors: -ESRCH or of open. */
int process_identify(pid_t pid, struct process_identity *identity);

/*
 * A pidfd of exactly that process, close-on-exec. -ESRCH: it is gone, or a
 * zombie, or its id belongs to another by now.
 */
int process_open(const struct process_identity *identity);

/* Is it there, and not a zombie? */
bool process_alive(const struct process_identity *identity);

/* Is it stopped, by SIGSTOP say? */
bool process_stopped(const struct process_identity *identity);

/* Sends it a signal. Errors: -ESRCH as above, -EPERM. */
int process_signal(const struct process_identity *identity, int number);

#endif
