/*
 * Where everything lies in a microVM, as on a PC where Linux expects it. Low
 * memory up to 1 MiB holds what the VMM tells the kernel; the kernel is loaded
 * behind it and the initramfs at the top of what lies below the gap.
 */
#ifndef RINGSIDE_VMM_MICROVM_LAYOUT_H
#define RINGSIDE_VMM_MICROVM_LAYOUT_H

#define MICROVM_GDT               0x500
#define MICROVM_BOOT_PARAMS       0x7000 /* zero page, or PVH start info */
#define MICROVM_PAGE_TABLES       0x9000 /* three pages: identity map of 1 GiB */
#define MICROVM_COMMAND_LINE      0x20000
#define MICROVM_COMMAND_LINE_SIZE 2048
#define MICROVM_LOW_END           0x9fc00 /* end of usable memory below 1 MiB */
#define MICROVM_ACPI              0xe0000
#define MICROVM_ACPI_END          0x100000
#define MICROVM_HIGH              0x100000

/* Which virtio slots are present, a bit each: read by the DSDT's _STA. */
#define MICROVM_SLOTS_PRESENT 0xffff0

/* virtio-mmio slots and their interrupts; dsdt.asl says the same. */
#define MICROVM_VIRTIO_BASE  0xd0000000
#define MICROVM_VIRTIO_SIZE  0x1000
#define MICROVM_VIRTIO_SLOTS 8
#define MICROVM_VIRTIO_GSI   16

#define MICROVM_IO_APIC    0xfec00000
#define MICROVM_LOCAL_APIC 0xfee00000

/* I/O ports. */
#define MICROVM_SERIAL_PORT 0x3f8
#define MICROVM_SERIAL_GSI  4
#define MICROVM_POWER_PORT  0x600 /* sleep control, sleep status, reset */
#define MICROVM_POWER_SIZE  4

#endif
