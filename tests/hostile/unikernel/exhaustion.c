/*
 * Attacks that take all there is: memory, threads, stack, output, signals,
 * descriptors, names. What is left afterwards is said.
 */
#include "tests/hostile/unikernel/program.h"

#include <asm/signal.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/time.h>

static long map_memory(uint64_t size)
{
    return linux_call(__NR_mmap, 0, (long)size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Every page that can be had, and all of them written to. */
static void memory_bomb(const uint64_t *arguments)
{
    uint64_t pages = 0;

    (void)arguments;
    for (uint64_t size = 1ull << 30; size >= 4096;) {
        const long at = map_memory(size);

        if (at < 0) {
            size /= 2;
            continue;
        }
        for (uint64_t i = 0; i < size; i += 4096)
            *(volatile uint64_t *)(at + (long)i) = next_random();
        pages += size / 4096;
    }
    say("pages", pages);
}

/* Mappings as small as can be, each with other rights than its neighbours. */
static void mapping_bomb(const uint64_t *arguments)
{
    uint64_t count = 0;
    const long at = map_memory(16 << 20);

    (void)arguments;
    for (; count < 2048; count++) {
        if (linux_call(__NR_mprotect, at + (long)(count * 8192), 4096,
                       PROT_READ, 0, 0, 0) < 0)
            break;
    }
    say("mappings", count);
}

/* The new thread has no stack to return on: it waits where it was made. */
static long make_thread(long flags, long stack)
{
    register long r10 __asm__("r10") = 0;
    register long r8 __asm__("r8") = 0;
    long made;

    __asm__ volatile("syscall\n"
                     "test %%rax, %%rax\n"
                     "jnz 2f\n"
                     "1: mov %[pause], %%eax\n"
                     "syscall\n"
                     "jmp 1b\n"
                     "2:"
                     : "=a"(made)
                     : "a"(__NR_clone), "D"(flags), "S"(stack), "d"(0L),
                       "r"(r10), "r"(r8), [pause] "i"(__NR_pause)
                     : "rcx", "r11", "memory");
    return made;
}

static void thread_bomb(const uint64_t *arguments)
{
    const long flags =
        CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FS | CLONE_FILES;
    const long stack = map_memory(1 << 20);
    uint64_t threads = 0;

    (void)arguments;
    while (threads < 100000 && make_thread(flags, stack + (1 << 20)) > 0)
        threads++;
    say("threads", threads);
}

/* Each level has a page of its own, and needs the one below. */
static uint64_t descend(uint64_t depth)
{
    volatile uint64_t frame[512];

    frame[depth % 512] = depth;
    if (depth == UINT64_MAX)
        return 0;
    return descend(depth + 1) + frame[depth % 512];
}

static void recursion(const uint64_t *arguments)
{
    say("attempts", 1);
    say("depth", descend(arguments[0]));
}

static void endless_output(const uint64_t *arguments)
{
    static const char text[65536] = {'x'};

    (void)arguments;
    for (long stream = 1;; stream = 3 - stream)
        linux_call(__NR_write, stream, (long)text, sizeof(text), 0, 0, 0);
}

/* Sends itself a signal whose handler sends the next. */
static void endless_signals(const uint64_t *arguments)
{
    const long self = linux_call(__NR_getpid, 0, 0, 0, 0, 0, 0);

    (void)arguments;
    for (;;)
        linux_call(__NR_kill, self, SIGCONT, 0, 0, 0, 0);
}

/* The shortest interval timers, and a second thread that never calls. */
static void endless_upcalls(const uint64_t *arguments)
{
    const struct __kernel_old_itimerval often = {{0, 1}, {0, 1}};
    struct {
        uint64_t handler, flags, restorer, mask;
    } ignore = {.handler = 1};

    (void)arguments;
    linux_call(__NR_rt_sigaction, SIGALRM, (long)&ignore, 0, 8, 0, 0);
    linux_call(__NR_setitimer, 0, (long)&often, 0, 0, 0, 0);
    for (;;)
        __asm__ volatile("pause");
}

static void descriptor_bomb(const uint64_t *arguments)
{
    uint64_t count = 0;

    (void)arguments;
    while (linux_call(__NR_dup, 1, 0, 0, 0, 0, 0) >= 0)
        count++;
    say("descriptors", count);
}

/* A file of each length of name, each with a page, until nothing is left. */
static void file_bomb(const uint64_t *arguments)
{
    static const char page[4096] = {1};
    char name[] = "/dev/shm/0123456789abcdef";
    uint64_t files = 0;

    (void)arguments;
    for (;; files++) {
        long file;

        for (uint64_t i = 0, rest = files; i < 16; i++, rest /= 10)
            name[9 + i] = (char)('0' + rest % 10);
        file =
            linux_call(__NR_open, (long)name, O_CREAT | O_RDWR, 0600, 0, 0, 0);
        if (file < 0 || linux_call(__NR_write, file, (long)page, sizeof(page),
                                   0, 0, 0) != sizeof(page))
            break;
        linux_call(__NR_close, file, 0, 0, 0, 0, 0);
    }
    say("files", files);
}

const struct attack exhaustion_attacks[] = {
    {"memory-bomb", memory_bomb},
    {"mapping-bomb", mapping_bomb},
    {"thread-bomb", thread_bomb},
    {"recursion", recursion},
    {"endless-output", endless_output},
    {"endless-signals", endless_signals},
    {"endless-upcalls", endless_upcalls},
    {"descriptor-bomb", descriptor_bomb},
    {"file-bomb", file_bomb},
    {NULL, NULL},
};
