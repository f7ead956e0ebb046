/*
 * A kernel's first instructions: from 32-bit protected mode, as PVH has it, to
 * 64-bit code with the first 4 GiB mapped where they are. Other processors
 * start in real mode, in a page of low memory that this is copied to.
 * Source: Xen's docs/misc/pvh.pandoc; Intel SDM volume 3, 9.8.5 and 8.4.
 */
#define CODE_32 0x08
#define DATA    0x10
#define CODE_64 0x18

        .section .note.pvh, "a", @note
        .balign 4
        .long 4, 4, 18          /* XEN_ELFNOTE_PHYS32_ENTRY */
        .asciz "Xen"
        .long pvh_entry

        .text
        .code32
        .globl pvh_entry
pvh_entry:
        cli
        mov %ebx, %ebp
        lgdt gdt_pointer
        movl $tables + 0x1000 + 3, tables
        mov $4, %ecx
1:      mov %ecx, %eax
        shl $12, %eax
        add $tables + 0x1000 + 3, %eax
        mov %eax, tables + 0x1000 - 8(, %ecx, 8)
        loop 1b
        mov $2048, %ecx         /* pages of 2 MiB */
2:      mov %ecx, %eax
        dec %eax
        shl $21, %eax
        or $0x83, %eax
        mov %eax, tables + 0x2000 - 8(, %ecx, 8)
        loop 2b
        mov $stack_end, %esp
        mov $start_first, %edi
        jmp enter_long_mode

        .globl protected_entry
protected_entry:
        mov $DATA, %eax
        mov %eax, %ds
        mov %eax, %ss
        mov $second_stack_end, %esp
        mov $start_second, %edi

enter_long_mode:
        mov %cr4, %eax
        or $0x20, %eax          /* PAE */
        mov %eax, %cr4
        mov $tables, %eax
        mov %eax, %cr3
        mov $0xc0000080, %ecx   /* EFER */
        rdmsr
        or $0x100, %eax         /* LME */
        wrmsr
        mov %cr0, %eax
        or $0x80000001, %eax
        mov %eax, %cr0
        ljmp $CODE_64, $1f

        .code64
1:      mov $DATA, %eax
        mov %eax, %ds
        mov %eax, %es
        mov %eax, %ss
        mov %edi, %eax
        mov %ebp, %edi
        xor %ebp, %ebp
        call *%rax
        ud2

/* Position-independent but for what it loads and where it goes. */
        .code16
        .globl trampoline, trampoline_end
trampoline:
        cli
        mov %cs, %ax
        mov %ax, %ds
        lgdtl gdt_copy - trampoline
        mov %cr0, %eax
        or $1, %eax
        mov %eax, %cr0
        ljmpl $CODE_32, $protected_entry
gdt_copy:
        .word 31
        .long gdt
trampoline_end:

        .data
        .balign 8
gdt:    .quad 0
        .quad 0x00cf9b000000ffff
        .quad 0x00cf93000000ffff
        .quad 0x00af9b000000ffff
gdt_pointer:
        .word 31
        .long gdt

        .bss
        .balign 4096
tables: .skip 6 * 4096
        .skip 16384
stack_end:
        .skip 16384
second_stack_end:

        .section .note.GNU-stack, "", @progbits
