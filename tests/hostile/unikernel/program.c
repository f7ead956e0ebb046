/* Support of the hostile programs, and which attack is made; see program.h. */
#include "tests/hostile/unikernel/program.h"

#include "guests/unikernel/page_tables.h"
#include "tests/hostile/absurd.h"

#include <asm/unistd.h>
#include <stdbool.h>

enum { ARGUMENTS = 4, ENTRIES = 512, INVALID_OPCODE = 6 };

void ring0_call(void (*function)(uint64_t argument), uint64_t argument);
_Noreturn void run_attack(const uint64_t *stack);

/* Compilers make calls of these themselves. */
void *memset(void *to, int byte, size_t size);
void *memcpy(void *to, const void *from, size_t size);

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

long linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
                       "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

void end(int status)
{
    for (;;)
        linux_call(__NR_exit_group, status, 0, 0, 0, 0, 0);
}

static void write_text(const char *text, size_t length)
{
    linux_call(__NR_write, 1, (long)text, (long)length, 0, 0, 0);
}

void say(const char *text, uint64_t number)
{
    char line[128];

    write_text(line, absurd_line(line, sizeof(line), text, number));
}

uint64_t physical_of(const volatile void *address)
{
    return (uint64_t)address - BOOT->window + WINDOW_PHYSICAL;
}

void hypercall(uint32_t number, uint32_t physical)
{
    __asm__ volatile("outl %0, %w1"
                     :
                     : "a"(physical), "d"(HYPERCALL_PORT + number)
                     : "memory");
}

uint64_t next_random(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15;

    state = random_after(state);
    return state;
}

uint64_t next_absurd(void)
{
    return absurd_number(next_random(), BOOT->memory_size);
}

volatile uint64_t *page_table(uint64_t physical)
{
    return (volatile uint64_t *)(SYSTEM_BASE + (physical & PAGE_ADDRESS));
}

volatile uint64_t *page_entry(uint64_t address)
{
    uint64_t table = BOOT->page_table_root;

    for (int shift = 39; shift > 12; shift -= 9)
        table = page_table(table)[address >> shift & (ENTRIES - 1)];
    return &page_table(table)[address >> 12 & (ENTRIES - 1)];
}

void flush_tlb(void)
{
    __asm__ volatile("int3" : : "a"(BREAKPOINT_FLUSH_TLB) : "memory");
}

/* The table is the last of the pool, which no program as small as this uses. */
void map_wild(uint64_t physical)
{
    const uint64_t rights = PAGE_PRESENT | PAGE_WRITE | PAGE_USER;
    const uint64_t last = SYSTEM_SIZE - PAGE_SIZE;
    const volatile uint64_t *root = page_table(BOOT->page_table_root);
    volatile uint64_t *pointers = page_table(root[WILD >> 39 & (ENTRIES - 1)]);

    page_table(last)[WILD >> 21 & (ENTRIES - 1)] =
        (physical & PAGE_ADDRESS) | rights | PAGE_LARGE;
    pointers[WILD >> 30 & (ENTRIES - 1)] = last | rights;
    flush_tlb();
}

void in_ring0(void (*function)(uint64_t argument), uint64_t argument)
{
    static const uint8_t jump[] = {0xff, 0xe0}; /* jmp *%rax */
    static bool rewritten;
    volatile uint8_t *entry =
        (volatile uint8_t *)(SYSTEM_BASE + SYSTEM_RING0 +
                             INVALID_OPCODE * RING0_SLOT_SIZE);

    if (!rewritten) {
        *page_entry((uint64_t)entry) |= PAGE_WRITE;
        flush_tlb();
        entry[0] = jump[0];
        entry[1] = jump[1];
        rewritten = true;
    }
    ring0_call(function, argument);
}

static bool is_same(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b)
        a++, b++;
    return *a == *b;
}

static uint64_t parse_number(const char *text)
{
    const uint64_t base = text[0] == '0' && text[1] == 'x' ? 16 : 10;
    uint64_t value = 0;

    for (text += base == 16 ? 2 : 0; *text != '\0'; text++)
        value = value * base +
                (uint64_t)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
    return value;
}

static void find_and_run(const char *name, const uint64_t *arguments)
{
    const struct attack *const families[] = {
        hypercall_attacks, ring0_attacks, memory_attacks, exhaustion_attacks};

    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        for (const struct attack *at = families[i]; at->name != NULL; at++) {
            if (!is_same(at->name, name))
                continue;
            at->run(arguments);
            end(9);
        }
    }
}

/* "late" before an attack: it comes after the moment of snapshots. */
void run_attack(const uint64_t *stack)
{
    static const char ready[] = "ringside ready\n";
    const uint64_t count = stack[0];
    const char *const *words = (const char *const *)(stack + 1);
    uint64_t first = 1, arguments[ARGUMENTS] = {0};

    if (count > first && is_same(words[first], "late")) {
        write_text(ready, sizeof(ready) - 1);
        first++;
    }
    for (uint64_t i = first + 1; i < count && i - first <= ARGUMENTS; i++)
        arguments[i - first - 1] = parse_number(words[i]);
    if (count > first)
        find_and_run(words[first], arguments);
    end(2);
}
