/*
 * Writing a guest's output to a stream of ours that may block for as long as
 * its reader likes.
 */
#ifndef RINGSIDE_VMM_OUTPUT_H
#define RINGSIDE_VMM_OUTPUT_H

#include <stddef.h>

/*
 * Writes all of data, waiting for the reader, until a signal is to end the
 * guest (interrupt.h): what the reader does not take at once is dropped from
 * then on. Returns 0 in both cases, else the negative errno of write(2), -EPIPE
 * where the reader is gone. Call it from a thread that has SIGPIPE blocked or
 * ignored.
 */
int output_write(int fd, const void *data, size_t size);

/*
 * Has all output dropped from now on, what is being written too, however
 * willing its reader is: for a guest that is ended, and did not end itself.
 */
void output_abandon(void);

#endif
