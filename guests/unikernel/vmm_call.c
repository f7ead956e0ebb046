/*
 * Hypercalls. Each structure lives in the library OS's own memory, below
 * 4 GiB of guest-physical address, so one 32-bit `out` carries it.
 */
#include "guests/unikernel/vmm_call.h"

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/hypercall.h"
#include "guests/unikernel/renew.h"
#include "guests/unikernel/string.h"

static void hypercall(enum hypercall_number number, void *structure)
{
    uint32_t physical = (uint32_t)address_physical((uint64_t)structure);
    uint16_t port = (uint16_t)(HYPERCALL_PORT + number);

    __asm__ volatile("outl %0, %1" : : "a"(physical), "d"(port) : "memory");
    renew_after_restore();
}

/* The VMM does not come back from here; should it, stop hard. */
static _Noreturn void hypercall_last(enum hypercall_number number,
                                     void *structure)
{
    hypercall(number, structure);
    __builtin_trap();
}

_Noreturn void vmm_exit(uint32_t status)
{
    static struct hypercall_exit call;

    call.status = status & 0xff;
    hypercall_last(HYPERCALL_EXIT, &call);
}

_Noreturn void vmm_exit_by_signal(uint32_t signal)
{
    static struct hypercall_exit call;

    call.signal = signal;
    hypercall_last(HYPERCALL_EXIT, &call);
}

_Noreturn void vmm_fault(const struct registers *registers,
                         const struct exception_record *record,
                         uint64_t address)
{
    const uint64_t general[] = {
        registers->rax, registers->rbx, registers->rcx, registers->rdx,
        registers->rsi, registers->rdi, registers->rbp, registers->r8,
        registers->r9,  registers->r10, registers->r11, registers->r12,
        registers->r13, registers->r14, registers->r15,
    };
    static struct hypercall_fault call;

    call.vector = record->vector;
    call.error_code = record->error_code;
    call.address = address;
    call.rip = record->rip;
    call.rsp = record->rsp;
    call.rflags = record->rflags;
    memcpy(call.general, general, sizeof(general));
    call.code_length = address_mapped(record->rip, sizeof(call.code));
    memcpy(call.code, (const void *)record->rip, call.code_length);
    hypercall_last(HYPERCALL_FAULT, &call);
}

static int64_t console_call(enum hypercall_number number, uint64_t stream,
                            uint64_t address, uint64_t length)
{
    static struct hypercall_console call;

    length = address_contiguous(address, length);
    call.address = address_physical(address);
    call.length =
        length < HYPERCALL_CONSOLE_MAX ? length : HYPERCALL_CONSOLE_MAX;
    call.stream = stream;
    hypercall(number, &call);
    return call.result;
}

int64_t vmm_console_write(uint64_t stream, uint64_t address, uint64_t length)
{
    return console_call(HYPERCALL_CONSOLE_WRITE, stream, address, length);
}

int64_t vmm_console_read(uint64_t address, uint64_t length)
{
    return console_call(HYPERCALL_CONSOLE_READ, 0, address, length);
}

int64_t vmm_poll(uint64_t duration_ns, uint64_t streams)
{
    static struct hypercall_poll call;

    call.duration_ns = duration_ns;
    call.streams = streams;
    hypercall(HYPERCALL_POLL, &call);
    return call.result;
}

void vmm_timer(uint64_t duration_ns)
{
    static struct hypercall_timer call;

    call.duration_ns = duration_ns;
    hypercall(HYPERCALL_TIMER, &call);
}

int64_t vmm_discard(uint64_t address, uint64_t length)
{
    static struct hypercall_discard call;

    call.address = address_physical(address);
    call.length = length;
    hypercall(HYPERCALL_DISCARD, &call);
    return call.result;
}

int64_t vmm_attach_root(void)
{
    static struct hypercall_attach_root call;

    hypercall(HYPERCALL_ATTACH_ROOT, &call);
    return call.result;
}

int64_t vmm_add_memory(void)
{
    static struct hypercall_add_memory call;

    hypercall(HYPERCALL_ADD_MEMORY, &call);
    return call.result;
}

void vmm_trace(const struct hypercall_trace *what)
{
    static struct hypercall_trace call;

    call = *what;
    hypercall(HYPERCALL_TRACE, &call);
}

int64_t vmm_terminal(uint64_t stream, uint64_t request, uint64_t address,
                     uint64_t length)
{
    static struct hypercall_terminal call;

    call.stream = stream;
    call.request = request;
    call.address = address_physical(address);
    call.length = length;
    hypercall(HYPERCALL_TERMINAL, &call);
    return call.result;
}
