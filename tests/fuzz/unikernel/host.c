/* A process around the library OS; see host.h. */
#include "tests/fuzz/unikernel/host.h"

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/page_tables.h"
#include "guests/unikernel/scheduler.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/vmm_call.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/unikernel/root.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    PHYSICAL_SIZE = SYSTEM_SIZE + HOST_WINDOW_SIZE,
    ALLOCATIONS_MAX = 1 << 16,
    INPUT_MAX = 64,    /* bytes of standard input */
    STREAM_POLLS = 16, /* times that a guest finds a stream ready */
    POLLS_MAX = 200,   /* times that it waits */
};

/* entry.S has them; here they are addresses that nothing jumps to. */
const char trap_entry[1], call_entry[1], exception_entry[1],
    call_again_entry[1];

uint64_t processor_bases[2];
struct registers host_registers;
uint64_t host_allocations;

_Noreturn void start(const struct boot_info *boot);
_Noreturn void upcall(const struct context *context);

/* What of the library OS begins anew with each guest: its data. */
extern char __start_unikernel_data[], __stop_unikernel_data[];
extern char __start_unikernel_bss[], __stop_unikernel_bss[];

static int physical = -1; /* guest-physical memory */
static jmp_buf left;      /* how the library OS is left */
static uint64_t now_ns;
static unsigned int polls, reads; /* of the streams */
static void *allocations[ALLOCATIONS_MAX];
static uint32_t allocation_count;

static _Noreturn void leave(enum host_end end)
{
    longjmp(left, (int)end + 1);
}

/* Time. */
void clock_init(const struct boot_info *boot)
{
    (void)boot;
}

uint64_t clock_monotonic_ns(void)
{
    return now_ns;
}

uint64_t clock_realtime_ns(void)
{
    return 1000000000000000000 + now_ns;
}

uint64_t clock_processor_ns(void)
{
    return now_ns;
}

void clock_waited(uint64_t ns)
{
    (void)ns;
}

void host_advance(uint64_t ns)
{
    now_ns += ns & INT64_MAX;
    if (now_ns > INT64_MAX)
        now_ns = INT64_MAX;
}

/*
 * Small objects by malloc, pages by the real heap: linked with --wrap. Each
 * allocation is remembered, since a guest that ends gives nothing back.
 */
void *__real_heap_allocate(uint64_t size);
void __real_heap_free(void *memory);
void *__wrap_heap_allocate(uint64_t size);
void *__wrap_heap_allocate_zeroed(uint64_t size);
void __wrap_heap_free(void *memory);

void *__wrap_heap_allocate(uint64_t size)
{
    void *memory;

    if (host_allocations == 0)
        return NULL;
    host_allocations -= host_allocations != UINT64_MAX;
    if (size >= PAGE_SIZE)
        return __real_heap_allocate(size);
    if (allocation_count == ALLOCATIONS_MAX)
        return NULL;
    memory = aligned_alloc(16, size + (-size & 15));
    fuzz_require(memory != NULL);
    memset(memory, 0xa5, size);
    allocations[allocation_count++] = memory;
    return memory;
}

void *__wrap_heap_allocate_zeroed(uint64_t size)
{
    void *memory = __wrap_heap_allocate(size);

    return memory == NULL ? NULL : memset(memory, 0, size);
}

void __wrap_heap_free(void *memory)
{
    uint64_t address = (uint64_t)memory;

    if (memory == NULL)
        return;
    if (address >= HOST_WINDOW && address < HOST_WINDOW + HOST_WINDOW_SIZE) {
        __real_heap_free(memory);
        return;
    }
    for (uint32_t i = allocation_count; i-- > 0;) {
        if (allocations[i] == memory) {
            allocations[i] = allocations[--allocation_count];
            free(memory);
            return;
        }
    }
    fuzz_require(!"freed what was not allocated");
}

/* The processor's side of the page tables: linked with --wrap. */
int __real_page_tables_map(struct page_tables *tables, uint64_t virtual,
                           uint64_t address, uint64_t length, uint64_t rights);
int __real_page_tables_unmap(struct page_tables *tables, uint64_t virtual,
                             uint64_t length);
int __wrap_page_tables_map(struct page_tables *tables, uint64_t virtual,
                           uint64_t address, uint64_t length, uint64_t rights);
int __wrap_page_tables_unmap(struct page_tables *tables, uint64_t virtual,
                             uint64_t length);

static bool in_window(uint64_t virtual)
{
    return virtual >= HOST_WINDOW && virtual < HOST_WINDOW + HOST_WINDOW_SIZE;
}

static bool in_file_mappings(uint64_t virtual)
{
    return virtual - FILE_MAPPING_BASE < FILE_MAPPING_SIZE;
}

int __wrap_page_tables_map(struct page_tables *tables, uint64_t virtual,
                           uint64_t address, uint64_t length, uint64_t rights)
{
    int status =
        __real_page_tables_map(tables, virtual, address, length, rights);
    const int protection =
        rights & PAGE_WRITE ? PROT_READ | PROT_WRITE : PROT_READ;

    if (status < 0)
        return status;
    if (in_window(virtual))
        fuzz_require(mmap((void *)virtual, length, protection,
                          MAP_SHARED | MAP_FIXED, physical,
                          (off_t)address) != MAP_FAILED);
    else if (in_file_mappings(virtual))
        fuzz_require(mmap((void *)virtual, length, protection,
                          MAP_SHARED | MAP_FIXED, physical,
                          (off_t)address) != MAP_FAILED);
    return status;
}

int __wrap_page_tables_unmap(struct page_tables *tables, uint64_t virtual,
                             uint64_t length)
{
    int status = __real_page_tables_unmap(tables, virtual, length);

    if (in_window(virtual))
        fuzz_require(mprotect((void *)virtual, length, PROT_NONE) == 0);
    else if (in_file_mappings(virtual))
        munmap((void *)virtual, length);
    return status;
}

/* Hypercalls. */
_Noreturn void vmm_exit(uint32_t status)
{
    (void)status;
    leave(HOST_ENDED);
}

_Noreturn void vmm_exit_by_signal(uint32_t signal)
{
    fuzz_require(signal >= 1 && signal <= 64);
    leave(HOST_ENDED);
}

_Noreturn void vmm_fault(const struct registers *registers,
                         const struct exception_record *record,
                         uint64_t address)
{
    (void)registers;
    (void)record;
    (void)address;
    fuzz_require(!"the library OS faulted");
    leave(HOST_ENDED);
}

int64_t vmm_console_write(uint64_t stream, uint64_t address, uint64_t length)
{
    volatile uint8_t last = 0;

    fuzz_require(stream == 1 || stream == 2);
    length = address_contiguous(address, length);
    for (uint64_t i = 0; i < length; i += PAGE_SIZE)
        last = ((const uint8_t *)address)[i];
    (void)last;
    return (int64_t)length;
}

int64_t vmm_console_read(uint64_t address, uint64_t length)
{
    length = address_contiguous(address, length);
    if (reads++ % 4 == 0)
        return -EAGAIN;
    if (length > INPUT_MAX)
        length = INPUT_MAX;
    memset((void *)address, 'i', length);
    return (int64_t)length;
}

/*
 * Streams are ready at first; nobody waits for the time to pass. A guest that
 * wakes up again and again only to wait on is left to that.
 */
int64_t vmm_poll(uint64_t duration_ns, uint64_t streams)
{
    if (duration_ns == 0 || (streams != 0 && polls < STREAM_POLLS)) {
        polls += duration_ns != 0;
        return (int64_t)streams;
    }
    if (duration_ns == UINT64_MAX || polls++ == POLLS_MAX)
        leave(HOST_STUCK);
    host_advance(duration_ns);
    return 0;
}

void vmm_timer(uint64_t duration_ns)
{
    (void)duration_ns;
}

int64_t vmm_discard(uint64_t address, uint64_t length)
{
    const uint64_t offset = address_physical(address);

    if (offset < WINDOW_PHYSICAL || offset % PAGE_SIZE != 0 ||
        length % PAGE_SIZE != 0 || length > PHYSICAL_SIZE - offset)
        return -EINVAL;
    fuzz_require(fallocate(physical, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                           (off_t)offset, (off_t)length) == 0);
    return 0;
}

void vmm_trace(const struct hypercall_trace *what)
{
    (void)what;
}

int64_t vmm_attach_root(void)
{
    return (int64_t)root_size();
}

int64_t vmm_add_memory(void)
{
    return 0;
}

int64_t vmm_terminal(uint64_t stream, uint64_t request, uint64_t address,
                     uint64_t length)
{
    (void)stream;
    (void)request;
    memset((void *)address, 0, length);
    return 0;
}

/* entry.S. */
_Noreturn void registers_resume(const struct registers *registers)
{
    host_registers = *registers;
    leave(HOST_GOES_ON);
}

_Noreturn void context_resume(const struct context *context)
{
    host_registers = context->general;
    host_registers.rcx = context->rip;
    host_registers.r11 = context->rflags;
    host_registers.rsp = context->rsp;
    leave(HOST_GOES_ON);
}

_Noreturn void run_on_system_stack(void (*function)(void))
{
    function();
    abort();
}

static enum host_end enter(void (*function)(void))
{
    const int value = setjmp(left);

    if (value != 0)
        return (enum host_end)(value - 1);
    function();
    return HOST_GOES_ON;
}

static void dispatch(void)
{
    syscall_dispatch(&host_registers);
}

enum host_end host_call(void)
{
    return enter(dispatch);
}

void host_write(uint64_t address, const void *bytes, uint64_t size)
{
    user_copy_out(address, bytes, user_reach_write(address, size));
}

static void interrupt(void)
{
    const struct context context = {
        .general = host_registers,
        .rip = host_registers.rcx,
        .cs = SELECTOR_USER_CODE,
        .rflags = host_registers.r11,
        .rsp = host_registers.rsp,
        .ss = SELECTOR_USER_DATA,
    };

    upcall(&context);
}

enum host_end host_interrupt(unsigned int signal)
{
    uint64_t *trap = (uint64_t *)(SYSTEM_BASE + SYSTEM_TRAP);
    const uint64_t bit = 1ull << (signal - 1) % 64;

    if (signal != 0 && trap[TRAP_SIGNALS_TAKEN / 8] & bit)
        trap[TRAP_SIGNALS_ARRIVED / 8] |= bit;
    trap[TRAP_ATTENTION / 8] |= ATTENTION_LOOK | ATTENTION_TIMER;
    return enter(interrupt);
}

/* What the VMM does before the first instruction. */
static const struct boot_info *write_boot_info(void)
{
    static const char strings[] = "/bin/program\0/tmp\0program\0argument\0A=1";
    struct boot_info *boot =
        (struct boot_info *)(SYSTEM_BASE + SYSTEM_BOOT_INFO);
    struct page_tables tables = {
        .system = (void *)SYSTEM_BASE,
        .root = SYSTEM_PAGE_TABLES,
        .next = SYSTEM_PAGE_TABLES + PAGE_SIZE,
        .pool_end = SYSTEM_SIZE,
    };
    const uint64_t end = HOST_WINDOW + HOST_WINDOW_SIZE;
    const uint64_t rights = PAGE_PRESENT | PAGE_USER | PAGE_WRITE;

    __wrap_page_tables_map(&tables, HOST_WINDOW, WINDOW_PHYSICAL,
                           HOST_PROGRAM_SIZE, rights);
    __wrap_page_tables_map(&tables, end - HOST_STACK_SIZE,
                           PHYSICAL_SIZE - HOST_STACK_SIZE, HOST_STACK_SIZE,
                           rights);
    *boot = (struct boot_info){
        .magic = BOOT_INFO_MAGIC,
        .version = BOOT_INFO_VERSION,
        .memory_size = PHYSICAL_SIZE,
        .window = HOST_WINDOW,
        .window_size = HOST_WINDOW_SIZE,
        .program_end = HOST_WINDOW + HOST_PROGRAM_SIZE,
        .stack = end - HOST_STACK_SIZE,
        .stack_end = end,
        .page_table_root = tables.root,
        .page_table_next = tables.next,
        .program_entry = HOST_WINDOW,
        .strings = end - sizeof(strings),
        .argument_count = 2,
        .environment_count = 1,
        .umask = 022,
        .hostname = "guest",
        .root_physical = PHYSICAL_SIZE,
        .tsc_khz = 1000000,
    };
    for (unsigned int i = 0; i < BOOT_INFO_RLIMITS; i++)
        boot->rlimits[i] = (struct boot_rlimit){UINT64_MAX, UINT64_MAX};
    memcpy((void *)boot->strings, strings, sizeof(strings));
    return boot;
}

static void start_guest(void)
{
    start(write_boot_info());
}

static void *map(uint64_t address, uint64_t size, int protection, int fd,
                 off_t offset)
{
    void *memory = mmap((void *)address, size, protection,
                        MAP_SHARED | MAP_FIXED, fd, offset);

    fuzz_require(memory == (void *)address);
    return memory;
}

/* Not memcpy: between the variables lies what a sanitizer guards. */
static void copy(char *to, const char *from, size_t size)
{
    __asm__ volatile("rep movsb"
                     : "+D"(to), "+S"(from), "+c"(size)
                     :
                     : "memory");
}

/* Gives the section the content that it had before the first guest. */
static void renew(char **kept, char *start, const char *stop)
{
    const size_t size = (size_t)(stop - start);

    if (*kept == NULL) {
        *kept = malloc(size);
        fuzz_require(*kept != NULL);
        copy(*kept, start, size);
    }
    copy(start, *kept, size);
}

static void renew_data(void)
{
    static char *data, *bss;

    renew(&data, __start_unikernel_data, __stop_unikernel_data);
    renew(&bss, __start_unikernel_bss, __stop_unikernel_bss);
}

static void create_memory(void)
{
    physical = memfd_create("guest", MFD_CLOEXEC);
    fuzz_require(physical >= 0 && ftruncate(physical, PHYSICAL_SIZE) == 0);
    map(SYSTEM_BASE, SYSTEM_SIZE, PROT_READ | PROT_WRITE, physical, 0);
    root_map(ROOT_ARCHIVE_BASE);
}

void host_begin(void)
{
    if (physical < 0)
        create_memory();
    fuzz_require(fallocate(physical, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                           0, PHYSICAL_SIZE) == 0);
    map(HOST_WINDOW, HOST_WINDOW_SIZE, PROT_NONE, physical, WINDOW_PHYSICAL);
    munmap((void *)FILE_MAPPING_BASE, FILE_MAPPING_SIZE);
    while (allocation_count > 0)
        free(allocations[--allocation_count]);
    renew_data();
    now_ns = 1000000000;
    polls = reads = 0;
    host_allocations = UINT64_MAX;
    fuzz_require(enter(start_guest) == HOST_GOES_ON);
}
