/*
 * The init of a Linux guest: process 1, which prepares the machine, runs the
 * one program that the VMM asks for, carries its streams, and says how it
 * ended. The parts, in the order in which main calls them; what it agrees on
 * with the VMM is in process_spec.h.
 */
#ifndef RINGSIDE_GUESTS_LINUX_INIT_H
#define RINGSIDE_GUESTS_LINUX_INIT_H

#include "guests/linux/init_spec.h"
#include "guests/linux/process_spec.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* ---- init_report.c: telling the VMM ---- */

/* Gains access to the two I/O ports; without it they stay silent. */
void report_open(void);

/* Gives the access up, before the program gets to run. */
void report_close(void);

void report_phase(enum ringside_phase phase);

/* Where lines go from now on: the control port. */
void report_use_control(int fd);

/* Sends one line of the control protocol, where there is a control port. */
void report_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says how the program ended (status as of waitpid) and ends the machine. */
_Noreturn void report_end(int status);

/*
 * Says why the program cannot be run, on the control port and the kernel's
 * console, and ends the machine: process 1 has nobody to return an error to.
 */
_Noreturn void init_fail(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* ---- init_modules.c ---- */

/* Loads what /modules/order lists and frees the memory of the files. */
void modules_load(void);

/* ---- init_ports.c ---- */

/* Ends of the program's streams outside it; control is -1 without ports. */
struct host_ports {
    int input, output, errors, control;
};

/*
 * The virtio-console ports of that name, opened without blocking; or, on a
 * machine without virtio console, nothing as input and terminals (the
 * RINGSIDE_VARIABLE_... of process_spec.h).
 */
void ports_open(struct host_ports *ports);

/* ---- init_root.c, init_network.c ---- */

/* Mounts what init itself needs: /proc, /sys, /dev. */
void root_mount_early(void);

/* Makes the bundle's rootfs the root, with mounts, devices and host name. */
void root_enter(const struct process_spec *spec);

/* Brings up the loopback interface, and eth0 where an address is given. */
void network_configure(const struct process_spec *spec);

/* ---- init_process.c ---- */

struct program {
    pid_t pid;
    int input, output, errors; /* our ends of its pipes, not blocking */
};

/*
 * Starts the program, which is executed when this returns. proc is a
 * descriptor of init's own /proc.
 */
void program_start(const struct process_spec *spec, int proc,
                   struct program *program);

/* ---- init_streams.c ---- */

/*
 * Carries the streams and obeys the control port until the program has ended
 * and all its output is with the host. Returns its status as of waitpid.
 * SIGCHLD is blocked.
 */
int streams_carry(const struct program *program,
                  const struct host_ports *ports);

#endif
