/*
 * Bits of x86's control registers, EFER, RFLAGS and segment types, as KVM's
 * register structures hold them.
 * Source: Intel SDM volume 3, sections 2.2.1, 2.3, 2.5, 3.4.5 and 3.5; the
 * kernel's asm/processor-flags.h has most of them by longer names.
 */
#ifndef RINGSIDE_VMM_REGISTERS_H
#define RINGSIDE_VMM_REGISTERS_H

enum cr0_bits {
    CR0_PE = 1u << 0,
    CR0_MP = 1u << 1,
    CR0_ET = 1u << 4,
    CR0_NE = 1u << 5,
    CR0_WP = 1u << 16,
    CR0_PG = 1u << 31,
};

enum cr4_bits {
    CR4_PAE = 1u << 5,
    CR4_OSFXSR = 1u << 9,
    CR4_OSXMMEXCPT = 1u << 10,
    CR4_VMXE = 1u << 13,
    CR4_FSGSBASE = 1u << 16,
    CR4_PCIDE = 1u << 17,
    CR4_OSXSAVE = 1u << 18,
    CR4_CET = 1u << 23,
};

enum efer_bits {
    EFER_SCE = 1u << 0,
    EFER_LME = 1u << 8,
    EFER_LMA = 1u << 10,
    EFER_NXE = 1u << 11,
};

enum rflags_bits {
    RFLAGS_FIXED = 1u << 1, /* always 1 */
    RFLAGS_IF = 1u << 9,
    RFLAGS_VM = 1u << 17,
    RFLAGS_RESERVED = 0xffc08028, /* always 0 */
    /* What ring 3 with IOPL 3 can change: all but RF, VM, VIF, VIP. */
    RFLAGS_PROGRAM = 0x247fd5,
};

/* Type field of code and data segments: what can be combined, and how it is. */
enum segment_type {
    TYPE_ACCESSED = 1,
    TYPE_WRITE = 2,
    TYPE_CODE = 8,
    TYPE_DATA_READ_WRITE = TYPE_WRITE | TYPE_ACCESSED,
    TYPE_CODE_READ = TYPE_CODE | 2 | TYPE_ACCESSED,
};

/* Type field of system segments. */
enum system_segment_type {
    TYPE_LDT = 2,
    TYPE_TSS_BUSY = 11,
};

#endif
