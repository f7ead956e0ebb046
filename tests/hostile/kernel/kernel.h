/*
 * What the hostile kernel has: a microVM's devices, and a second processor. It
 * takes no interrupts and no exceptions; one of those is a triple fault, which
 * the VMM takes for a reset.
 */
#ifndef RINGSIDE_HOSTILE_KERNEL_H
#define RINGSIDE_HOSTILE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The guest's memory; the tests give it as much. */
#define MEMORY_SIZE (96ull << 20)

/* "TEXT NUMBER" and a newline, on the serial port. */
void say(const char *text, uint64_t number);

/* Ends the guest with this status. */
_Noreturn void finish(int status);

/* As in absurd.h; the second processor has numbers of its own. */
uint64_t next_random(void);
uint64_t next_absurd(void);

static inline void port_write(uint16_t port, uint32_t value, unsigned int size)
{
    if (size == 1)
        __asm__ volatile("outb %b0, %w1" : : "a"(value), "d"(port));
    else if (size == 2)
        __asm__ volatile("outw %w0, %w1" : : "a"(value), "d"(port));
    else
        __asm__ volatile("outl %0, %w1" : : "a"(value), "d"(port));
}

static inline uint32_t port_read(uint16_t port, unsigned int size)
{
    uint32_t value = 0;

    if (size == 1)
        __asm__ volatile("inb %w1, %b0" : "+a"(value) : "d"(port));
    else if (size == 2)
        __asm__ volatile("inw %w1, %w0" : "+a"(value) : "d"(port));
    else
        __asm__ volatile("inl %w1, %0" : "+a"(value) : "d"(port));
    return value;
}

static inline void mmio_write(uint64_t address, uint64_t value,
                              unsigned int size)
{
    if (size == 1)
        *(volatile uint8_t *)address = (uint8_t)value;
    else if (size == 2)
        *(volatile uint16_t *)address = (uint16_t)value;
    else if (size == 4)
        *(volatile uint32_t *)address = (uint32_t)value;
    else
        *(volatile uint64_t *)address = value;
}

static inline uint64_t mmio_read(uint64_t address, unsigned int size)
{
    if (size == 1)
        return *(volatile uint8_t *)address;
    if (size == 2)
        return *(volatile uint16_t *)address;
    if (size == 4)
        return *(volatile uint32_t *)address;
    return *(volatile uint64_t *)address;
}

/* Has the second processor run a function, which does not return. */
void start_processor(void (*function)(void));

struct attack {
    const char *name;
    void (*run)(void);
};

extern const struct attack access_attacks[], queue_attacks[], flood_attacks[];

#endif
