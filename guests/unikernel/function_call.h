/*
 * System calls by function call, for any program that may run as a Ringside
 * unikernel. Self-contained: copy it, or write the same few lines.
 *
 * Where the auxiliary vector has AT_SYSINFO (32), its value is the address of
 * a function that serves system calls without a trap; x86-64 Linux never sets
 * it, so a program uses the `syscall` instruction where it is absent.
 *
 *   in:   number in rax, arguments in rdi, rsi, rdx, r10, r8, r9
 *   out:  result or negative errno in rax
 *   lost: rcx, r11 and the arithmetic flags; all else is kept, vector
 *         registers too. The direction flag may be in either state.
 *
 * `call` writes its return address below the stack pointer, where x86-64 code
 * may keep data of its own (the red zone, 128 bytes): step over it first, as
 * here. Calls that never return there or come back twice (rt_sigreturn, clone
 * with a stack) are for the `syscall` instruction alone.
 */
#ifndef RINGSIDE_FUNCTION_CALL_H
#define RINGSIDE_FUNCTION_CALL_H

#include <sys/auxv.h>

/* The function's address, 0 where there is none. */
static inline unsigned long function_call_entry(void)
{
    return getauxval(32);
}

/* Calls number with up to six arguments; entry must not be 0. */
static inline long function_call(unsigned long entry, long number,
                                 const unsigned long argument[6])
{
    register unsigned long r10 __asm__("r10") = argument[3];
    register unsigned long r8 __asm__("r8") = argument[4];
    register unsigned long r9 __asm__("r9") = argument[5];
    long result;

    __asm__ volatile("lea -128(%%rsp), %%rsp\n\t"
                     "call *%[entry]\n\t"
                     "lea 128(%%rsp), %%rsp"
                     : "=a"(result)
                     : "a"(number), "D"(argument[0]), "S"(argument[1]),
                       "d"(argument[2]), "r"(r10), "r"(r8),
                       "r"(r9), [entry] "r"(entry)
                     : "rcx", "r11", "cc", "memory");
    return result;
}

#endif
