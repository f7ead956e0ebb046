/*
 * The ways into the library OS, all in ring 3 on its own stack:
 *
 *   unikernel_start   the first instruction of the guest
 *   trap_entry        a `syscall` instruction, by way of the ring-0 stub
 *   call_entry        a system call by function call (AT_SYSINFO)
 *   exception_entry   a fault, by way of the ring-0 stub
 *   upcall_entry      the program was interrupted, by the VMM
 *
 * Both system-call entries build the same struct registers (registers.h) and
 * go back to the program directly: flags, stack and a jump, no ring 0. A
 * thread that was stopped at any other place goes on by `iretq`, which ring 3
 * may use as well to get to ring 3: all registers at once, nothing written to
 * the program's stack.
 */
#include "guests/unikernel/layout.h"

/* Builds struct registers without its rsp below the stack pointer. */
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

        .macro pop_registers
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
        .endm

/*
 * The VMM has stopped the program between two instructions, pushed rip, cs,
 * rflags, rsp and ss onto the empty system stack, and made this address
 * (UPCALL_ENTRY of layout.h) the next instruction.
 */
        .section .upcall, "ax", @progbits
        .globl upcall_entry
upcall_entry:
        push %rsp               /* the slot of rsp, not used */
        push_registers
        mov %rsp, %rdi
        and $-16, %rsp
        call upcall
        ud2

        .text

        .globl unikernel_start
unikernel_start:
        xor %ebp, %ebp
        lea system_stack_end(%rip), %rsp
        call start
        ud2

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
        pop_registers
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

/*
 * Where a signal handler returns to that interrupted a system call which is
 * to be made again: registers as the ring-0 stub leaves them.
 */
        .globl call_again_entry
call_again_entry:
        mov %rsp, trap_area + TRAP_SYSCALL_RSP(%rip)
        lea system_stack_end(%rip), %rsp
        cld
        jmp trap_entry

        .globl exception_entry
exception_entry:
        push %rsp               /* the slot of rsp, not used */
        push_registers
        mov %rsp, %rdi
        and $-16, %rsp
        call exception
        ud2

        .globl context_resume
context_resume:
        mov %rdi, %rsp
        pop_registers
        lea 8(%rsp), %rsp
        iretq

        .globl run_on_system_stack
run_on_system_stack:
        lea system_stack_end(%rip), %rsp
        call *%rdi
        ud2

        .section .note.GNU-stack, "", @progbits
