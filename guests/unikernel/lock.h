/*
 * Advisory locks. All of the program's locks of one process are its own, so
 * that fcntl's F_SETLK never conflicts; those of open file descriptions
 * (F_OFD_SETLK) and of flock(2) may, between two opens of one file.
 */
#ifndef RINGSIDE_UNIKERNEL_LOCK_H
#define RINGSIDE_UNIKERNEL_LOCK_H

#include "guests/unikernel/descriptor.h"

#include <stdint.h>

/* fcntl(2) with a lock command: F_GETLK to F_OFD_SETLKW. */
int64_t lock_fcntl(struct description *file, uint64_t command,
                   uint64_t address);

/* The last descriptor of the file is gone, and with it its locks. */
void lock_forget(struct description *file);

#endif
