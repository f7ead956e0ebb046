/*
 * The least of a virtio driver: enough to get a device to read what the attacks
 * have written for it.
 */
#ifndef RINGSIDE_HOSTILE_VIRTIO_H
#define RINGSIDE_HOSTILE_VIRTIO_H

#include "tests/hostile/kernel/kernel.h"

#include <linux/virtio_config.h>
#include <linux/virtio_mmio.h>
#include <linux/virtio_ring.h>

enum {
    RING_SIZE = 256,
    QUEUES = 12, /* of the device that has most */
    DEVICES = 8,
};

/* One queue in memory, as virtio 1.2 has it (2.7). */
struct ring {
    struct vring_desc descriptors[RING_SIZE];
    struct {
        uint16_t flags, index, entries[RING_SIZE], event;
    } available __attribute__((aligned(4096)));
    struct {
        uint16_t flags, index;
        struct vring_used_elem entries[RING_SIZE];
        uint16_t event;
    } used __attribute__((aligned(4096)));
} __attribute__((aligned(4096)));

extern volatile struct ring rings[QUEUES];

/* A device: the address of its registers. */
struct virtio {
    uint64_t base;
    uint32_t id; /* VIRTIO_ID_... */
    unsigned int queues;
};

/* How many slots have a device; those before are written to devices. */
unsigned int virtio_find(struct virtio devices[DEVICES]);

static inline uint32_t virtio_read(const struct virtio *device, uint32_t offset)
{
    return (uint32_t)mmio_read(device->base + offset, 4);
}

static inline void virtio_write(const struct virtio *device, uint32_t offset,
                                uint32_t value)
{
    mmio_write(device->base + offset, value, 4);
}

/* Resets it and accepts these features, and VERSION_1. */
void virtio_reset(const struct virtio *device, uint32_t features);

/* Tells it where a queue lies; false where it wants to be reset for that. */
bool virtio_set_queue(const struct virtio *device, unsigned int queue,
                      uint32_t size, uint64_t descriptors, uint64_t available,
                      uint64_t used);

/* All queues at `rings`, empty and whole, and the device started. */
void virtio_start(const struct virtio *device, uint32_t features);

/* Whether it asks to be reset, now or soon. */
bool virtio_is_broken(const struct virtio *device);

/* Whether this many buffers of a queue came back, now or soon. */
bool virtio_is_used(unsigned int queue, uint16_t count);

/* Makes the chain that begins at descriptor 0 available, and says so. */
void virtio_offer(const struct virtio *device, unsigned int queue);

#endif
