/*
 * What is known of a container between two commands: ROOT/ID/state.json.
 *
 * Only facts that do not change are written down. Whether the container
 * waits, runs, is paused or has ended is asked of the kernel each time, so a
 * command that is killed at any moment leaves nothing that is wrong.
 * Source: runtime-spec 1.0.2, runtime.md, "State".
 */
#ifndef RINGSIDE_OCI_RECORD_H
#define RINGSIDE_OCI_RECORD_H

#include "oci/error.h"
#include "oci/process.h"

#include <jansson.h>
#include <stdbool.h>

struct runtime;

enum container_status {
    STATUS_CREATING,
    STATUS_CREATED,
    STATUS_RUNNING,
    STATUS_PAUSED,
    STATUS_STOPPED,
};

/* The texts belong to document; unused members are NULL. */
struct record {
    const char *id, *bundle, *rootfs, *config;
    struct process_identity init; /* pid 0: there never was one */
    int64_t created;              /* ns since 1970 */
    bool attached;                /* `run` stays with it and clears it away */
    bool creating;                /* hooks run, it cannot be started yet */
    json_t *details;              /* the runtime's own; may be NULL */
    json_t *document;
};

/* What goes into a new record; the texts are copied. */
struct record_facts {
    const char *id, *bundle, *rootfs;
    const char *config; /* the configuration as it was at creation */
    pid_t pid;
    bool attached, creating;
    json_t *details;     /* borrowed; NULL: none */
    json_t *annotations; /* borrowed; NULL: none */
};

/* Writes DIRECTORY/state.json, all of it or nothing. Errors: -errno. */
int record_write(const char *directory, const struct record_facts *facts,
                 struct error *error);

/* Writes it again, after the runtime has changed its details. */
int record_rewrite(const char *directory, const struct record *record,
                   struct error *error);

/*
 * Reads it; release with record_release. Errors: -ENOENT when there is none
 * (yet), -EINVAL when it is not ours or of another version.
 */
int record_read(const char *directory, struct record *record,
                struct error *error);

void record_release(struct record *record);

/* Asks the kernel, and the runtime whether it is paused. */
enum container_status record_status(const struct runtime *runtime,
                                    const char *directory,
                                    const struct record *record);

/* "creating", "created", "running", "paused" or "stopped". */
const char *container_status_name(enum container_status status);

/*
 * The state of a container as the specification defines it, and what engines
 * read beside it. pid as the reader sees it. The caller owns the document;
 * NULL when memory is short.
 */
json_t *record_state(const struct record *record, enum container_status status,
                     pid_t pid);

#endif
