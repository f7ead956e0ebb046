/* Buses; see device.h. */
#include "vmm/device.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static bool overlap(const struct device *a, const struct device *b)
{
    return a->base < b->base + b->size && b->base < a->base + a->size;
}

int bus_add(struct bus *bus, struct device *device, struct error *error)
{
    if (device->size == 0 || device->base + device->size < device->base)
        return error_set(error, EINVAL, "device %s has an impossible range",
                         device->name);
    for (size_t i = 0; i < bus->count; i++) {
        if (overlap(bus->devices[i], device))
            return error_set(error, EEXIST,
                             "devices %s and %s both want %#" PRIx64,
                             bus->devices[i]->name, device->name, device->base);
    }
    if (bus->count == BUS_MAX_DEVICES)
        return error_set(error, ENOSPC, "no room for device %s", device->name);
    bus->devices[bus->count++] = device;
    return 0;
}

static struct device *bus_find(const struct bus *bus, uint64_t address,
                               unsigned int size)
{
    for (size_t i = 0; i < bus->count; i++) {
        struct device *device = bus->devices[i];

        if (address >= device->base && address - device->base < device->size &&
            size <= device->size - (address - device->base))
            return device;
    }
    return NULL;
}

bool bus_read(const struct bus *bus, uint64_t address, void *data,
              unsigned int size)
{
    struct device *device = bus_find(bus, address, size);

    if (device == NULL) {
        memset(data, 0xff, size);
        return false;
    }
    device->read(device, address - device->base, data, size);
    return true;
}

bool bus_write(const struct bus *bus, uint64_t address, const void *data,
               unsigned int size)
{
    struct device *device = bus_find(bus, address, size);

    if (device == NULL)
        return false;
    device->write(device, address - device->base, data, size);
    return true;
}
