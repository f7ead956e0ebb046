/*
 * From exception to signal and sentence. The structure comes from the guest:
 * it is only read and printed.
 */
#include "vmm/fault.h"

#include "guests/unikernel/layout.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    VECTOR_GENERAL_PROTECTION = 13,
    VECTOR_PAGE_FAULT = 14,
    PAGE_FAULT_PRESENT = 1 << 0,
    PAGE_FAULT_WRITE = 1 << 1,
    PAGE_FAULT_FETCH = 1 << 4,
};

static const struct {
    int signal;
    const char *words;
} exceptions[EXCEPTION_VECTORS] = {
    [0] = {SIGFPE, "division error"},
    [1] = {SIGTRAP, "debug exception"},
    [2] = {SIGSEGV, "non-maskable interrupt"},
    [3] = {SIGTRAP, "breakpoint"},
    [4] = {SIGSEGV, "overflow"},
    [5] = {SIGSEGV, "bound range exceeded"},
    [6] = {SIGILL, "illegal instruction"},
    [7] = {SIGSEGV, "no floating-point unit"},
    [8] = {SIGSEGV, "double fault"},
    [10] = {SIGSEGV, "invalid TSS"},
    [11] = {SIGBUS, "segment not present"},
    [12] = {SIGBUS, "stack segment fault"},
    [VECTOR_GENERAL_PROTECTION] = {SIGSEGV, "general protection fault"},
    [VECTOR_PAGE_FAULT] = {SIGSEGV, "page fault"},
    [16] = {SIGFPE, "x87 floating-point error"},
    [17] = {SIGBUS, "unaligned access"},
    [18] = {SIGBUS, "machine check"},
    [19] = {SIGFPE, "SIMD floating-point error"},
    [21] = {SIGSEGV, "control protection fault"},
};

static const char *const signal_names[] = {
    [SIGILL] = "SIGILL", [SIGTRAP] = "SIGTRAP", [SIGBUS] = "SIGBUS",
    [SIGFPE] = "SIGFPE", [SIGSEGV] = "SIGSEGV",
};

int fault_signal(const struct hypercall_fault *fault)
{
    if (fault->vector >= EXCEPTION_VECTORS ||
        exceptions[fault->vector].signal == 0)
        return SIGSEGV;
    return exceptions[fault->vector].signal;
}

static void describe_page_fault(const struct hypercall_fault *fault, char *text,
                                size_t size)
{
    const bool present = fault->error_code & PAGE_FAULT_PRESENT;
    const char *access = "read of", *state = "unmapped";

    if (fault->error_code & PAGE_FAULT_FETCH) {
        access = "execution at";
        state = present ? "non-executable" : "unmapped";
    } else if (fault->error_code & PAGE_FAULT_WRITE) {
        access = "write to";
        state = present ? "read-only" : "unmapped";
    } else if (present) {
        state = "protected";
    }
    snprintf(text, size, "%s %s address %#" PRIx64, access, state,
             fault->address);
}

static void describe_exception(const struct hypercall_fault *fault, char *text,
                               size_t size)
{
    if (fault->vector == VECTOR_PAGE_FAULT)
        describe_page_fault(fault, text, size);
    else if (fault->vector < EXCEPTION_VECTORS &&
             exceptions[fault->vector].words != NULL)
        snprintf(text, size, "%s", exceptions[fault->vector].words);
    else
        snprintf(text, size, "exception %" PRIu64, fault->vector);
}

static void describe_code(const struct hypercall_fault *fault, char *text,
                          size_t size)
{
    size_t length = fault->code_length, used = 0;

    if (length > sizeof(fault->code))
        length = sizeof(fault->code);
    text[0] = '\0';
    for (size_t i = 0; i < length && used + 4 < size; i++)
        used +=
            (size_t)snprintf(text + used, size - used, " %02x", fault->code[i]);
    if (length == 0)
        snprintf(text, size, " not readable");
}

static bool in_library_os(uint64_t address)
{
    return address - SYSTEM_BASE < SYSTEM_SIZE;
}

void fault_describe(const struct hypercall_fault *fault, struct error *line)
{
    char what[128], code[64];
    const int signal = fault_signal(fault);

    describe_exception(fault, what, sizeof(what));
    describe_code(fault, code, sizeof(code));
    error_set(line, EFAULT,
              "guest ended by %s: %s, at rip %#" PRIx64 "%s, code%s",
              signal_names[signal], what, fault->rip,
              in_library_os(fault->rip) ? " in the library OS" : "", code);
}
