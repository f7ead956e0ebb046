/*
 * The ways into the library OS, all in ring 3 on its own stack:
 *
 *   unikernel_start   the first instruction of the guest
 *   trap_entry        a `syscall` instruction, by way of the ring-0 stub
 *   call_entry        a system call by function call (AT_SYSINFO)
 *   exception_entry   a fault, by way of the ring-0 stub
 *
 * Both system-call entries build the same struct registers (registers.h) and
 * go back to the program directly: flags, stack and a jump, no ring 0.
 */
#include "guests/unikernel/layout.h"

        .text

        .globl unikernel_start
unikernel_start:
        xor %ebp, %ebp
        lea system_stack_end(%rip), %rsp
        call start
        ud2

/* Builds struct registers below the stack pointer of the caller in rsp. */
        .macro push_registers
        push %r15
        push %r14
        push %r13
        push %r12
        push %rbp
        push %rbx
        push %r11
        push %rcx
        push %r9
        push %r8
        push %r10
        push %rdx
        push %rsi
        push %rdi
        push %rax
        .endm

        .globl trap_entry
trap_entry:
        pushq trap_area + TRAP_SYSCALL_RSP(%rip)
        push_registers
        mov %rsp, %rdi
        call syscall_dispatch
        mov %rsp, %rdi
        .globl registers_resume
registers_resume:
        mov %rdi, %rsp
        pop %rax
        pop %rdi
        pop %rsi
        pop %rdx
        pop %r10
        pop %r8
        pop %r9
        pop %rcx
        pop %r11
        pop %rbx
        pop %rbp
        pop %r12
        pop %r13
        pop %r14
        pop %r15
        push %r11
        popfq
        pop %rsp
        jmp *%rcx

/*
 * The red zone: the call's return address overwrites 8 bytes below the
 * caller's stack pointer, so the caller must not keep data there, as before
 * any call.
 */
        .globl call_entry
call_entry:
        pop %rcx
        mov %rsp, trap_area + TRAP_SYSCALL_RSP(%rip)
        lea system_stack_end(%rip), %rsp
        pushfq
        pop %r11
        cld
        jmp trap_entry

        .globl exception_entry
exception_entry:
        push %r15
        push %r14
        push %r13
        push %r12
        push %r11
        push %r10
        push %r9
        push %r8
        push %rbp
        push %rdi
        push %rsi
        push %rdx
        push %rcx
        push %rbx
        push %rax
        mov %rsp, %rdi
        call exception_report
        ud2

        .section .note.GNU-stack, "", @progbits
