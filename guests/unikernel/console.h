/* The VMM's standard streams as nodes; open as 0, 1 and 2 at the start. */
#ifndef RINGSIDE_UNIKERNEL_CONSOLE_H
#define RINGSIDE_UNIKERNEL_CONSOLE_H

#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/node.h"

/* The node of /dev/console: its number and that of its device. */
enum { CONSOLE_INODE = 2, CONSOLE_DEVICE = 5 << 8 | 1 };

extern struct node console_nodes[3];
extern struct description console_descriptions[3];

/* What is behind /dev/console: reads stdin, writes stdout. */
extern struct node console_terminal;

#endif
