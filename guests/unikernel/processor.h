/*
 * The instructions that only a guest's processor can execute for us, in one
 * place: a build of the library OS for a test on the host brings its own.
 * Source: AMD64 Architecture Programmer's Manual volume 3, RDFSBASE, WRFSBASE.
 */
#ifndef RINGSIDE_UNIKERNEL_PROCESSOR_H
#define RINGSIDE_UNIKERNEL_PROCESSOR_H

#include "guests/unikernel/layout.h"

#include <stdint.h>

/* Only ring 0 can: see ring0.S. */
static inline void processor_flush_tlb(void)
{
    uint64_t request = BREAKPOINT_FLUSH_TLB;

    __asm__ volatile("int3" : "+a"(request) : : "memory");
}

/* The bases of the program's fs and gs; one to be set must be canonical. */
static inline uint64_t processor_fs(void)
{
    uint64_t base;

    __asm__ volatile("rdfsbase %0" : "=r"(base));
    return base;
}

static inline uint64_t processor_gs(void)
{
    uint64_t base;

    __asm__ volatile("rdgsbase %0" : "=r"(base));
    return base;
}

static inline void processor_set_fs(uint64_t base)
{
    __asm__ volatile("wrfsbase %0" : : "r"(base));
}

static inline void processor_set_gs(uint64_t base)
{
    __asm__ volatile("wrgsbase %0" : : "r"(base));
}

#endif
