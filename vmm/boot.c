/* Boot information and the program's stack; see boot.h. */
#include "vmm/boot.h"

#include "guests/unikernel/boot_info.h"
#include "guests/unikernel/layout.h"
#include "vmm/unikernel_vcpu.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum {
    STACK_SIZE_MAX = 8 << 20, /* as Linux's default limit */
    STACK_SIZE_MIN = 256 << 10,
    /* Words besides pointers to arguments and environment. */
    STACK_WORDS = 128,
};

/*
 * The top of the window: at most 8 MiB, at most a quarter of what the program
 * leaves, with an unmapped guard below.
 */
static int place_stack(const struct program *program, struct boot_info *boot,
                       struct error *error)
{
    uint64_t top = program->window + program->window_size;
    uint64_t free = top - program->end;
    uint64_t size = free / 4 & -(uint64_t)PAGE_SIZE;

    if (size > STACK_SIZE_MAX)
        size = STACK_SIZE_MAX;
    if (size < STACK_SIZE_MIN)
        return error_set(error, ENOMEM,
                         "guest memory leaves no room for a stack behind the "
                         "program: give it more with --memory");
    boot->stack = top - size;
    boot->stack_end = top;
    return 0;
}

static uint64_t count_strings(char *const *strings)
{
    uint64_t count = 0;

    while (strings[count] != NULL)
        count++;
    return count;
}

static uint64_t strings_size(char *const *strings)
{
    uint64_t size = 0;

    for (; *strings != NULL; strings++)
        size += strlen(*strings) + 1;
    return size;
}

static char *put_string(char *at, const char *text)
{
    size_t size = strlen(text) + 1;

    memcpy(at, text, size);
    return at + size;
}

/* Packs all strings against the top of the stack. */
static int write_strings(const struct guest_memory *memory,
                         const struct boot_program *what,
                         struct boot_info *boot, struct error *error)
{
    char *const *arguments = what->bundle->process.arguments;
    char *const *environment = what->bundle->process.environment;
    uint64_t size = strlen(what->executable) + 1 +
                    strlen(what->bundle->process.cwd) + 1 +
                    strings_size(arguments) + strings_size(environment);
    uint64_t words, limit = (boot->stack_end - boot->stack) / 4;
    char *at;

    boot->argument_count = count_strings(arguments);
    boot->environment_count = count_strings(environment);
    words = boot->argument_count + boot->environment_count + STACK_WORDS;
    if (size > limit || words * sizeof(uint64_t) > limit)
        return error_set(error, E2BIG,
                         "process.args and process.env do not fit the stack");
    boot->strings = boot->stack_end - size;
    at = guest_memory_slice(
        memory,
        (struct guest_addr){boot->strings - boot->window + WINDOW_PHYSICAL},
        size);
    if (at == NULL)
        return error_set(error, ENOMEM, "the stack lies outside guest memory");
    at = put_string(at, what->executable);
    at = put_string(at, what->bundle->process.cwd);
    for (size_t i = 0; arguments[i] != NULL; i++)
        at = put_string(at, arguments[i]);
    for (size_t i = 0; environment[i] != NULL; i++)
        at = put_string(at, environment[i]);
    return 0;
}

static uint64_t find_terminals(void)
{
    uint64_t terminals = 0;

    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        terminals |= (uint64_t)isatty(stream) << stream;
    return terminals;
}

static int fill_random(void *buffer, size_t size, struct error *error)
{
    if (getrandom(buffer, size, 0) != (ssize_t)size)
        return error_errno(error, errno, "getrandom");
    return 0;
}

static int take_time(const struct vcpu *vcpu, struct boot_info *boot,
                     struct error *error)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    boot->wall_ns =
        (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
    return unikernel_vcpu_tsc(vcpu, &boot->tsc_base, &boot->tsc_khz, error);
}

/* Memory from the program's end to the stack may be backed by huge pages. */
static void advise_huge(const struct guest_memory *memory,
                        const struct boot_info *boot)
{
    uint64_t start =
        boot->program_end - boot->window + WINDOW_PHYSICAL + LARGE_PAGE_SIZE;
    uint64_t end = boot->stack - boot->window + WINDOW_PHYSICAL;

    start &= -(uint64_t)LARGE_PAGE_SIZE;
    end &= -(uint64_t)LARGE_PAGE_SIZE;
    if (start < end)
        guest_memory_advise_huge(memory, (struct guest_addr){start},
                                 end - start);
}

/* Where the window has this; 0 for 0. */
static uint64_t window_address(struct guest_addr physical,
                               const struct program *program)
{
    return physical.value == 0
               ? 0
               : physical.value - WINDOW_PHYSICAL + program->window;
}

_Static_assert(sizeof(struct boot_info) <= PAGE_SIZE, "it is one page");

int boot_prepare(const struct vcpu *vcpu, const struct guest_memory *memory,
                 struct page_tables *tables, const struct boot_program *what,
                 struct error *error)
{
    struct boot_info boot = {
        .magic = BOOT_INFO_MAGIC,
        .version = BOOT_INFO_VERSION,
        .memory_size = memory->size,
        .window = what->program->window,
        .window_size = what->program->window_size,
        .held = window_address(memory->held, what->program),
        .held_end = window_address(memory->held_end, what->program),
        .program_end = what->program->end,
        .program_entry = what->program->entry,
        .program_headers = what->program->headers,
        .program_header_count = what->program->header_count,
        .terminals = find_terminals(),
        .flags = what->trace ? BOOT_INFO_TRACE : 0,
        .root_physical = what->root.value,
        .page_table_root = tables->root,
    };
    int status = place_stack(what->program, &boot, error);

    if (status == 0)
        status = boot_identity(what->bundle, &boot, error);
    if (status == 0)
        status = write_strings(memory, what, &boot, error);
    if (status == 0)
        status = fill_random(boot.seed, sizeof(boot.seed), error);
    if (status == 0)
        status = fill_random(boot.id, sizeof(boot.id), error);
    if (status < 0)
        return status;
    advise_huge(memory, &boot);
    if (page_tables_map(
            tables, boot.stack, boot.stack - boot.window + WINDOW_PHYSICAL,
            boot.stack_end - boot.stack,
            PAGE_PRESENT | PAGE_USER | PAGE_WRITE | PAGE_NO_EXECUTE) < 0)
        return error_set(error, ENOMEM, "no room for page tables");
    boot.page_table_next = tables->next;
    status = take_time(vcpu, &boot, error);
    if (status == 0)
        status = guest_memory_write(
            memory, (struct guest_addr){SYSTEM_BOOT_INFO}, &boot, sizeof(boot));
    return status;
}
