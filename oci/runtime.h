/*
 * The command line and the life of one container, shared by both runtimes: a
 * runtime brings a struct runtime, everything else is the same for both.
 *
 *   NAME [global flags] run [--bundle DIR] [flags] ID
 *   NAME [global flags] exec-static [flags] PROGRAM [ARGUMENT...]
 *
 * Source: runtime-spec 1.0.2, runtime.md; the flags are those that engines
 * pass (see docs/oci.md).
 */
#ifndef RINGSIDE_OCI_RUNTIME_H
#define RINGSIDE_OCI_RUNTIME_H

#include "oci/bundle.h"
#include "oci/error.h"
#include "oci/log.h"
#include "oci/record.h"
#include "oci/state.h"

#include <argp.h>
#include <stdbool.h>

#define RUNTIME_SPEC_VERSION "1.0.2"

/* Who makes the cgroup of a container. */
enum cgroup_manager {
    CGROUP_MANAGER_FS,      /* the runtime */
    CGROUP_MANAGER_SYSTEMD, /* systemd, as a scope */
    CGROUP_MANAGER_NONE,    /* nobody: it stays in its caller's */
};

/* One container to make, checked and ready. */
struct run_request {
    const char *id; /* matches [A-Za-z0-9_+.-]{1,128}, not "." or ".." */
    const struct bundle *bundle;
    const char *config;          /* path of config.json as it is kept */
    const char *state_directory; /* exists, ours alone, removed afterwards */
    const struct state *state;   /* NULL: other commands need not find it */
    const char *pid_file;        /* NULL when not asked for */
    const char *console_socket;  /* NULL when not asked for */
    const struct log *log;       /* for warnings */
    int preserve_fds;            /* descriptors 3.. passed on */
    int gate;                    /* see start_gate.h; -1: start at once */
    int keeper;                  /* see keeper.h; meaningful with a gate */
    /* Makes the bundle once there is a state directory; NULL: it is made. */
    int (*prepare)(struct run_request *request, struct error *error);
    void *prepare_input;
    bool keep_keyring; /* the session keyring of the caller */
    bool attached;     /* we stay with it: it dies with us */
    enum cgroup_manager cgroup_manager;
    /* Set when SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGUSR1 or SIGUSR2 should
     * go to the container: the runtime installs what handling it needs. */
    bool forward_signals;
};

struct invocation;

/* One word of the command line and what it does: see verbs.h. */
struct verb {
    const char *name, *summary;
    int (*execute)(const struct invocation *invocation, int argc, char **argv,
                   int *exit_status, struct error *error);
};

/* A process to run in a container that runs. */
struct exec_request {
    const struct record *record; /* of the container */
    const struct bundle *bundle; /* as it was at the container's creation */
    const struct bundle_process *process;
    const char *cgroup;         /* below the container's; NULL: that itself */
    const char *pid_file;       /* NULL when not asked for */
    const char *console_socket; /* NULL when not asked for */
    int preserve_fds;
    bool detach;
};

struct runtime {
    const char *name;    /* "ringside-container" */
    const char *summary; /* one line for --help */
    /* Options of this runtime's own for run and exec-static, NULL for none;
     * options_input is handed to its parser. */
    const struct argp *options;
    void *options_input;
    /* Verbs of this runtime's own, ended by a NULL name; NULL for none. */
    const struct verb *verbs;
    bool has_notify; /* what runs inside reaches a socket of the host's */
    /*
     * Runs the container to its end. Returns 0 with the status to exit with
     * in *exit_status (128+n for death by signal n), or a negative errno
     * with error set and nothing left behind.
     */
    int (*run)(const struct run_request *request, int *exit_status,
               struct error *error);
    /*
     * Makes a container that waits at request->gate, announced with
     * lifecycle_announce, and leaves it to itself. NULL: a process that
     * stays (see keeper.h) does it with `run`.
     * Errors: negative errno, nothing left behind.
     */
    int (*create)(const struct run_request *request, struct error *error);
    /* Removes what of a dead container is outside its state directory;
     * record->details may be missing when its making was cut short. */
    void (*destroy)(const char *id, const struct record *record);
    /* Any of these may be NULL: not for containers of this kind. */
    int (*exec)(const struct exec_request *request, int *exit_status,
                struct error *error);
    int (*pause)(const struct record *record, bool pause, struct error *error);
    int (*update)(const struct record *record,
                  const struct bundle_resources *resources,
                  struct error *error);
    /* An array of process ids, as the host sees them. NULL with error set. */
    json_t *(*processes)(const struct record *record, struct error *error);
    /* What it adds to the features document of the runtime-spec; the caller
     * owns it. */
    json_t *(*features)(void);
    int (*signal_all)(const struct record *record, int number,
                      struct error *error);
    bool (*is_paused)(const struct record *record);
};

/*
 * Exit statuses that a workload cannot be mistaken for where it matters:
 * a refused command line, bundle or program is 1 with a line on stderr;
 * a back end that cannot run this kind of guest is its own status.
 */
enum {
    RUNTIME_EXIT_FAILURE = 1,
    RUNTIME_EXIT_UNSUPPORTED = 125,
};

/* The whole of main() for a runtime; returns the process exit status. */
int runtime_main(const struct runtime *runtime, int argc, char **argv);

#endif
