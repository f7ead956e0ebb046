/* The library OS's side of the hypercalls in hypercall.h. */
#ifndef RINGSIDE_UNIKERNEL_VMM_CALL_H
#define RINGSIDE_UNIKERNEL_VMM_CALL_H

#include "guests/unikernel/registers.h"

#include <stdint.h>

struct hypercall_trace;

/* Ends the guest with an exit status, or as killed by a signal. */
_Noreturn void vmm_exit(uint32_t status);
_Noreturn void vmm_exit_by_signal(uint32_t signal);

/*
 * Ends the guest with a report of an exception: the registers then, and what
 * processor and ring-0 stub recorded.
 */
_Noreturn void vmm_fault(const struct registers *registers,
                         const struct exception_record *record,
                         uint64_t address);

/*
 * Moves length bytes at the virtual address between guest memory (window or
 * system region) and a standard stream; may move fewer. Returns their number
 * or a negative errno. Reading never waits: it is -EAGAIN where stdin has
 * nothing yet (thread_wait_streams waits for it).
 */
int64_t vmm_console_write(uint64_t stream, uint64_t address, uint64_t length);
int64_t vmm_console_read(uint64_t address, uint64_t length);

/*
 * Waits for ns, UINT64_MAX for ever, or until one of the streams (enum
 * poll_stream of hypercall.h) is ready. Returns those that are, or a negative
 * errno.
 */
int64_t vmm_poll(uint64_t duration_ns, uint64_t streams);

/* Asks for one upcall in so many ns, in place of the one asked for before. */
void vmm_timer(uint64_t duration_ns);

/* Gives page-aligned window memory back; it reads as zero afterwards. */
int64_t vmm_discard(uint64_t address, uint64_t length);

/* Tells of a system call. */
void vmm_trace(const struct hypercall_trace *what);

/* Attaches the root file system; returns its size in bytes. */
int64_t vmm_attach_root(void);

/* Adds the memory that was held back. Returns 0. */
int64_t vmm_add_memory(void);

/* ioctl_tty(2) on a standard stream, with length bytes at the address. */
int64_t vmm_terminal(uint64_t stream, uint64_t request, uint64_t address,
                     uint64_t length);

#endif
