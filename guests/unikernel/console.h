/* The VMM's standard streams as nodes; open as 0, 1 and 2 at the start. */
#ifndef RINGSIDE_UNIKERNEL_CONSOLE_H
#define RINGSIDE_UNIKERNEL_CONSOLE_H

#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/node.h"

extern struct node console_nodes[3];
extern struct description console_descriptions[3];

#endif
