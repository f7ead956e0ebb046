/*
 * In place of guests/unikernel/processor.h where the library OS runs as a part
 * of a host process, which needs its fs for itself.
 */
#ifndef RINGSIDE_UNIKERNEL_PROCESSOR_H
#define RINGSIDE_UNIKERNEL_PROCESSOR_H

#include <stdint.h>

extern uint64_t processor_bases[2];

static inline void processor_flush_tlb(void)
{
}

static inline uint64_t processor_fs(void)
{
    return processor_bases[0];
}

static inline uint64_t processor_gs(void)
{
    return processor_bases[1];
}

static inline void processor_set_fs(uint64_t base)
{
    processor_bases[0] = base;
}

static inline void processor_set_gs(uint64_t base)
{
    processor_bases[1] = base;
}

#endif
