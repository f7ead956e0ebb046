/*
 * The hypercalls: all that a unikernel can ask of the VMM. A call is one
 * `out` of 32 bits to port HYPERCALL_PORT + number; the value is the
 * guest-physical address of the call's structure, 8-byte aligned and inside
 * guest memory. The VMM copies the structure in once, checks and uses the
 * copy, and writes back `result` alone: 0 or more, or a negative errno.
 */
#ifndef RINGSIDE_UNIKERNEL_HYPERCALL_H
#define RINGSIDE_UNIKERNEL_HYPERCALL_H

#include <stdint.h>

#define HYPERCALL_PORT 0x500

enum hypercall_number {
    HYPERCALL_EXIT,
    HYPERCALL_FAULT,
    HYPERCALL_CONSOLE_WRITE,
    HYPERCALL_CONSOLE_READ,
    HYPERCALL_POLL,
    HYPERCALL_DISCARD,
    HYPERCALL_ATTACH_ROOT,
    HYPERCALL_TIMER,
    HYPERCALL_ADD_MEMORY,
    HYPERCALL_TRACE,
    HYPERCALL_TERMINAL,
    HYPERCALL_COUNT,
};

/* Ends the guest; does not return. */
struct hypercall_exit {
    int64_t result;
    uint32_t status; /* exit status, 0..255, where signal is 0 */
    uint32_t signal; /* or the signal that ends the program */
};

/* Ends the guest because of an exception; does not return. */
struct hypercall_fault {
    int64_t result;
    uint64_t vector;
    uint64_t error_code;
    uint64_t address; /* CR2 where vector is 14 */
    uint64_t rip;
    uint64_t rsp;
    uint64_t rflags;
    uint64_t general[16]; /* rax rbx rcx rdx rsi rdi rbp r8..r15, in order */
    uint8_t code[16];     /* bytes at rip */
    uint64_t code_length; /* how many of them could be read */
};

/*
 * Moves bytes between guest memory and the VMM's stdin, stdout or stderr.
 * Reading never waits: it is -EAGAIN where stdin has nothing yet.
 */
struct hypercall_console {
    int64_t result;   /* bytes moved; 0 on read: end of file */
    uint64_t address; /* guest-physical, range inside guest memory */
    uint64_t length;  /* at most HYPERCALL_CONSOLE_MAX */
    uint64_t stream;  /* 0 stdin (read), 1 stdout, 2 stderr (write) */
};

#define HYPERCALL_CONSOLE_MAX 0x100000

/*
 * Waits until one of the streams is ready, at its end or in error, or until
 * the time is over: 0 only asks, UINT64_MAX waits for ever.
 */
struct hypercall_poll {
    int64_t result; /* which of the streams are ready: enum poll_stream */
    uint64_t duration_ns;
    uint64_t streams; /* enum poll_stream; 0 just sleeps */
};

enum poll_stream {
    POLL_STDIN_READABLE = 1 << 0,
    POLL_STDOUT_WRITABLE = 1 << 1,
    POLL_STDERR_WRITABLE = 1 << 2,
};

/*
 * Asks for one upcall (layout.h) once the time is over, instead of the one
 * asked for before; 0 asks for none.
 */
struct hypercall_timer {
    int64_t result;
    uint64_t duration_ns;
};

/* Gives a page-aligned range back to the host; it reads as zero afterwards. */
struct hypercall_discard {
    int64_t result;
    uint64_t address; /* guest-physical, inside the window */
    uint64_t length;
};

/*
 * Puts the root file system, read-only, at boot_info.root_physical; a second
 * call does nothing more. Where the VMM cannot, it ends the guest.
 */
struct hypercall_attach_root {
    int64_t result; /* its size in bytes, whole pages; see root_index.h */
};

/*
 * Adds the memory that was held back (boot_info.held): a hypervisor keeps books
 * for each page, which a guest that needs few should not cost. A second call
 * does nothing more. Where the VMM cannot, it ends the guest.
 */
struct hypercall_add_memory {
    int64_t result;
};

enum trace_event {
    TRACE_BEGIN,   /* about to be served */
    TRACE_WAIT,    /* has to wait; TRACE_END follows when it is over */
    TRACE_END,     /* served: value is its result */
    TRACE_UNKNOWN, /* not one that the library OS has */
};

/* Tells of a system call, where boot_info.flags has BOOT_INFO_TRACE. */
struct hypercall_trace {
    int64_t result;
    uint64_t event;
    uint64_t number;
    uint64_t arguments[6];
    int64_t value;
};

/*
 * ioctl_tty(2) on a standard stream that is a terminal: TCGETS, TCSETS,
 * TCSETSW, TCSETSF, TIOCGWINSZ or FIONREAD.
 */
struct hypercall_terminal {
    int64_t result;
    uint64_t stream;
    uint64_t request;
    uint64_t address; /* guest-physical, of what the request reads or writes */
    uint64_t length;  /* the size of that */
};

#endif
