/*
 * Programs in a unikernel: any system calls with any arguments, in any order,
 * with memory that runs out, time that passes and signals that arrive. The
 * library OS below is the real one (unikernel/host.h).
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/unikernel/host.h"

enum {
    ACTIONS_MAX = 64,
    DATA = HOST_WINDOW + 0x10000, /* where arguments point to */
    DATA_SIZE = 0x2000,
    ARGUMENTS = 6,
};

/* What an action's number means, past the system calls. */
enum { ACT_WRITE = 496, ACT_INTERRUPT, ACT_ADVANCE, ACT_FULL, ACT_COUNT = 512 };

static uint64_t last_result, last_address;

static uint64_t take_argument(struct fuzz_input *input)
{
    const unsigned int kind = (unsigned int)fuzz_take(input, 1);

    switch (kind % 16) {
    case 0:
        return 0;
    case 1:
        return UINT64_MAX;
    case 2:
        return (uint64_t)-100; /* AT_FDCWD */
    case 3:
    case 4:
        return fuzz_take(input, 1);
    case 5:
    case 6:
    case 7:
        return DATA + 16 * fuzz_take(input, 1);
    case 8:
        return fuzz_take(input, 4);
    case 9:
        return fuzz_take(input, 8);
    case 10:
        return last_result;
    case 11:
        return last_address + (fuzz_take(input, 1) << 12);
    case 12:
        return fuzz_take(input, 1) << 12;
    case 13:
        return 1ull << (fuzz_take(input, 1) & 63);
    case 14:
        return HOST_WINDOW + HOST_WINDOW_SIZE - fuzz_take(input, 2);
    default:
        return DATA + fuzz_take(input, 2) % DATA_SIZE;
    }
}

static enum host_end call(unsigned int number, struct fuzz_input *input)
{
    uint64_t arguments[ARGUMENTS];
    enum host_end end;

    for (int i = 0; i < ARGUMENTS; i++)
        arguments[i] = take_argument(input);
    host_registers.rax = number;
    host_registers.rdi = arguments[0];
    host_registers.rsi = arguments[1];
    host_registers.rdx = arguments[2];
    host_registers.r10 = arguments[3];
    host_registers.r8 = arguments[4];
    host_registers.r9 = arguments[5];
    end = host_call();
    last_result = host_registers.rax;
    if (last_result % 4096 == 0 && last_result != 0)
        last_address = last_result;
    return end;
}

/* The program writes to its own memory, where it still has it. */
static void write_data(struct fuzz_input *input)
{
    const uint64_t at = DATA + 16 * fuzz_take(input, 1);
    size_t taken;
    const uint8_t *bytes =
        fuzz_take_bytes(input, (size_t)fuzz_take(input, 1), &taken);

    host_write(at, bytes, taken);
}

static enum host_end act(struct fuzz_input *input)
{
    const unsigned int number = (unsigned int)fuzz_take(input, 2) % ACT_COUNT;

    switch (number) {
    case ACT_WRITE:
        write_data(input);
        return HOST_GOES_ON;
    case ACT_INTERRUPT:
        return host_interrupt((unsigned int)fuzz_take(input, 1) % 65);
    case ACT_ADVANCE:
        host_advance(fuzz_take(input, 5));
        return HOST_GOES_ON;
    case ACT_FULL:
        host_allocations = fuzz_take(input, 1);
        return HOST_GOES_ON;
    default:
        return call(number, input);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    enum host_end end = HOST_GOES_ON;

    last_result = last_address = 0;
    host_begin();
    for (int i = 0; i < ACTIONS_MAX && input.size > 0 && end == HOST_GOES_ON;
         i++)
        end = act(&input);
    return 0;
}
