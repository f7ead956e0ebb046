/* The /dev file system: a directory that does not change. Source: null(4). */
#ifndef RINGSIDE_UNIKERNEL_DEVICE_H
#define RINGSIDE_UNIKERNEL_DEVICE_H

#include "guests/unikernel/node.h"

/* The root of /dev, with a reference. */
struct node *device_root(void);

/* That of /dev, for the consoles. */
extern struct filesystem device_filesystem;

#endif
