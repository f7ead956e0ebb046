/* Randomness for the program, grown from the seed that the VMM gave. */
#ifndef RINGSIDE_UNIKERNEL_RANDOM_H
#define RINGSIDE_UNIKERNEL_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void random_init(const uint8_t seed[32]);

/* Fills the buffer; what was given out cannot be computed from later state. */
void random_fill(void *buffer, size_t length);

#endif
