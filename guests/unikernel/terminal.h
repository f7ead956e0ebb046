/* Terminals: what ioctl(2) asks of a standard stream that is one. */
#ifndef RINGSIDE_UNIKERNEL_TERMINAL_H
#define RINGSIDE_UNIKERNEL_TERMINAL_H

#include <stdint.h>

/* ioctl_tty(2) on a stream of the VMM's; argument is the program's. */
int64_t terminal_control(uint64_t stream, uint64_t request, uint64_t argument);

#endif
