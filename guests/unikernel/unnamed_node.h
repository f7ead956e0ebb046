/*
 * Nodes without a name, that calls like pipe(2) make: pipes, sockets, event
 * counters.
 */
#ifndef RINGSIDE_UNIKERNEL_UNNAMED_NODE_H
#define RINGSIDE_UNIKERNEL_UNNAMED_NODE_H

#include "guests/unikernel/descriptor.h"

/* That of event counters and the like: "anon_inode:[eventfd]" in /proc. */
extern struct filesystem unnamed_filesystem;

/*
 * Fills in a node of the program's with one reference: time and owner are
 * those of the caller.
 */
void unnamed_node_init(struct node *node, struct filesystem *filesystem,
                       const struct node_operations *operations, uint32_t mode);

/*
 * Gives an unnamed node, whose reference it takes over, also on failure, a
 * descriptor. flags are O_...; O_CLOEXEC is the descriptor's.
 */
int64_t unnamed_node_install(struct node *node, uint32_t flags);

/*
 * The text of its link in /proc/self/fd, for the operation readlink: "pipe:[7]"
 * for kind "pipe", or the kind alone.
 */
int64_t unnamed_node_kind(const char *kind, char *buffer, uint64_t size);
int64_t unnamed_node_text(const struct node *node, const char *kind,
                          char *buffer, uint64_t size);

#endif
