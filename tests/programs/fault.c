/*
 * Misbehaves on purpose, in the way that its argument names: each way ends in
 * the signal that Linux sends for it. Also a few ways to behave well that only
 * show when the system below is right.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAPPED = 4 << 20, PAGE = 4096, SURVIVED = 77 };

static void null_read(void)
{
    *(volatile int *)0;
}

static void divide_by_zero(void)
{
    __asm__ volatile("xor %%ecx, %%ecx; idivl %%ecx"
                     :
                     : "a"(1), "d"(0)
                     : "ecx");
}

static void illegal_instruction(void)
{
    __asm__ volatile("ud2");
}

static void write_unmapped(void)
{
    *(volatile int *)0x12345678000 = 1;
}

static void write_between(void)
{
    *(volatile char *)0x10000000 = 1;
}

static void write_code(void)
{
    *(volatile char *)(uintptr_t)write_code = 1;
}

static void execute_data(void)
{
    static char code[] = {(char)0xc3};

    ((void (*)(void))(uintptr_t)code)();
}

/* The end is never reached, but the compiler cannot know. */
static int recurse(volatile int *depth)
{
    volatile char frame[PAGE];

    frame[0] = (char)*depth;
    if ((*depth)++ < 0)
        return 0;
    return recurse(depth) + frame[0];
}

static void overflow_stack(void)
{
    volatile int depth = 0;

    recurse(&depth);
}

static void halt(void)
{
    __asm__ volatile("hlt");
}

static void use_port(void)
{
    __asm__ volatile("outb %al, $0x80");
}

static void breakpoint(void)
{
    __asm__ volatile("int3");
}

static void non_canonical(void)
{
    *(volatile int *)0x8000000000000000 = 1;
}

static char *map(void)
{
    return mmap(NULL, MAPPED, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void write_unmapped_again(void)
{
    char *memory = map();

    memory[5] = 1;
    munmap(memory, MAPPED);
    memory[5] = 2;
}

static void write_protected(void)
{
    char *memory = map();

    memset(memory, 1, MAPPED);
    mprotect(memory + 2 * PAGE, PAGE, PROT_READ);
    memory[PAGE] = 2;
    memory[3 * PAGE] = 2;
    if (memory[2 * PAGE] == 1)
        memory[2 * PAGE] = 2;
}

static void lose_stack(void)
{
    __asm__ volatile("xor %esp, %esp; push %rax");
}

static void end_by_abort(void)
{
    abort();
}

static void end_by_kill(void)
{
    kill(getpid(), SIGKILL);
}

/* A pointer outside memory is an error of the call, not the end. */
static void bad_pointer(void)
{
    if (write(1, (void *)(uintptr_t)PAGE, 5) == -1 && errno == EFAULT)
        _exit(0);
}

/* Allocating until nothing is left fails cleanly; prints how much it was. */
static void exhaust_memory(void)
{
    size_t count = 0;

    while (count < 4096 && malloc(1 << 20) != NULL)
        count++;
    printf("%zu\n", count);
    exit(0);
}

/* More than limits allow that are lower than this guest's memory. */
static void fill_memory(void)
{
    for (int i = 0; i < 16; i++)
        memset(map(), 1, MAPPED);
    puts("filled");
    exit(0);
}

/* Memory that is mapped again after it was given back is zero again. */
static void remap_is_zero(void)
{
    for (int i = 0; i < 64; i++) {
        unsigned char *memory = (unsigned char *)map();

        for (size_t at = 0; at < MAPPED; at += 64) {
            if (memory[at] != 0)
                _exit(1);
            memory[at] = 0xff;
        }
        munmap(memory, MAPPED);
    }
    _exit(0);
}

static void copy_input(void)
{
    char buffer[64];
    ssize_t length;

    while ((length = read(0, buffer, sizeof(buffer))) > 0)
        write(1, buffer, (size_t)length);
    _exit(length < 0);
}

static void write_on(void)
{
    for (;;)
        puts("more");
}

static void spin(void)
{
    puts("spinning");
    fflush(stdout);
    for (;;)
        __asm__ volatile("" : : : "memory");
}

static void sleep_long(void)
{
    puts("sleeping");
    fflush(stdout);
    sleep(1000);
}

/* Ways that only make sense in a unikernel, where these addresses exist. */
static void write_library_os(void)
{
    *(volatile int *)0x700000010000 = 1;
}

static void write_interrupt_table(void)
{
    *(volatile int *)0x700000002000 = 1;
}

static void wipe_page_tables(void)
{
    memset((void *)0x700000100000, 0, 0x100000);
    spin();
}

static void hypercall_outside(void)
{
    __asm__ volatile("outl %0, %w1" : : "a"(0xfffffff8), "d"(0x502));
}

static void hypercall_unaligned(void)
{
    __asm__ volatile("outl %0, %w1" : : "a"(0x20001), "d"(0x502));
}

static const struct {
    const char *name;
    void (*act)(void);
} ways[] = {
    {"null-read", null_read},
    {"divide-by-zero", divide_by_zero},
    {"illegal-instruction", illegal_instruction},
    {"write-unmapped", write_unmapped},
    {"write-between", write_between},
    {"write-code", write_code},
    {"execute-data", execute_data},
    {"overflow-stack", overflow_stack},
    {"halt", halt},
    {"use-port", use_port},
    {"breakpoint", breakpoint},
    {"non-canonical", non_canonical},
    {"write-unmapped-again", write_unmapped_again},
    {"write-protected", write_protected},
    {"lose-stack", lose_stack},
    {"abort", end_by_abort},
    {"kill", end_by_kill},
    {"bad-pointer", bad_pointer},
    {"fill-memory", fill_memory},
    {"exhaust-memory", exhaust_memory},
    {"remap-is-zero", remap_is_zero},
    {"copy-input", copy_input},
    {"write-on", write_on},
    {"spin", spin},
    {"sleep", sleep_long},
    {"write-library-os", write_library_os},
    {"write-interrupt-table", write_interrupt_table},
    {"wipe-page-tables", wipe_page_tables},
    {"hypercall-outside", hypercall_outside},
    {"hypercall-unaligned", hypercall_unaligned},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(argv[1], ways[i].name) == 0)
            ways[i].act();
    }
    return SURVIVED;
}
