/*
 * A list of the system calls that a process may make from now on, and the BPF
 * program that holds it to them. Calls are found by bisection: the kernel runs
 * a new filter once for each call that exists, and a chain of comparisons would
 * make that take longer than the rest of the jail (Linux kernel/seccomp.c,
 * seccomp_cache_prepare).
 */
#ifndef RINGSIDE_VMM_JAIL_FILTER_H
#define RINGSIDE_VMM_JAIL_FILTER_H

#include "oci/error.h"

#include <stddef.h>
#include <stdint.h>

enum { JAIL_CONDITIONS = 2, JAIL_MAX_RULES = 64 };

/* True where the low 32 bits of that argument are the value. */
struct jail_condition {
    unsigned int argument; /* 0..5 */
    uint32_t value;
};

/* Allows one system call, where all its conditions are true. */
struct jail_rule {
    uint32_t number;
    unsigned int condition_count;
    struct jail_condition conditions[JAIL_CONDITIONS];
};

struct jail_rules {
    struct jail_rule at[JAIL_MAX_RULES];
    size_t count; /* more than there is room for: jail_filter_install fails */
};

/* Allows the system call, with any arguments. */
void jail_allow(struct jail_rules *rules, uint32_t number);

/* Allows it where this argument is the value. */
void jail_allow_if(struct jail_rules *rules, uint32_t number,
                   unsigned int argument, uint32_t value);

/* Allows an ioctl(2) request, on this descriptor; -1: on any. */
void jail_allow_ioctl(struct jail_rules *rules, int fd, uint32_t request);

/*
 * Holds all threads of the process to the rules, for good. What they do not
 * allow raises SIGSYS (seccomp(2), SECCOMP_RET_TRAP); jail_filter_die does not
 * raise it, it kills. Needs no_new_privs or CAP_SYS_ADMIN. Errors: -E2BIG;
 * those of seccomp(2); -ENOSYS where the kernel has none.
 */
int jail_filter_install(const struct jail_rules *rules, struct error *error);

/* Ends the process as SECCOMP_RET_KILL_PROCESS does; for a SIGSYS handler. */
_Noreturn void jail_filter_die(void);

#endif
