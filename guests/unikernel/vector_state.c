/* XSAVE where the processor has it, FXSAVE where not; see vector_state.h. */
#include "guests/unikernel/vector_state.h"

#include "guests/unikernel/string.h"

#include <cpuid.h>
#include <stddef.h>

enum {
    CPUID_OSXSAVE = 1 << 27, /* leaf 1 ecx */
    FXSAVE_SIZE = 512,
    CONTROL_WORD = 0, /* byte offsets */
    MXCSR = 24,
    MXCSR_MASK = 28,
    HEADER = 512, /* of the XSAVE area */
    HEADER_SIZE = 64,
    CONTROL_WORD_START = 0x37f,
    MXCSR_START = 0x1f80,
    MXCSR_MASK_DEFAULT = 0xffbf,
};

static struct {
    uint64_t size;
    uint64_t features;
} vectors;

/* CPUID may trap, so it is asked when the first thread needs it. */
static void probe(void)
{
    uint32_t eax, ebx, ecx, edx;

    vectors.size = FXSAVE_SIZE;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & CPUID_OSXSAVE))
        return;
    __get_cpuid_count(0xd, 0, &eax, &ebx, &ecx, &edx);
    vectors.size = (ebx + 7) & ~7u;
    __asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
    vectors.features = (uint64_t)edx << 32 | eax;
    if (vectors.size > VECTOR_SIZE_MAX)
        __builtin_trap();
}

uint64_t vector_size(void)
{
    if (vectors.size == 0)
        probe();
    return vectors.size;
}

uint64_t vector_features(void)
{
    vector_size();
    return vectors.features;
}

void vector_save(void *area)
{
    const uint32_t all = UINT32_MAX;

    if (vector_features() == 0)
        __asm__ volatile("fxsave64 (%0)" : : "r"(area) : "memory");
    else
        __asm__ volatile("xsave64 (%0)"
                         :
                         : "r"(area), "a"(all), "d"(all)
                         : "memory");
}

void vector_load(const void *area)
{
    const uint32_t all = UINT32_MAX;

    if (vector_features() == 0)
        __asm__ volatile("fxrstor64 (%0)" : : "r"(area) : "memory");
    else
        __asm__ volatile("xrstor64 (%0)"
                         :
                         : "r"(area), "a"(all), "d"(all)
                         : "memory");
}

/* Bits of MXCSR that this processor knows; others would fault when loaded. */
static uint32_t mxcsr_mask(void)
{
    static char area[FXSAVE_SIZE] __attribute__((aligned(16)));
    uint32_t mask;

    __asm__ volatile("fxsave64 (%0)" : : "r"(area) : "memory");
    memcpy(&mask, area + MXCSR_MASK, sizeof(mask));
    return mask != 0 ? mask : MXCSR_MASK_DEFAULT;
}

void vector_sanitize(void *area, uint64_t features)
{
    char *bytes = area;
    uint64_t parts;
    uint32_t mxcsr;

    memcpy(&mxcsr, bytes + MXCSR, sizeof(mxcsr));
    mxcsr &= mxcsr_mask();
    memcpy(bytes + MXCSR, &mxcsr, sizeof(mxcsr));
    if (vector_features() == 0)
        return;
    memcpy(&parts, bytes + HEADER, sizeof(parts));
    parts &= features & vector_features();
    memset(bytes + HEADER, 0, HEADER_SIZE);
    memcpy(bytes + HEADER, &parts, sizeof(parts));
}

void vector_reset(void)
{
    static char area[VECTOR_SIZE_MAX]
        __attribute__((aligned(VECTOR_ALIGNMENT)));
    const uint16_t control = CONTROL_WORD_START;
    const uint32_t mxcsr = MXCSR_START;

    memcpy(area + CONTROL_WORD, &control, sizeof(control));
    memcpy(area + MXCSR, &mxcsr, sizeof(mxcsr));
    vector_load(area);
}
