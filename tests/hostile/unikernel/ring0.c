/*
 * Attacks out of ring 0, which a hostile program reaches by rewriting the
 * ring-0 stub: ports of any number and width, processor state that no kernel
 * has, a processor that waits for nothing.
 */
#include "tests/hostile/unikernel/program.h"

enum { APIC_COMMAND = 0x300, APIC_COMMAND_HIGH = 0x310 };

static volatile uint64_t level;

static void read_level(uint64_t argument)
{
    (void)argument;
    __asm__ volatile("mov %%cs, %0" : "=r"(level));
}

/* That it is ring 0, before anything is said of attacks from there. */
static void show_level(const uint64_t *arguments)
{
    (void)arguments;
    in_ring0(read_level, 0);
    say("selector", level);
}

/* Port, width, value: written. */
static void port_out(uint64_t argument)
{
    const uint16_t port = (uint16_t)argument;
    const uint32_t value = (uint32_t)(argument >> 32);

    switch (argument >> 16 & 0xff) {
    case 1:
        __asm__ volatile("outb %b0, %w1" : : "a"(value), "d"(port));
        break;
    case 2:
        __asm__ volatile("outw %w0, %w1" : : "a"(value), "d"(port));
        break;
    default:
        __asm__ volatile("outl %0, %w1" : : "a"(value), "d"(port));
    }
}

static void port_in(uint64_t argument)
{
    const uint16_t port = (uint16_t)argument;
    uint32_t value;

    switch (argument >> 16 & 0xff) {
    case 1:
        __asm__ volatile("inb %w1, %b0" : "=a"(value) : "d"(port));
        break;
    case 2:
        __asm__ volatile("inw %w1, %w0" : "=a"(value) : "d"(port));
        break;
    default:
        __asm__ volatile("inl %w1, %0" : "=a"(value) : "d"(port));
    }
}

static void port_string_out(uint64_t argument)
{
    static const uint32_t words[512];
    const void *from = words;
    uint64_t count = 512;

    __asm__ volatile("cld\n rep outsl"
                     : "+S"(from), "+c"(count)
                     : "d"((uint16_t)argument)
                     : "memory");
}

static void port_string_in(uint64_t argument)
{
    static uint32_t words[512];
    void *to = words;
    uint64_t count = 512;

    __asm__ volatile("cld\n rep insl"
                     : "+D"(to), "+c"(count)
                     : "d"((uint16_t)argument)
                     : "memory");
}

static void port(void (*access)(uint64_t), const uint64_t *arguments)
{
    say("attempts", 1);
    in_ring0(access, (arguments[0] & 0xffff) | (arguments[1] & 0xff) << 16 |
                         arguments[2] << 32);
}

static void write_port(const uint64_t *arguments)
{
    port(port_out, arguments);
}

static void read_port(const uint64_t *arguments)
{
    port(port_in, arguments);
}

static void write_port_string(const uint64_t *arguments)
{
    port(port_string_out, arguments);
}

static void read_port_string(const uint64_t *arguments)
{
    port(port_string_in, arguments);
}

static void stop_for_good(uint64_t argument)
{
    (void)argument;
    __asm__ volatile("cli\n 1: hlt\n jmp 1b");
}

static void loop_for_good(uint64_t argument)
{
    (void)argument;
    __asm__ volatile("cli\n 1: jmp 1b");
}

static void halt(const uint64_t *arguments)
{
    (void)arguments;
    say("attempts", 1);
    in_ring0(stop_for_good, 0);
}

static void loop(const uint64_t *arguments)
{
    (void)arguments;
    say("attempts", 1);
    in_ring0(loop_for_good, 0);
}

static void lose_idt(uint64_t argument)
{
    const struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) none = {0};

    (void)argument;
    __asm__ volatile("lidt %0\n ud2" : : "m"(none));
}

static void triple_fault(const uint64_t *arguments)
{
    (void)arguments;
    say("attempts", 1);
    in_ring0(lose_idt, 0);
}

static uint64_t wanted;

static void set_cr0(uint64_t value)
{
    __asm__ volatile("mov %0, %%cr0" : : "r"(value) : "memory");
}

static void set_cr3(uint64_t value)
{
    __asm__ volatile("mov %0, %%cr3" : : "r"(value) : "memory");
}

static void set_cr4(uint64_t value)
{
    __asm__ volatile("mov %0, %%cr4" : : "r"(value) : "memory");
}

/* Which register, what value. */
static void control(const uint64_t *arguments)
{
    void (*const set[])(uint64_t) = {set_cr0, set_cr3, set_cr4};

    say("attempts", 1);
    in_ring0(set[arguments[0] % 3], arguments[1]);
}

static void write_msr(uint64_t msr)
{
    __asm__ volatile("wrmsr"
                     :
                     : "c"((uint32_t)msr), "a"((uint32_t)wanted),
                       "d"((uint32_t)(wanted >> 32))
                     : "memory");
}

/* Which register, what value. */
static void msr(const uint64_t *arguments)
{
    say("attempts", 1);
    wanted = arguments[1];
    in_ring0(write_msr, arguments[0]);
}

/* The processor's own interrupt controller: what command, to itself. */
static void command_apic(uint64_t command)
{
    volatile uint32_t *apic = (volatile uint32_t *)WILD;

    apic[APIC_COMMAND_HIGH / 4] = 0;
    apic[APIC_COMMAND / 4] = (uint32_t)command;
}

static void apic(const uint64_t *arguments)
{
    say("attempts", 1);
    map_wild(0xfee00000);
    in_ring0(command_apic, arguments[0]);
}

static void call_hypervisor(uint64_t number)
{
    __asm__ volatile(".byte 0x0f, 0x01, 0xd9" /* vmmcall */
                     :
                     : "a"(number), "b"(-1ul), "c"(-1ul), "d"(-1ul), "S"(-1ul)
                     : "memory");
}

static void vmmcall(const uint64_t *arguments)
{
    say("attempts", 1);
    in_ring0(call_hypervisor, arguments[0]);
}

const struct attack ring0_attacks[] = {
    {"level", show_level},
    {"write-port", write_port},
    {"read-port", read_port},
    {"write-port-string", write_port_string},
    {"read-port-string", read_port_string},
    {"halt", halt},
    {"loop-in-ring0", loop},
    {"triple-fault", triple_fault},
    {"control", control},
    {"msr", msr},
    {"apic", apic},
    {"vmmcall", vmmcall},
    {NULL, NULL},
};
