/*
 * What a device is to the rest of the VMM: a range of I/O ports or of
 * guest-physical addresses, and what happens on access. Each device has a file
 * of its own and hides behind this; the run loop knows only buses.
 */
#ifndef RINGSIDE_VMM_DEVICE_H
#define RINGSIDE_VMM_DEVICE_H

#include "oci/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct device {
    const char *name;    /* for messages */
    uint64_t base, size; /* range on its bus, set before bus_add */
    /*
     * One access of 1, 2, 4 or 8 bytes, wholly inside the range; offset is
     * from base. The guest chose all of it: whatever it is, the device stays
     * consistent. read fills size bytes. Called from the vCPU threads, one at
     * a time for each bus.
     */
    void (*read)(struct device *device, uint64_t offset, void *data,
                 unsigned int size);
    void (*write)(struct device *device, uint64_t offset, const void *data,
                  unsigned int size);
};

enum { BUS_MAX_DEVICES = 32 };

/* All ports, or all of guest-physical memory that is not RAM. */
struct bus {
    struct device *devices[BUS_MAX_DEVICES];
    size_t count;
};

/*
 * Puts a device on the bus, which borrows it. Errors: -EEXIST where its range
 * overlaps another's, -ENOSPC, -EINVAL for a range that is empty or wraps.
 */
int bus_add(struct bus *bus, struct device *device, struct error *error);

/*
 * One access. An access that no device covers wholly reads all ones and
 * writes nothing, as on real hardware; false then.
 */
bool bus_read(const struct bus *bus, uint64_t address, void *data,
              unsigned int size);
bool bus_write(const struct bus *bus, uint64_t address, const void *data,
               unsigned int size);

#endif
