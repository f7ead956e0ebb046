/*
 * The filter of system calls that a bundle asks for.
 *
 *   seccomp_prepare  (parent)  linux.seccomp -> BPF, from the cache or by
 *                              libseccomp; connects to the listener
 *   seccomp_install  (init)    BPF -> kernel, hands the listener over
 *
 * libseccomp takes longer to compile a profile of 300 names than all the rest
 * of a container's start, hence the cache (seccomp_cache.c).
 * Source: runtime-spec 1.1, config-linux.md, "Seccomp"; seccomp(2).
 */
#ifndef RINGSIDE_CONTAINER_SECCOMP_H
#define RINGSIDE_CONTAINER_SECCOMP_H

#include "oci/bundle.h"
#include "oci/error.h"
#include "oci/json.h"

#include <linux/filter.h>

struct seccomp_program {
    struct sock_filter *filter; /* allocated; NULL: the bundle has none */
    unsigned short count;       /* of instructions */
    unsigned int flags;         /* SECCOMP_FILTER_FLAG_... */
    int listener;               /* connected socket; -1: none */
    json_t *notice;             /* what goes to it with the descriptor */
};

/*
 * Fills *program from linux.seccomp; id is the container's. The caller
 * releases it with seccomp_program_release in any case. Errors: -EINVAL with
 * the JSON path of what is wrong, or the errno of the listener's socket.
 */
int seccomp_prepare(const struct bundle *bundle, const char *id,
                    struct seccomp_program *program, struct error *error);
void seccomp_program_release(struct seccomp_program *program);

/* In init, while the host's /proc is in reach: notes its process id there,
 * which the listener is to know. Errors: negative errno. */
int seccomp_note_pid(const struct seccomp_program *program,
                     struct error *error);

/* The same for a process that joins: its id and that of the container's first
 * process, as the host sees them. */
void seccomp_set_pids(const struct seccomp_program *program, pid_t process,
                      pid_t container);

/*
 * Puts the calling thread, the only one, under the filter; needs
 * no_new_privs or CAP_SYS_ADMIN. From here on the filter rules what we do,
 * too. Errors: negative errno.
 */
int seccomp_install(const struct seccomp_program *program, struct error *error);

/* Does the program have to be installed with CAP_SYS_ADMIN still there? */
bool seccomp_needs_rights(const struct seccomp_program *program,
                          const struct bundle_process *process);

/*
 * seccomp_profile.c: compiles the profile at node into program->filter.
 * Names of system calls that libseccomp does not know are left out, as
 * profiles name those of many kernels. Errors: -EINVAL, -ENOMEM.
 */
int seccomp_compile(const struct json_node *node, bool has_listener,
                    struct seccomp_program *program, struct error *error);

/* What a profile may ask for, for the verb features: arrays that the caller
 * owns. */
json_t *seccomp_action_names(void);
json_t *seccomp_operator_names(void);
json_t *seccomp_flag_names(void);

/*
 * seccomp_cache.c: programs by the digest of what they were compiled from.
 * The key is for seccomp_cache_load and seccomp_cache_store.
 */
enum { SECCOMP_KEY_SIZE = 2 * 32 + 1 };
int seccomp_cache_key(const json_t *profile, char key[SECCOMP_KEY_SIZE]);

/* True when program->filter was filled from the cache. */
bool seccomp_cache_load(const char *key, struct seccomp_program *program);

/* Keeps the program; that it cannot be kept is no error. */
void seccomp_cache_store(const char *key,
                         const struct seccomp_program *program);

#endif
