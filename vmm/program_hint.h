/* What can be done about a program that a unikernel cannot run. */
#ifndef RINGSIDE_VMM_PROGRAM_HINT_H
#define RINGSIDE_VMM_PROGRAM_HINT_H

#include "oci/error.h"

/*
 * Adds to an error about the open file that a Linux guest can run it, if it is
 * a script or a dynamic ELF, which need an interpreter. Returns -error->code.
 */
int program_hint(int fd, struct error *error);

#endif
