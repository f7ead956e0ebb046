/*
 * The vector and floating-point registers of a thread. The library OS uses
 * none itself, so they are saved only where another thread or a handler is to
 * run.
 * Source: Intel SDM volume 1, chapter 13 (XSAVE), 10.5 (FXSAVE).
 */
#ifndef RINGSIDE_UNIKERNEL_VECTOR_STATE_H
#define RINGSIDE_UNIKERNEL_VECTOR_STATE_H

#include <stdbool.h>
#include <stdint.h>

enum { VECTOR_ALIGNMENT = 64, VECTOR_SIZE_MAX = 3072 };

/* Bytes that the processor needs for them, a multiple of 8; at most the max. */
uint64_t vector_size(void);

/* Which parts XSAVE keeps (XCR0); 0 where there is only FXSAVE. */
uint64_t vector_features(void);

/* Saves to and loads from aligned memory of vector_size bytes. */
void vector_save(void *area);
void vector_load(const void *area);

/*
 * Makes what the program gave (a copy of vector_size bytes, of which the
 * program promises the parts in features) safe to load.
 */
void vector_sanitize(void *area, uint64_t features);

/* Loads the state that a program starts with. */
void vector_reset(void);

#endif
