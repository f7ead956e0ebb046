/* The program's registers at a system call, as entry.S saves them. */
#ifndef RINGSIDE_UNIKERNEL_REGISTERS_H
#define RINGSIDE_UNIKERNEL_REGISTERS_H

#include <stdint.h>

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

/* What entry.S saves on an exception; the rest is in the trap area. */
struct exception_registers {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
};

/* What the processor and the ring-0 stub pushed (TRAP_EXCEPTION_RECORD). */
struct exception_record {
    uint64_t vector, error_code;
    uint64_t rip, cs, rflags, rsp, ss;
};

#endif
