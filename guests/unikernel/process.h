/*
 * What the library OS knows of the one process besides its memory, files and
 * threads; for /proc and for the system calls that report it.
 */
#ifndef RINGSIDE_UNIKERNEL_PROCESS_H
#define RINGSIDE_UNIKERNEL_PROCESS_H

#include "guests/unikernel/boot_info.h"
#include "guests/unikernel/thread.h"

#include <linux/utsname.h>
#include <stdint.h>

enum { CLOCK_TICKS = 100, COMMAND_NAME_SIZE = 16 };

/* The boot information that the process was made from. */
const struct boot_info *process_boot(void);

/* The program's path and the directory that it began in. */
const char *process_executable(void);
const char *process_working_directory(void);

/* Where the strings of the start lie, which the program may overwrite. */
struct process_strings {
    uint64_t arguments, environment, end;
    uint64_t auxiliary, auxiliary_size; /* the vector, in bytes */
};

void process_set_strings(const struct process_strings *strings);
const struct process_strings *process_strings(void);

/* System name, release and host name; what uname(2) gives. */
const struct new_utsname *process_uname(void);

/* The name of prctl's PR_SET_NAME, NUL-terminated and padded. */
const char *process_command_name(void);
void process_set_command_name(const char name[COMMAND_NAME_SIZE]);

/* personality(2) as last set. */
uint32_t process_personality(void);

/* The nice value, -20 to 19. */
int32_t process_nice(void);

#endif
