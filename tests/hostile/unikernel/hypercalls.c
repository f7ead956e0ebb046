/*
 * Attacks on the hypercalls: structures that are not where they may be, whose
 * fields make no sense, or that lie in what the call changes; numbers, ports
 * and widths that there are not.
 */
#include "tests/hostile/unikernel/program.h"

#include <stdbool.h>

enum { STRUCTURE_WORDS = 32, ROUNDS = 2000 };

/* Room for the largest structure, in words. */
static volatile uint64_t structure[STRUCTURE_WORDS]
    __attribute__((aligned(4096)));

static volatile uint64_t page[512] __attribute__((aligned(4096)));

/* A structure at an address that the caller chose: number, address. */
static void structure_at(const uint64_t *arguments)
{
    say("attempts", 1);
    hypercall((uint32_t)arguments[0], (uint32_t)arguments[1]);
}

/* So that the last bytes lie beyond memory: number, bytes inside. */
static void structure_over_end(const uint64_t *arguments)
{
    say("attempts", 1);
    hypercall((uint32_t)arguments[0],
              (uint32_t)(BOOT->memory_size - arguments[1]));
}

/*
 * What a call may not do in a test: wait for ever, or say what it was not
 * given. Streams are none of the two that are shown.
 */
static void tame(uint32_t number)
{
    if (number == HYPERCALL_POLL || number == HYPERCALL_TIMER)
        structure[1] %= 100000;
    if (number == HYPERCALL_CONSOLE_WRITE &&
        (structure[3] == 1 || structure[3] == 2))
        structure[2] |= UINT64_MAX << 40;
}

/* Giving that back would be this program's own end, and no attack. */
static bool is_memory(uint64_t address, uint64_t length)
{
    return address < BOOT->memory_size && length <= BOOT->memory_size - address;
}

static void call_with_absurd_fields(uint32_t number)
{
    for (int i = 0; i < STRUCTURE_WORDS; i++)
        structure[i] = next_absurd();
    tame(number);
    if (number == HYPERCALL_DISCARD && is_memory(structure[1], structure[2])) {
        structure[1] = physical_of(page);
        structure[2] = sizeof(page);
    }
    hypercall(number, (uint32_t)physical_of(structure));
}

/* Each field out of the worst numbers, many times: number. */
static void absurd_fields(const uint64_t *arguments)
{
    for (int i = 0; i < ROUNDS; i++)
        call_with_absurd_fields((uint32_t)arguments[0]);
    say("attempts", ROUNDS);
}

/* Once, with a seed: for the calls that end the guest. */
static void absurd_end(const uint64_t *arguments)
{
    say("attempts", 1);
    for (uint64_t i = 0; i < arguments[1]; i++)
        next_absurd();
    call_with_absurd_fields((uint32_t)arguments[0]);
}

/* Input is read over the very structure that asks for it. */
static void read_over_itself(const uint64_t *arguments)
{
    const uint64_t physical = physical_of(structure);
    uint64_t bytes = 0;

    (void)arguments;
    for (int i = 0; i < 64; i++) {
        structure[1] = physical + (uint64_t)i % 32;
        structure[2] = sizeof(structure) - 32;
        structure[3] = 0;
        hypercall(HYPERCALL_CONSOLE_READ, (uint32_t)physical);
        bytes += structure[0] < 4096 ? structure[0] : 0;
    }
    say("bytes", bytes);
    say("attempts", 64);
}

/* The page that holds the structure is given back by the call itself. */
static void discard_itself(const uint64_t *arguments)
{
    (void)arguments;
    for (int i = 0; i < 64; i++) {
        page[0] = 1;
        page[1] = physical_of(page);
        page[2] = 4096;
        hypercall(HYPERCALL_DISCARD, (uint32_t)physical_of(page));
        if (page[0] != 0 || page[1] != 0)
            end(1);
    }
    say("attempts", 64);
}

/* A terminal's attributes land on the structure that asks for them. */
static void terminal_over_itself(const uint64_t *arguments)
{
    static const uint64_t requests[] = {0x5401, 0x5402, 0x5413, 0x541b, 0x5412};
    uint64_t attempts = 0;

    (void)arguments;
    for (uint64_t stream = 0; stream < 5; stream++) {
        for (uint64_t i = 0; i < 5; i++) {
            for (uint64_t length = 0; length <= 64; length += 4) {
                structure[1] = stream;
                structure[2] = requests[i];
                structure[3] = physical_of(structure);
                structure[4] = length;
                hypercall(HYPERCALL_TERMINAL, (uint32_t)physical_of(structure));
                attempts++;
            }
        }
    }
    say("attempts", attempts);
}

/* Root files and held memory, asked for again and again. */
static void attach_often(const uint64_t *arguments)
{
    uint64_t size = 0;

    (void)arguments;
    for (int i = 0; i < 200; i++) {
        hypercall(HYPERCALL_ATTACH_ROOT, (uint32_t)physical_of(structure));
        if (i > 0 && structure[0] != size)
            end(1);
        size = structure[0];
        hypercall(HYPERCALL_ADD_MEMORY, (uint32_t)physical_of(structure));
    }
    say("attempts", 400);
}

/* Upcalls as fast as they can be asked for, and never for the last time. */
static void timer_storm(const uint64_t *arguments)
{
    (void)arguments;
    for (uint64_t i = 0; i < 20000; i++) {
        structure[1] = i % 3;
        hypercall(HYPERCALL_TIMER, (uint32_t)physical_of(structure));
    }
    say("attempts", 20000);
}

const struct attack hypercall_attacks[] = {
    {"structure-at", structure_at},
    {"structure-over-end", structure_over_end},
    {"absurd-fields", absurd_fields},
    {"absurd-end", absurd_end},
    {"read-over-itself", read_over_itself},
    {"discard-itself", discard_itself},
    {"terminal-over-itself", terminal_over_itself},
    {"attach-often", attach_often},
    {"timer-storm", timer_storm},
    {NULL, NULL},
};
