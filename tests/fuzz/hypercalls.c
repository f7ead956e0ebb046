/*
 * Hypercalls of a hostile unikernel: its memory holds what the input says, and
 * it makes the calls that the input names. No VM is needed for that.
 */
#include "tests/fuzz/fuzz.h"

#include "guests/unikernel/hypercall.h"
#include "guests/unikernel/layout.h"
#include "vmm/hypercalls.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MEMORY_SIZE = 4 << 20, AREA = 0x200000, CALLS_MAX = 32 };

static struct unikernel guest;
static const struct bundle bundle = {.rootfs = (char *)"/nonexistent"};

static void begin(void)
{
    struct error error = {0};

    guest = UNIKERNEL_NONE;
    guest.bundle = &bundle;
    fuzz_require(guest_memory_create(&guest.memory, MEMORY_SIZE, &error) == 0);
}

/* Waiting is for hours what the fuzzer has not; the rest is as it comes. */
static void shorten_waits(unsigned int number, uint64_t address)
{
    struct hypercall_poll *call = guest_memory_slice(
        &guest.memory, (struct guest_addr){address}, sizeof(*call));

    if (number == HYPERCALL_POLL && call != NULL &&
        address % sizeof(int64_t) == 0)
        call->duration_ns = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct trace *trace;

    fuzz_silence();
    if (guest.memory.host == NULL)
        begin();
    trace = fuzz_take(&input, 1) & 1 ? trace_create() : NULL;
    guest.trace = trace;
    for (int i = 0; i < CALLS_MAX && input.size > 0; i++) {
        const unsigned int number = (unsigned int)fuzz_take(&input, 1);
        uint64_t address = AREA + 8 * fuzz_take(&input, 1);
        size_t taken;
        const uint8_t *bytes =
            fuzz_take_bytes(&input, (size_t)fuzz_take(&input, 1), &taken);

        memcpy(guest.memory.host + address, bytes, taken);
        if (number & 0x80)
            address = fuzz_take(&input, 4);
        /* A timer's signal would end us, as it should; here it may not. */
        if ((number & 0x7f) == HYPERCALL_TIMER)
            continue;
        shorten_waits(number & 0x7f, address);
        hypercall_serve(&guest, number & 0x7f, (struct guest_addr){address});
        guest.end = (struct guest_end){0};
        guest.failure = (struct error){0};
    }
    if (trace != NULL)
        free(trace);
    guest.trace = NULL;
    madvise(guest.memory.host, MEMORY_SIZE, MADV_DONTNEED);
    return 0;
}
