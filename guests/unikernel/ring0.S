/*
 * The ring-0 stub: all the ring-0 code there is. It is entered by `syscall`
 * and by exceptions, and bounces both up to the library OS in ring 3 by an
 * `iretq` with a frame that was prepared once. Where ring 0 is emulated each
 * instruction costs microseconds, hence so few. See layout.h for the slots.
 *
 * A breakpoint with a certain value in eax is the library OS asking for what
 * ring 3 cannot do itself: it flushes the TLB and goes on behind it. (Software
 * interrupts would be plainer, but not every back end delivers them.)
 *
 * System calls keep rcx (return address) and r11 (flags); the caller's stack
 * pointer is left in the trap area. Exceptions leave vector, error code and
 * the processor's own frame at TRAP_EXCEPTION_RECORD, all registers intact.
 * The linker script defines trap_area and checks where the entries came to lie.
 */
#include "guests/unikernel/layout.h"

        .section .ring0, "ax", @progbits
        .globl ring0_syscall

        .macro exception_slot vector, has_error
        .balign RING0_SLOT_SIZE, 0xcc
        .if \has_error == 0
        push $0
        .endif
        push $\vector
        jmp bounce_exception
        .endm

ring0_exceptions:
        .irp vector, 0, 1, 2
        exception_slot \vector, 0
        .endr
        .balign RING0_SLOT_SIZE, 0xcc
        jmp breakpoint
        .irp vector, 4, 5, 6, 7
        exception_slot \vector, 0
        .endr
        exception_slot 8, 1
        exception_slot 9, 0
        .irp vector, 10, 11, 12, 13
        exception_slot \vector, 1
        .endr
        .balign RING0_SLOT_SIZE, 0xcc
        push $14
        jmp bounce_page_fault
        .irp vector, 15, 16
        exception_slot \vector, 0
        .endr
        exception_slot 17, 1
        .irp vector, 18, 19, 20
        exception_slot \vector, 0
        .endr
        exception_slot 21, 1
        .irp vector, 22, 23, 24, 25, 26, 27, 28
        exception_slot \vector, 0
        .endr
        .irp vector, 29, 30
        exception_slot \vector, 1
        .endr
        exception_slot 31, 0

        .balign RING0_SLOT_SIZE, 0xcc
ring0_syscall:
        mov %rsp, trap_area + TRAP_SYSCALL_RSP(%rip)
        lea trap_area + TRAP_SYSCALL_FRAME(%rip), %rsp
        iretq

breakpoint:
        cmp $BREAKPOINT_FLUSH_TLB, %eax
        jne bounce_breakpoint
        mov %cr3, %rax
        mov %rax, %cr3
        iretq

bounce_breakpoint:
        push $0
        push $3
        jmp bounce_exception

bounce_page_fault:
        push %rax
        mov %cr2, %rax
        mov %rax, trap_area + TRAP_CR2(%rip)
        pop %rax
bounce_exception:
        lea trap_area + TRAP_EXCEPTION_FRAME(%rip), %rsp
        iretq

        .section .note.GNU-stack, "", @progbits
