/*
 * Descriptors, and the open file descriptions behind them (open(2)).
 *
 * No descriptor is special: 0, 1 and 2 are console nodes that are open at the
 * start. A description has one reference for each descriptor of it; handlers
 * may use one without taking a reference, since nothing else runs meanwhile.
 */
#ifndef RINGSIDE_UNIKERNEL_DESCRIPTOR_H
#define RINGSIDE_UNIKERNEL_DESCRIPTOR_H

#include "guests/unikernel/node.h"

#include <stdbool.h>
#include <stdint.h>

struct description {
    struct node *node; /* a reference */
    uint64_t position;
    uint32_t flags; /* O_...: access mode and status flags */
    uint32_t references;
    struct node *directory; /* where it was opened by name; may be NULL */
    char *name;             /* its name there, NUL-terminated; or NULL */
    void *state;            /* of the node's operations: open to close */
};

/*
 * A description of the node, whose reference it takes over, also on failure.
 * Does not call the node's open operation. NULL: memory is full.
 */
struct description *description_create(struct node *node, uint32_t flags);

/* One reference less; the last one closes. */
struct description *description_reference(struct description *file);
void description_release(struct description *file);

/* Gives back one that was never opened: as the last release, but no close. */
void description_discard(struct description *file);

/* Whether it was opened for reading, or for writing. */
bool description_readable(const struct description *file);
bool description_writable(const struct description *file);

/* The description of a descriptor, or NULL: -EBADF. */
struct description *descriptor_get(uint64_t descriptor);

/* 0, or -EMFILE where no descriptor is free. */
int64_t descriptor_available(void);

/*
 * Puts the description, whose reference it takes over, also on failure, at
 * the lowest free descriptor from minimum on. Returns it, -EMFILE or -ENOMEM.
 */
int64_t descriptor_install(struct description *file, uint64_t minimum,
                           bool close_on_exec);

/* dup2: closes what is there. The descriptor must be below the limit. */
int64_t descriptor_replace(uint64_t descriptor, struct description *file,
                           bool close_on_exec);

int64_t descriptor_close(uint64_t descriptor);

/* FD_CLOEXEC; the descriptor must be open. */
bool descriptor_close_on_exec(uint64_t descriptor);
void descriptor_set_close_on_exec(uint64_t descriptor, bool on);

/* The lowest open descriptor from this one on, or UINT64_MAX. */
uint64_t descriptor_next(uint64_t descriptor);

/* Every open descriptor is below it. */
uint64_t descriptor_table_size(void);

/* RLIMIT_NOFILE's soft limit: new descriptors are below it. */
uint64_t descriptor_limit(void);
void descriptor_set_limit(uint64_t limit);

#endif
