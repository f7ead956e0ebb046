/* Reader of process specifications (process_spec.h). */
#ifndef RINGSIDE_GUESTS_LINUX_INIT_SPEC_H
#define RINGSIDE_GUESTS_LINUX_INIT_SPEC_H

#include "guests/linux/process_spec.h"

#include <stddef.h>
#include <stdint.h>

struct spec_mount {
    uint64_t flags; /* of mount(2) */
    const char *destination, *type, *source, *data;
};

/* Strings point into the data that was read. */
struct process_spec {
    struct process_spec_header header; /* checked */
    uint32_t *groups;
    struct process_spec_rlimit *rlimits;
    struct spec_mount *mounts;
    const char *cwd, *hostname;
    char **arguments;   /* NULL-terminated, at least one */
    char **environment; /* NULL-terminated */
};

/*
 * Reads the specification; data must outlive it. Returns NULL, or what is
 * wrong with it, in words; *spec holds nothing then.
 */
const char *process_spec_read(char *data, size_t size,
                              struct process_spec *spec);

/* Frees what process_spec_read allocated; a zeroed structure is fine. */
void process_spec_release(struct process_spec *spec);

#endif
