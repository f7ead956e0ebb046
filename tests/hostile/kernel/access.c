/*
 * Attacks by single accesses: every I/O port and device register in every
 * width, addresses where nothing is, and the ways in which a processor stops.
 */
#include "tests/hostile/kernel/kernel.h"

#include "guests/linux/process_spec.h"
#include "vmm/microvm_layout.h"

enum { PORTS = 0x10000, SERIAL_REGISTERS = 8, REGISTER_ROUNDS = 4 };

/* What ends the guest, as it should, is no attack. */
static bool ends_guest(uint32_t port)
{
    return port + 4 > MICROVM_POWER_PORT &&
           port < MICROVM_POWER_PORT + MICROVM_POWER_SIZE;
}

static void try_port(uint32_t port, uint64_t *attempts)
{
    for (unsigned int size = 1; size <= 4; size *= 2) {
        (void)port_read((uint16_t)port, size);
        if (!ends_guest(port))
            port_write((uint16_t)port, 0, size);
        *attempts += 2;
    }
}

/* All where there is something, and of the others every 61st. */
static void ports(void)
{
    uint64_t attempts = 0;

    for (uint32_t port = 0; port < PORTS; port += port < 0x700 ? 1 : 61)
        try_port(port, &attempts);
    say("attempts", attempts);
}

/* Every register of the serial port with every value; then a line as usual. */
static void serial(void)
{
    static const uint8_t order[] = {4, 3, 1, 2, 5, 6, 7, 0};
    uint64_t attempts = 0;

    for (size_t i = 0; i < SERIAL_REGISTERS; i++) {
        for (uint32_t value = 0; value < 256; value++, attempts++) {
            port_write(MICROVM_SERIAL_PORT + order[i], value, 1);
            (void)port_read(MICROVM_SERIAL_PORT + order[i], 1);
        }
    }
    for (uint16_t port = MICROVM_SERIAL_PORT - 4;
         port <= MICROVM_SERIAL_PORT + 8; port++, attempts += 2) {
        port_write(port, (uint32_t)next_absurd(), 4);
        (void)port_read(port, 4);
    }
    port_write(MICROVM_SERIAL_PORT + 4, 0, 1);
    port_write(MICROVM_SERIAL_PORT + 3, 3, 1);
    say("\nattempts", attempts);
}

static void try_register(uint64_t address, uint64_t *attempts)
{
    for (unsigned int size = 1; size <= 8; size *= 2) {
        (void)mmio_read(address, size);
        mmio_write(address, next_absurd(), size);
        *attempts += 2;
    }
}

/* Every register of every virtio slot, at every byte of the first half KiB. */
static void registers(void)
{
    const uint64_t end =
        MICROVM_VIRTIO_BASE + MICROVM_VIRTIO_SLOTS * MICROVM_VIRTIO_SIZE;
    uint64_t attempts = 0;

    for (uint64_t slot = MICROVM_VIRTIO_BASE; slot < end;
         slot += MICROVM_VIRTIO_SIZE) {
        for (uint64_t offset = 0; offset < 0x140; offset++)
            try_register(slot + offset, &attempts);
        try_register(slot + MICROVM_VIRTIO_SIZE - 4, &attempts);
        try_register(slot + MICROVM_VIRTIO_SIZE - 8, &attempts);
    }
    say("attempts", attempts);
}

/* Aligned registers with absurd values in random order, which is a driver's. */
static void driver(void)
{
    uint64_t attempts = 0;

    for (int i = 0; i < 12000; i++, attempts++) {
        const uint64_t random = next_random();
        const uint64_t slot =
            MICROVM_VIRTIO_BASE + random % 4 * MICROVM_VIRTIO_SIZE;
        const uint64_t offset = (random >> 8 & 0x3f) * 4;

        /* Mostly what lets a device go on: selections, sizes, readiness. */
        mmio_write(slot + offset,
                   random >> 20 & 3 ? random >> 24 & 15 : next_absurd(), 4);
    }
    say("attempts", attempts);
}

/* All that is no memory below 4 GiB, sparsely, but for interrupt controllers.
 */
static void gaps(void)
{
    uint64_t attempts = 0;

    for (uint64_t at = MEMORY_SIZE; at < 0xfffffff8; at += 0x371000) {
        if (at >= MICROVM_IO_APIC && at < MICROVM_LOCAL_APIC + 0x1000)
            continue;
        try_register(at, &attempts);
    }
    try_register(MICROVM_VIRTIO_BASE - 8, &attempts);
    try_register(MICROVM_VIRTIO_BASE +
                     MICROVM_VIRTIO_SLOTS * MICROVM_VIRTIO_SIZE,
                 &attempts);
    say("attempts", attempts);
}

/* String instructions from and to every part of the serial port's page. */
static void strings(void)
{
    static char bytes[1024];
    uint64_t attempts = 0;

    for (uint16_t port = 0x3f0; port < 0x410; port++, attempts += 2) {
        const char *from = bytes;
        char *to = bytes;
        uint64_t count = sizeof(bytes) / 4;

        port_write(MICROVM_SERIAL_PORT + 4, 0x10, 1); /* loopback: no output */
        __asm__ volatile("rep outsl"
                         : "+S"(from), "+c"(count)
                         : "d"(port)
                         : "memory");
        count = sizeof(bytes) / 4;
        __asm__ volatile("rep insl"
                         : "+D"(to), "+c"(count)
                         : "d"(port)
                         : "memory");
    }
    port_write(MICROVM_SERIAL_PORT + 4, 0, 1);
    port_write(MICROVM_SERIAL_PORT + 3, 3, 1);
    say("\nattempts", attempts);
}

static void triple_fault(void)
{
    say("attempts", 1);
    __asm__ volatile("ud2");
}

static void halt(void)
{
    say("attempts", 1);
    __asm__ volatile("cli\n 1: hlt\n jmp 1b");
}

static void loop(void)
{
    say("attempts", 1);
    __asm__ volatile("cli\n 1: jmp 1b");
}

/* Phases out of order, and ends that are none. */
static void guest_ports(void)
{
    uint64_t attempts = 0;

    for (uint32_t value = 0; value < 256; value++, attempts++)
        port_write(RINGSIDE_PHASE_PORT, value, 1);
    for (uint32_t bit = 0; bit < 31; bit++, attempts++) {
        if ((1u << bit & RINGSIDE_EXIT_VALID) == 0)
            port_write(RINGSIDE_EXIT_PORT, 1u << bit, 4);
    }
    port_write(RINGSIDE_EXIT_PORT, UINT32_MAX, 1);
    port_write(RINGSIDE_EXIT_PORT + 1, UINT32_MAX, 4);
    say("attempts", attempts);
}

/* Every page that there is, twice. */
static void memory(void)
{
    extern char _end[];
    uint64_t pages = 0;

    for (int round = 0; round < 2; round++) {
        for (uint64_t at = ((uint64_t)_end | 0xfff) + 1; at < MEMORY_SIZE;
             at += 4096, pages++)
            mmio_write(at, next_random(), 8);
    }
    say("attempts", pages);
}

const struct attack access_attacks[] = {
    {"ports", ports},
    {"serial", serial},
    {"registers", registers},
    {"driver", driver},
    {"gaps", gaps},
    {"strings", strings},
    {"triple-fault", triple_fault},
    {"halt", halt},
    {"loop", loop},
    {"guest-ports", guest_ports},
    {"memory", memory},
    {NULL, NULL},
};
