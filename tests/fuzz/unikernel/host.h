/*
 * The library OS as a part of a host process: all of its code but for entry.S,
 * ring0.S and the hypercalls, with a VMM of our own beneath. Guest-physical
 * memory is a file in memory, mapped where the guest has it; the page tables
 * that the library OS edits are followed by mprotect and mmap, so that it
 * faults where it would in a guest, and its small allocations are malloc's, so
 * that the sanitizers see them.
 */
#ifndef RINGSIDE_TESTS_FUZZ_UNIKERNEL_HOST_H
#define RINGSIDE_TESTS_FUZZ_UNIKERNEL_HOST_H

#include "guests/unikernel/registers.h"

#include <stdint.h>

enum {
    HOST_WINDOW = 0x10000000, /* guest-virtual */
    HOST_WINDOW_SIZE = 8 << 20,
    HOST_PROGRAM_SIZE = 1 << 20, /* read, write; at the window's start */
    HOST_STACK_SIZE = 64 << 10,  /* at its end */
};

/* How the program came to be left. */
enum host_end {
    HOST_GOES_ON, /* its registers are in host_registers */
    HOST_ENDED,   /* by exit or a signal */
    HOST_STUCK,   /* every thread waits for ever */
};

/* The program's registers; rip is in rcx. */
extern struct registers host_registers;

/* Allocations that succeed before memory is full, UINT64_MAX: any number. */
extern uint64_t host_allocations;

/* Starts afresh with a root file system of a few files. */
void host_begin(void);

/* Serves the system call in host_registers. */
enum host_end host_call(void);

/* What the VMM does on a timer or a signal (1 to 64). */
enum host_end host_interrupt(unsigned int signal);

/* Writes to the program's memory what lies where it may write. */
void host_write(uint64_t address, const void *bytes, uint64_t size);

/* Moves the guest's clock on. */
void host_advance(uint64_t ns);

#endif
