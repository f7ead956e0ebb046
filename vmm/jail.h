/*
 * The jail of a process that runs a guest: if a guest should ever break out
 * into it, there is little that it can do from there. In two steps:
 *
 *   jail_confine  namespaces of its own, an empty root, nobody's user, no
 *                 capabilities, no new privileges
 *   jail_seal     descriptors, limits, the list of system calls
 *
 * What it cannot have is made before or asked for (supervisor.h). What a host
 * forbids, as namespaces to users, is left out; the list never is.
 * Source: namespaces(7), capabilities(7), seccomp(2), pivot_root(2).
 */
#ifndef RINGSIDE_VMM_JAIL_H
#define RINGSIDE_VMM_JAIL_H

#include "oci/error.h"
#include "vmm/jail_filter.h"

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What a jailed process has of its supervisor. */
struct jail {
    int channel;          /* to it; -1: there is no jail */
    pid_t process;        /* our id, as the host counts */
    bool dies_with_it;    /* the supervisor's end is ours */
    bool has_user;        /* we were made in a user namespace of our own */
    bool keeps_network;   /* the network namespace stays what it is */
    int network, ipc;     /* namespaces made for us; -1: none */
    int root;             /* an empty directory; -1: none */
    cpu_set_t processors; /* that we may run on; supervisor_processors.h */
};

#define JAIL_NONE \
    ((struct jail){.channel = -1, .network = -1, .ipc = -1, .root = -1})

/*
 * Makes what takes long and needs rights, for another process to be confined
 * with; where there are no rights, nothing. The caller closes the descriptors
 * with jail_release. Error: that the caller could not leave again what it had
 * to enter.
 */
int jail_prepare(struct jail *jail, struct error *error);
void jail_release(struct jail *jail);

/*
 * Confines the calling process, which must have one thread only: unshare(2).
 * Errors: of what every host can do.
 */
int jail_confine(const struct jail *jail, struct error *error);

/* The last part of that, by itself: has the supervisor's end be that of the
 * calling process, where that is to be. Errors: -EPIPE where it has ended. */
int jail_tie_to_supervisor(const struct jail *jail, struct error *error);

/* The descriptors of a sealed process. */
struct jail_descriptors {
    const int *kept; /* besides the standard ones; -1 among them: none */
    size_t count;
    unsigned int to_come; /* from the supervisor, at once or in turn */
    bool writes_files;    /* one that comes may be a file to be written */
};

/*
 * Closes all descriptors but the standard ones and those kept, sets limits to
 * what is in use and installs the rules. A system call that these do not allow
 * is told to the supervisor and kills. Errors: of jail_filter_install,
 * setrlimit(2).
 */
int jail_seal(const struct jail *jail,
              const struct jail_descriptors *descriptors,
              const struct jail_rules *rules, struct error *error);

#endif
