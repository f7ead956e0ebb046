/*
 * Where everything lies in a unikernel's memory: the part of the ABI between
 * the VMM, which fills memory before the first instruction, and the library
 * OS, which is linked to run there. Usable from C and from assembly.
 *
 * Guest-physical memory is one range from 0. Its first 2 MiB are the system
 * region; all that follows is the window, the program's own memory.
 *
 *   guest-physical          guest-virtual
 *   0          page 0       not mapped
 *   0x001000   tables       SYSTEM_BASE + 0x001000   ring 0 only
 *   0x003000   ring-0 stub  SYSTEM_BASE + 0x003000   execute
 *   0x004000   trap area    SYSTEM_BASE + 0x004000   read, write
 *   0x005000   boot info    SYSTEM_BASE + 0x005000   read
 *   0x010000   library OS   SYSTEM_BASE + 0x010000   by segment
 *   0x0f0000   its stack    SYSTEM_BASE + 0x0f0000   read, write; guard below
 *   0x100000   page tables  SYSTEM_BASE + 0x100000   read, write
 *   0x200000   window       where the program is linked, linearly
 *   behind it  root files   ROOT_ARCHIVE_BASE        read; once attached
 *
 * The window keeps program, brk heap, mmap arena and stack in one linear
 * stretch, so translating an address is one subtraction.
 */
#ifndef RINGSIDE_UNIKERNEL_LAYOUT_H
#define RINGSIDE_UNIKERNEL_LAYOUT_H

#define PAGE_SIZE       0x1000
#define LARGE_PAGE_SIZE 0x200000

#define SYSTEM_BASE 0x700000000000
#define SYSTEM_SIZE LARGE_PAGE_SIZE

#define SYSTEM_TABLES      0x1000 /* GDT */
#define SYSTEM_TSS         0x1100
#define SYSTEM_TSS_SIZE    0x110 /* with the I/O permission map */
#define SYSTEM_IDT         0x2000
#define SYSTEM_RING0       0x3000
#define SYSTEM_TRAP        0x4000
#define SYSTEM_BOOT_INFO   0x5000
#define SYSTEM_IMAGE       0x10000
#define SYSTEM_IMAGE_END   0xe0000
#define SYSTEM_STACK       0xf0000
#define SYSTEM_STACK_END   0x100000
#define SYSTEM_PAGE_TABLES 0x100000

#define WINDOW_PHYSICAL SYSTEM_SIZE

/* The archive of the root file system, in page tables of its own. */
#define ROOT_ARCHIVE_BASE (SYSTEM_BASE + 0x40000000)
#define ROOT_ARCHIVE_MAX  0x200000000 /* bytes */

/* Addresses of shared mappings of files, which have no memory of their own. */
#define FILE_MAPPING_BASE (SYSTEM_BASE + 0x10000000000)
#define FILE_MAPPING_SIZE 0x80000000000

/* Segment selectors; the privilege level is in the low two bits. */
#define SELECTOR_KERNEL_CODE 0x08
#define SELECTOR_KERNEL_DATA 0x10
#define SELECTOR_USER_DATA   0x2b
#define SELECTOR_USER_CODE   0x33
#define SELECTOR_TSS         0x40

/*
 * What lets ring 3 use `out` to reach the VMM: IOPL 3, and an I/O permission
 * map in the TSS that allows the hypercall ports. Either would do by the
 * manuals. Not every back end keeps IOPL for ring 3 (those honour the map),
 * and QEMU's emulation of AMD-V does not honour the map (it keeps IOPL).
 */
#define RFLAGS_RING3 0x3002

/*
 * The ring-0 stub: one 16-byte slot for each exception vector, then the entry
 * for `syscall`. A breakpoint with BREAKPOINT_FLUSH_TLB in eax flushes the TLB.
 */
#define RING0_SLOT_SIZE      16
#define EXCEPTION_VECTORS    32
#define RING0_SYSCALL        (SYSTEM_RING0 + EXCEPTION_VECTORS * RING0_SLOT_SIZE)
#define BREAKPOINT_FLUSH_TLB 0x52494e47

/*
 * The trap area: what the ring-0 stub leaves for the library OS and the
 * prepared frames by which its `iretq` gets back to ring 3.
 */
#define TRAP_SYSCALL_RSP     0x000 /* the caller's stack pointer */
#define TRAP_CR2             0x008 /* address of the last page fault */
#define TRAP_ATTENTION       0x010 /* see below */
#define TRAP_SIGNALS_TAKEN   0x018
#define TRAP_SIGNALS_ARRIVED 0x020
#define TRAP_SYSCALL_FRAME   0x040  /* rip, cs, rflags, rsp, ss */
#define TRAP_EXCEPTION_FRAME 0x080  /* the same */
#define TRAP_STAMPS          0x0c0  /* TSC at first instruction, at program's */
#define TRAP_STACK_TOP       0xe00  /* TSS.rsp0: frames of exceptions */
#define TRAP_DOUBLE_FAULT    0x1000 /* TSS.ist1 */

/* What the processor and the stub have pushed once an exception arrives. */
#define TRAP_EXCEPTION_RECORD (TRAP_STACK_TOP - 56)

/*
 * Upcalls: how the VMM gets the library OS's attention. It stops the vCPU
 * between two instructions and sets bits of TRAP_ATTENTION. Where that was in
 * the program it pushes rip, cs, rflags, rsp and ss onto the system stack,
 * which is empty then, as an interrupt would have, and goes on at UPCALL_ENTRY.
 * Where it was in the library OS or in ring 0 it does no more, but looks again
 * soon: the library OS looks at the word whenever it goes back to the program.
 *
 * Signals to the VMM whose bits (1 << (signal - 1)) the library OS has set in
 * TRAP_SIGNALS_TAKEN are the program's: they are added to TRAP_SIGNALS_ARRIVED.
 * All others end the guest.
 */
#define UPCALL_ENTRY    SYSTEM_IMAGE
#define ATTENTION_LOOK  1 /* also set by the library OS itself */
#define ATTENTION_TIMER 2 /* the time of HYPERCALL_TIMER is over */

#endif
