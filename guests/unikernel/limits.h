/*
 * Resource limits, getrlimit(2). Those that the library OS can exceed are
 * asked for here by the part that would.
 */
#ifndef RINGSIDE_UNIKERNEL_LIMITS_H
#define RINGSIDE_UNIKERNEL_LIMITS_H

#include "guests/unikernel/boot_info.h"

#include <linux/resource.h>
#include <stdint.h>

void limits_init(const struct boot_info *boot);

/* The soft and the hard limit of RLIMIT_...; UINT64_MAX is none. */
uint64_t limit_soft(unsigned int resource);
uint64_t limit_hard(unsigned int resource);

#endif
