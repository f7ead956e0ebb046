#include "vmm/microvm_layout.h"
/*
 * What a microVM has that cannot be found by probing: power-off, the serial
 * console, and up to eight virtio-mmio devices. A slot is there when its bit
 * is set in a byte that the VMM writes (microvm_layout.h).
 */
DefinitionBlock ("", "DSDT", 2, "RNGSID", "MICROVM ", 1)
{
    Name (\_S5, Package () { 5, 0, 0, 0 })

    Scope (\_SB)
    {
        OperationRegion (SLTS, SystemMemory, MICROVM_SLOTS_PRESENT, 1)
        Field (SLTS, ByteAcc, NoLock, Preserve) { SLT, 8 }

        Device (COM1)
        {
            Name (_HID, EisaId ("PNP0501"))
            Name (_UID, 0)
            Name (_STA, 0x0F)
            Name (_CRS, ResourceTemplate ()
            {
                IO (Decode16, 0x03F8, 0x03F8, 1, 8)
                Interrupt (ResourceConsumer, Edge, ActiveHigh, Exclusive) { 4 }
            })
        }

#define VIRTIO(NAME, INDEX, BASE, GSI)                                        \
        Device (NAME)                                                         \
        {                                                                     \
            Name (_HID, "LNRO0005")                                           \
            Name (_UID, INDEX)                                                \
            Name (_CCA, 1)                                                    \
            Method (_STA) {                                                   \
                If (((SLT >> INDEX) & 1)) { Return (0x0F) }                   \
                Return (0)                                                    \
            }                                                                 \
            Name (_CRS, ResourceTemplate ()                                   \
            {                                                                 \
                Memory32Fixed (ReadWrite, BASE, 0x1000)                       \
                Interrupt (ResourceConsumer, Edge, ActiveHigh, Exclusive)     \
                    { GSI }                                                   \
            })                                                                \
        }

        VIRTIO (VIO0, 0, 0xD0000000, 16)
        VIRTIO (VIO1, 1, 0xD0001000, 17)
        VIRTIO (VIO2, 2, 0xD0002000, 18)
        VIRTIO (VIO3, 3, 0xD0003000, 19)
        VIRTIO (VIO4, 4, 0xD0004000, 20)
        VIRTIO (VIO5, 5, 0xD0005000, 21)
        VIRTIO (VIO6, 6, 0xD0006000, 22)
        VIRTIO (VIO7, 7, 0xD0007000, 23)
    }
}
