/*
 * A program that attacks the library OS and the VMM where they interrupt it:
 * what they share is in its reach, since all of the guest runs in ring 3. It
 * can ruin itself by that, and nothing else.
 *
 *   scribble WAY
 */
#include "guests/unikernel/hypercall.h"
#include "guests/unikernel/layout.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t ticks;

static void tick(int signal)
{
    (void)signal;
    ticks++;
}

static volatile uint64_t *trap_word(unsigned long offset)
{
    return (volatile uint64_t *)(SYSTEM_BASE + SYSTEM_TRAP + offset);
}

/* Claims to take every signal, and to have got them all. */
static void words(void)
{
    for (;;) {
        *trap_word(TRAP_ATTENTION) = UINT64_MAX;
        *trap_word(TRAP_SIGNALS_TAKEN) = UINT64_MAX;
        *trap_word(TRAP_SIGNALS_ARRIVED) = UINT64_MAX;
    }
}

/* The stack that every upcall begins on. */
static void stack(void)
{
    while (ticks < 5)
        memset((void *)(SYSTEM_BASE + SYSTEM_STACK), 0xff,
               SYSTEM_STACK_END - SYSTEM_STACK);
}

/* An upcall that the VMM did not make, with nothing where its frame is. */
static void upcall(void)
{
    const uint64_t entry = SYSTEM_BASE + UPCALL_ENTRY;

    __asm__ volatile("lea 2048(%%rsp), %%rsp\n jmp *%0" : : "r"(entry));
}

/* Interrupted where no handler's frame can be written. */
static void no_stack(void)
{
    __asm__ volatile("mov %0, %%rsp\n 1: jmp 1b" : : "r"(0xdead000000000000ul));
}

/* No way back from ring 0: the next system call faults there, for ever. */
static void frames(void)
{
    const char text[] = "ready\n";

    if (write(STDOUT_FILENO, text, sizeof(text) - 1) < 0)
        return;
    memset((void *)(SYSTEM_BASE + SYSTEM_TRAP), 0, TRAP_STACK_TOP);
    getppid();
}

/* Asks for upcalls all the time, from wherever the structure may lie. */
static void timers(void)
{
    for (uint32_t i = 0; i < 200; i++) {
        struct hypercall_timer *call =
            (struct hypercall_timer *)(SYSTEM_BASE + SYSTEM_STACK + 8 * i);

        call->duration_ns = (uint64_t)i * i * 0x123456789abcdef;
        __asm__ volatile("outl %%eax, %%dx"
                         :
                         : "a"((uint32_t)(SYSTEM_STACK + 8 * i)),
                           "d"(HYPERCALL_PORT + HYPERCALL_TIMER)
                         : "memory");
    }
}

/* A structure outside of guest memory. */
static void timer_outside(void)
{
    __asm__ volatile("outl %%eax, %%dx"
                     :
                     : "a"(0xfffffff8), "d"(HYPERCALL_PORT + HYPERCALL_TIMER)
                     : "memory");
}

static const struct {
    const char *name;
    void (*run)(void);
} ways[] = {
    {"words", words},
    {"stack", stack},
    {"upcall", upcall},
    {"no-stack", no_stack},
    {"frames", frames},
    {"timers", timers},
    {"timer-outside", timer_outside},
};

int main(int argc, char **argv)
{
    const struct itimerval often = {{0, 1000}, {0, 1000}};

    signal(SIGALRM, tick);
    setitimer(ITIMER_REAL, &often, NULL);
    for (size_t i = 0; argc == 2 && i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(ways[i].name, argv[1]) == 0) {
            ways[i].run();
            return 9;
        }
    }
    return 2;
}
