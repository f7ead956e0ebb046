/*
 * From the first instruction to the program's: take over memory, prepare the
 * ways back from ring 0, lay out the stack that the ABI promises, jump.
 * Source: System V ABI AMD64 supplement, 3.4 (process initialization);
 * getauxval(3).
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/boot_info.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/random.h"
#include "guests/unikernel/registers.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"

#include <cpuid.h>
#include <elf.h>

enum { AT_SYSINFO_ENTRY = 32, HWCAP2_FSGSBASE = 2 };

/* entry.S; hidden, so that their addresses need no table. */
extern const char trap_entry[] __attribute__((visibility("hidden")));
extern const char call_entry[] __attribute__((visibility("hidden")));
extern const char exception_entry[] __attribute__((visibility("hidden")));

_Noreturn void start(const struct boot_info *boot);

/* The five words that `iretq` takes to get into ring 3. */
static void write_return_frame(uint64_t offset, const char *entry,
                               const char *stack)
{
    uint64_t *frame = (uint64_t *)(SYSTEM_BASE + SYSTEM_TRAP + offset);

    frame[0] = (uint64_t)entry;
    frame[1] = SELECTOR_USER_CODE;
    frame[2] = RFLAGS_RING3;
    frame[3] = (uint64_t)stack;
    frame[4] = SELECTOR_USER_DATA;
}

static void prepare_traps(void)
{
    static char exception_stack[PAGE_SIZE] __attribute__((aligned(16)));

    write_return_frame(TRAP_SYSCALL_FRAME, trap_entry,
                       (const char *)(SYSTEM_BASE + SYSTEM_STACK_END));
    write_return_frame(TRAP_EXCEPTION_FRAME, exception_entry,
                       exception_stack + sizeof(exception_stack));
}

/* The x86 hardware capability word is what CPUID leaf 1 says in edx. */
static uint32_t hardware_capabilities(void)
{
    uint32_t eax, ebx, ecx, edx = 0;

    __get_cpuid(1, &eax, &ebx, &ecx, &edx);
    return edx;
}

/* Returns its size in bytes. */
static uint64_t write_auxiliary(uint64_t *at, const struct boot_info *boot,
                                uint64_t random)
{
    const struct {
        uint64_t type, value;
    } vector[] = {
        {AT_SYSINFO_ENTRY, (uint64_t)call_entry},
        {AT_HWCAP, hardware_capabilities()},
        {AT_PAGESZ, PAGE_SIZE},
        {AT_CLKTCK, CLOCK_TICKS},
        {AT_PHDR, boot->program_headers},
        {AT_PHENT, sizeof(Elf64_Phdr)},
        {AT_PHNUM, boot->program_header_count},
        {AT_BASE, 0},
        {AT_FLAGS, 0},
        {AT_ENTRY, boot->program_entry},
        {AT_UID, boot->uid},
        {AT_EUID, boot->uid},
        {AT_GID, boot->gid},
        {AT_EGID, boot->gid},
        {AT_SECURE, 0},
        {AT_RANDOM, random},
        {AT_HWCAP2, HWCAP2_FSGSBASE},
        {AT_EXECFN, boot->strings},
        {AT_NULL, 0},
    };

    memcpy(at, vector, sizeof(vector));
    return sizeof(vector);
}

/* Words that write_stack puts below the strings, at most. */
static uint64_t stack_words(const struct boot_info *boot)
{
    const uint64_t auxiliary = 64, random = 2, terminators = 3;

    return boot->argument_count + boot->environment_count + auxiliary + random +
           terminators;
}

static const char *next_string(const char *text)
{
    return text + strlen(text) + 1;
}

/* Writes pointers to count strings and a NULL; moves both on. */
static uint64_t *write_pointers(uint64_t *at, const char **text, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        *at++ = (uint64_t)*text;
        *text = next_string(*text);
    }
    *at++ = 0;
    return at;
}

/*
 * argc, argv, NULL, envp, NULL, auxiliary vector, 16 random bytes: from low
 * to high addresses, ending below the strings. Returns the address of argc.
 */
static uint64_t write_stack(const struct boot_info *boot, const char *arguments)
{
    uint64_t *argc =
        (uint64_t *)((boot->strings - stack_words(boot) * 8) & ~15ull);
    uint64_t random = (boot->strings & ~15ull) - 16;
    uint64_t *at = argc;
    struct process_strings strings = {.arguments = (uint64_t)arguments};

    *at++ = boot->argument_count;
    at = write_pointers(at, &arguments, boot->argument_count);
    strings.environment = (uint64_t)arguments;
    at = write_pointers(at, &arguments, boot->environment_count);
    strings.end = (uint64_t)arguments;
    random_fill((void *)random, 16);
    strings.auxiliary = (uint64_t)at;
    strings.auxiliary_size = write_auxiliary(at, boot, random);
    process_set_strings(&strings);
    return (uint64_t)argc;
}

/* The TSC, for the VMM's account of the start (layout.h, TRAP_STAMPS). */
static void stamp(size_t index)
{
    ((uint64_t *)(SYSTEM_BASE + SYSTEM_TRAP + TRAP_STAMPS))[index] =
        __builtin_ia32_rdtsc();
}

_Noreturn void start(const struct boot_info *boot)
{
    const char *executable = (const char *)boot->strings;
    const char *working_directory = next_string(executable);
    struct registers registers;

    stamp(0);
    memset(&registers, 0, sizeof(registers));
    prepare_traps();
    address_space_init(boot);
    clock_init(boot);
    random_init(boot->seed);
    credentials_init(boot);
    process_init(boot, executable, working_directory);
    if (boot->flags & BOOT_INFO_TRACE)
        syscall_trace();
    registers.rcx = boot->program_entry;
    registers.r11 = RFLAGS_RING3;
    registers.rsp = write_stack(boot, next_string(working_directory));
    stamp(1);
    registers_resume(&registers);
}
