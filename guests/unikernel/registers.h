/* The program's registers, as entry.S saves and loads them. */
#ifndef RINGSIDE_UNIKERNEL_REGISTERS_H
#define RINGSIDE_UNIKERNEL_REGISTERS_H

#include <stdint.h>

/* At a system call. */
struct registers {
    uint64_t rax; /* number, then result */
    uint64_t rdi, rsi, rdx, r10, r8, r9;
    uint64_t rcx; /* where to go back to */
    uint64_t r11; /* flags to go back with */
    uint64_t rbx, rbp, r12, r13, r14, r15;
    uint64_t rsp;
};

/* Loads all registers and jumps to rcx; does not return. */
_Noreturn void registers_resume(const struct registers *registers);

/*
 * At any instruction: rcx and r11 are registers like others. The words behind
 * `general` are what `iretq` takes.
 */
struct context {
    struct registers general; /* but for its rsp */
    uint64_t rip, cs, rflags, rsp, ss;
};

/* Goes on in the program exactly as the context says; does not return. */
_Noreturn void context_resume(const struct context *context);

/* Leaves the current stack for the library OS's own, emptied, and calls. */
_Noreturn void run_on_system_stack(void (*function)(void));

/* What the processor and the ring-0 stub pushed (TRAP_EXCEPTION_RECORD). */
struct exception_record {
    uint64_t vector, error_code;
    uint64_t rip, cs, rflags, rsp, ss;
};

#endif
