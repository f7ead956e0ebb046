/*
 * The hostile kernel: makes the attack that its command line names,
 * attack=NAME, and ends with status 9 after it.
 */
#include "tests/hostile/kernel/kernel.h"

#include "guests/linux/process_spec.h"
#include "tests/hostile/absurd.h"
#include "vmm/microvm_layout.h"

enum {
    TRAMPOLINE = 0x10000, /* a page below 1 MiB that nobody has */
    COMMAND_LINE = 24,    /* in PVH's start info */
    APIC_COMMAND = 0x300,
    APIC_COMMAND_HIGH = 0x310,
    APIC_INIT = 0x4500,
    APIC_START = 0x4600,
};

extern const char trampoline[], trampoline_end[];

_Noreturn void start_first(uint64_t start_info);
_Noreturn void start_second(void);
void *memset(void *to, int byte, size_t size);
void *memcpy(void *to, const void *from, size_t size);

/* Compilers make calls of these themselves. */
void *memset(void *to, int byte, size_t size)
{
    for (volatile char *at = to; size > 0; size--)
        *at++ = (char)byte;
    return to;
}

void *memcpy(void *to, const void *from, size_t size)
{
    const char *source = from;

    for (volatile char *at = to; size > 0; size--)
        *at++ = *source++;
    return to;
}

void say(const char *text, uint64_t number)
{
    char line[128];
    const size_t length = absurd_line(line, sizeof(line), text, number);

    for (size_t i = 0; i < length; i++)
        port_write(MICROVM_SERIAL_PORT, (uint8_t)line[i], 1);
}

void finish(int status)
{
    for (;;)
        port_write(RINGSIDE_EXIT_PORT, RINGSIDE_EXIT_VALID | (uint32_t)status,
                   4);
}

static uint64_t random_states[2] = {0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9};

/* By the processor's number in its local APIC. */
static unsigned int processor(void)
{
    return mmio_read(MICROVM_LOCAL_APIC + 0x20, 4) >> 24 & 1;
}

static bool second_runs;

uint64_t next_random(void)
{
    /* With one processor there is no need to leave the guest to ask. */
    uint64_t *state = &random_states[second_runs ? processor() : 0];

    *state = random_after(*state);
    return *state;
}

uint64_t next_absurd(void)
{
    return absurd_number(next_random(), MEMORY_SIZE);
}

static void (*volatile second_function)(void);

void start_second(void)
{
    second_function();
    finish(8);
}

static void command_apic(uint32_t command)
{
    mmio_write(MICROVM_LOCAL_APIC + APIC_COMMAND_HIGH, 1u << 24, 4);
    mmio_write(MICROVM_LOCAL_APIC + APIC_COMMAND, command, 4);
}

void start_processor(void (*function)(void))
{
    memcpy((void *)(uintptr_t)TRAMPOLINE, trampoline,
           (size_t)(trampoline_end - trampoline));
    second_function = function;
    second_runs = true;
    /* Software-enable the APIC, or it sends nothing. */
    mmio_write(MICROVM_LOCAL_APIC + 0xf0, 0x1ff, 4);
    command_apic(APIC_INIT);
    command_apic(APIC_START | TRAMPOLINE >> 12);
}

/* Whether text begins with the name, as a word. */
static bool names(const char *text, const char *name)
{
    while (*name != '\0' && *text == *name)
        text++, name++;
    return *name == '\0' && (*text == '\0' || *text == ' ');
}

static const char *find_attack(const char *line)
{
    static const char key[] = "attack=";

    for (; *line != '\0'; line++) {
        size_t i = 0;

        while (key[i] != '\0' && line[i] == key[i])
            i++;
        if (key[i] == '\0')
            return line + i;
    }
    return line;
}

void start_first(uint64_t start_info)
{
    const struct attack *const families[] = {access_attacks, queue_attacks,
                                             flood_attacks};
    const uint64_t line = *(const uint64_t *)(start_info + COMMAND_LINE);
    const char *wanted = find_attack((const char *)line);

    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        for (const struct attack *at = families[i]; at->name != NULL; at++) {
            if (!names(wanted, at->name))
                continue;
            at->run();
            finish(9);
        }
    }
    finish(2);
}
