/*
 * What the hostile programs have instead of a C library: they are loaded by the
 * VMM as any other program, and know the library OS's layout and hypercalls.
 */
#ifndef RINGSIDE_HOSTILE_PROGRAM_H
#define RINGSIDE_HOSTILE_PROGRAM_H

#include "guests/unikernel/boot_info.h"
#include "guests/unikernel/hypercall.h"
#include "guests/unikernel/layout.h"

#include <stddef.h>
#include <stdint.h>

#define BOOT ((const struct boot_info *)(SYSTEM_BASE + SYSTEM_BOOT_INFO))

/* A Linux system call, with the `syscall` instruction. */
long linux_call(long number, long a, long b, long c, long d, long e, long f);

/* Ends the program. */
_Noreturn void end(int status);

/* "TEXT NUMBER" and a newline, on stdout. */
void say(const char *text, uint64_t number);

/* Guest-physical address of something in the program. */
uint64_t physical_of(const volatile void *address);

/* Makes a hypercall with whatever address; its structure has the result. */
void hypercall(uint32_t number, uint32_t physical);

/* A number that looks random, the same in each run. */
uint64_t next_random(void);

/* A number out of those that are most likely to be forgotten. */
uint64_t next_absurd(void);

/*
 * The library OS's page tables, at a guest-physical address: they are in the
 * program's reach, as all of the guest is.
 */
volatile uint64_t *page_table(uint64_t physical);

/* The entry that maps an address of the system region by 4 KiB. */
volatile uint64_t *page_entry(uint64_t address);

void flush_tlb(void);

/* Maps the 2 MiB of guest-physical memory at WILD, for everything. */
#define WILD (SYSTEM_BASE + (3ull << 30))
void map_wild(uint64_t physical);

/*
 * Calls a function in ring 0, where the program gets by rewriting the ring-0
 * stub, and comes back if it does.
 */
void in_ring0(void (*function)(uint64_t argument), uint64_t argument);

/* One attack: its arguments are numbers. */
struct attack {
    const char *name;
    void (*run)(const uint64_t *arguments);
};

extern const struct attack hypercall_attacks[], ring0_attacks[],
    memory_attacks[], exhaustion_attacks[];

#endif
