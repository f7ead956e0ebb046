/*
 * A guest that tells the VMM of system calls that it never made, in any order
 * and with any arguments; what it tells must be printed without harm.
 */
#include "guests/unikernel/boot_info.h"
#include "guests/unikernel/hypercall.h"
#include "guests/unikernel/layout.h"

#include <stdint.h>

enum { ROUNDS = 3000 };

/* Marsaglia's xorshift. */
static uint64_t random_word(void)
{
    static uint64_t state = 88172645463325252;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Numbers and addresses that mean something, more often than chance would. */
static uint64_t odd_word(void)
{
    static char text[4096] = "\033[2Jtext \\ \" \n \377 without an end";
    const uint64_t words[] = {
        0,
        1,
        UINT64_MAX,
        INT64_MAX,
        (uint64_t)text,
        (uint64_t)text + sizeof(text) - 3,
        SYSTEM_BASE + SYSTEM_BOOT_INFO,
        SYSTEM_BASE,
        1ull << 47,
        random_word() % 512,
        -(random_word() % 5000),
        random_word(),
    };

    return words[random_word() % (sizeof(words) / sizeof(words[0]))];
}

int main(void)
{
    const struct boot_info *boot =
        (const struct boot_info *)(SYSTEM_BASE + SYSTEM_BOOT_INFO);
    static volatile struct hypercall_trace call;
    const uint64_t physical = (uint64_t)&call - boot->window + WINDOW_PHYSICAL;

    for (int i = 0; i < ROUNDS; i++) {
        call.event = random_word() % 5;
        call.number = random_word() % 2 ? random_word() % 460 : odd_word();
        call.value = (int64_t)odd_word();
        for (int argument = 0; argument < 6; argument++)
            call.arguments[argument] = odd_word();
        __asm__ volatile("outl %0, %w1"
                         :
                         : "a"((uint32_t)physical),
                           "d"(HYPERCALL_PORT + HYPERCALL_TRACE)
                         : "memory");
    }
    return 0;
}
