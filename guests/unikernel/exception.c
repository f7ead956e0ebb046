/*
 * Exceptions: a signal to the thread that caused it, or, where the program
 * does not handle that, the end of the guest with a report. See entry.S for
 * the way here.
 * Source: Linux arch/x86/kernel/traps.c, arch/x86/mm/fault.c, sigaction(2).
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/file_mapping.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/scheduler.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/siginfo.h>
#include <linux/signal.h>

_Noreturn void exception(const struct registers *registers);

enum {
    DIVISION = 0,
    DEBUG = 1,
    BREAKPOINT = 3,
    ILLEGAL = 6,
    STACK_SEGMENT = 12,
    PROTECTION = 13,
    PAGE_FAULT = 14,
    X87 = 16,
    UNALIGNED = 17,
    SIMD = 19,
};

/* Exception flags of x87 and SSE, in the order in which Linux looks. */
static const struct {
    uint32_t bit;
    int32_t code;
} float_codes[] = {
    {1 << 0, FPE_FLTINV}, {1 << 2, FPE_FLTDIV}, {1 << 3, FPE_FLTOVF},
    {1 << 4, FPE_FLTUND}, {1 << 1, FPE_FLTUND}, {1 << 5, FPE_FLTRES},
};

static int32_t float_code(uint64_t vector)
{
    uint32_t raised, masked;
    uint16_t status, control;

    if (vector == SIMD) {
        __asm__ volatile("stmxcsr %0" : "=m"(raised));
        masked = raised >> 7;
    } else {
        __asm__ volatile("fnstsw %0" : "=m"(status));
        __asm__ volatile("fnstcw %0" : "=m"(control));
        raised = status;
        masked = control;
    }
    for (uint64_t i = 0; i < sizeof(float_codes) / sizeof(float_codes[0]); i++)
        if (raised & ~masked & float_codes[i].bit)
            return float_codes[i].code;
    return 0;
}

static struct signal_info page_fault(uint64_t address)
{
    uint64_t page = address & ~(uint64_t)(PAGE_SIZE - 1);

    if (file_mapping_is_behind_end(address))
        return (struct signal_info){
            .signal = SIGBUS, .code = BUS_ADRERR, .fields = {address}};
    return (struct signal_info){
        .signal = SIGSEGV,
        .code =
            address_space_covers(page, PAGE_SIZE) ? SEGV_ACCERR : SEGV_MAPERR,
        .fields = {address},
    };
}

/* The signal that Linux sends for the exception. */
static struct signal_info signal_of(const struct exception_record *record,
                                    uint64_t address)
{
    const uint64_t rip = record->rip;

    switch (record->vector) {
    case DIVISION:
        return (struct signal_info){
            .signal = SIGFPE, .code = FPE_INTDIV, .fields = {rip}};
    case DEBUG:
        return (struct signal_info){
            .signal = SIGTRAP, .code = TRAP_TRACE, .fields = {rip}};
    case BREAKPOINT:
        return (struct signal_info){.signal = SIGTRAP, .code = SI_KERNEL};
    case ILLEGAL:
        return (struct signal_info){
            .signal = SIGILL, .code = ILL_ILLOPN, .fields = {rip}};
    case X87:
    case SIMD:
        return (struct signal_info){.signal = SIGFPE,
                                    .code = float_code(record->vector),
                                    .fields = {rip}};
    case UNALIGNED:
        return (struct signal_info){.signal = SIGBUS, .code = BUS_ADRALN};
    case STACK_SEGMENT:
        return (struct signal_info){.signal = SIGBUS, .code = SI_KERNEL};
    case PAGE_FAULT:
        return page_fault(address);
    default:
        return (struct signal_info){.signal = SIGSEGV, .code = SI_KERNEL};
    }
}

static bool in_library_os(uint64_t address)
{
    return address - SYSTEM_BASE < SYSTEM_SIZE;
}

_Noreturn void exception(const struct registers *registers)
{
    const char *trap = (const char *)(SYSTEM_BASE + SYSTEM_TRAP);
    const struct exception_record *record =
        (const struct exception_record *)(trap + TRAP_EXCEPTION_RECORD);
    const uint64_t address = *(const uint64_t *)(trap + TRAP_CR2);
    struct signal_state *signals = &thread_current->signals;
    const struct signal_info info = signal_of(record, address);
    const struct context context = {
        .general = *registers,
        .rip = record->rip,
        .cs = record->cs,
        .rflags = record->rflags,
        .rsp = record->rsp,
        .ss = record->ss,
    };

    if (in_library_os(record->rip))
        vmm_fault(registers, record, address);
    if (!signal_force(&info)) {
        /* No fault that the VMM knows of: the file had other memory. */
        if (info.signal == SIGBUS && info.code == BUS_ADRERR)
            vmm_exit_by_signal(SIGBUS);
        vmm_fault(registers, record, address);
    }
    signals->trap_number = record->vector;
    signals->trap_error = record->error_code;
    if (record->vector == PAGE_FAULT)
        signals->trap_address = address;
    scheduler_interrupted(&context, AT_ANY);
}
