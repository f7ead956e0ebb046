/*
 * The process that stays outside of the jail (jail.h). It makes the one that
 * runs the guest, does for it the few things that it cannot do any more, passes
 * signals on, and says how it ended.
 *
 *   supervisor                        jailed process
 *   ----------                        --------------
 *   clone -------------------------->  ward->run: makes the guest
 *   makes namespaces meanwhile ----->  supervisor_await
 *                                      jail_confine, jail_seal, runs the guest
 *                              <----  supervisor_await_go, if it has to wait
 *   engages it ---------------------->
 *   opens the root file system <---->  supervisor_open_root
 *   wait <--------------------------  _exit
 */
#ifndef RINGSIDE_VMM_SUPERVISOR_H
#define RINGSIDE_VMM_SUPERVISOR_H

#include "oci/error.h"
#include "vmm/jail.h"
#include "vmm/supervisor_message.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What is to be supervised. */
struct ward {
    /* In the jailed process, which ends with *exit_status or the error. */
    int (*run)(struct jail *jail, void *context, int *exit_status,
               struct error *error);
    /* In the supervisor: a descriptor of the archive of the root file system,
     * and its size; NULL where there is none. Errors: negative errno. */
    int (*open_root)(void *context, uint64_t *size, struct error *error);
    /* In the supervisor, once the guest runs; may be NULL. */
    void (*started)(void *context, pid_t process);
    /*
     * In the supervisor, once the ward waits in supervisor_await_go; NULL where
     * it never does. Says what it is to go on with: MESSAGE_DESCRIPTORS at
     * *handed (-1: none), which are closed and -1 once it has them, and one to
     * watch (-1: none), whose other end's hang-up ends the ward. Negative: the
     * ward is to end.
     */
    int (*engage)(void *context, int **handed, int *watched);
    void *context;
    bool keeps_network; /* the guest has a use for our network namespace */
    int handed_over;    /* a descriptor that only the jailed process keeps; -1:
                           none */
    bool is_sibling;    /* its parent is to be ours, which waits for it: then
                           the exit status is not told */
};

/*
 * Runs it to its end. Returns 0 with the status to exit with (128 + n for
 * death by signal n), or the error of either process: -EPERM where the jail
 * stopped it, -EFAULT where it crashed.
 */
int supervisor_run(const struct ward *ward, int *exit_status,
                   struct error *error);

/*
 * The rest is for the jailed process. Errors: -EPIPE where there is no
 * supervisor any more.
 *
 * Waits for what the supervisor makes: jail->process and descriptors.
 */
int supervisor_await(struct jail *jail, struct error *error);

/* Has `started` called; nobody waits for it. */
int supervisor_tell_started(const struct jail *jail, struct error *error);

/* Waits until it is engaged, and for what. */
int supervisor_await_go(const struct jail *jail,
                        int handed[MESSAGE_DESCRIPTORS], struct error *error);

/* A descriptor of the root file system's archive, and its size. Errors: those
 * of `open_root` too. */
int supervisor_open_root(const struct jail *jail, uint64_t *size,
                         struct error *error);

/* Tells which system call the jail has denied; in a signal handler. */
void supervisor_tell_denied(int channel, int number);

#endif
