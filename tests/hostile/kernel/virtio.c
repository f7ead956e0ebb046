/* A driver that does as it is told; see virtio.h. */
#include "tests/hostile/kernel/virtio.h"

#include "vmm/microvm_layout.h"

enum { MAGIC = 0x74726976, PATIENCE = 20000 };

volatile struct ring rings[QUEUES];

/* A queue that there is has a size. */
static unsigned int count_queues(const struct virtio *device)
{
    unsigned int count = 0;

    for (; count < QUEUES; count++) {
        virtio_write(device, VIRTIO_MMIO_QUEUE_SEL, count);
        if (virtio_read(device, VIRTIO_MMIO_QUEUE_NUM_MAX) == 0)
            break;
    }
    return count;
}

unsigned int virtio_find(struct virtio devices[DEVICES])
{
    unsigned int found = 0;

    for (uint64_t slot = 0; slot < MICROVM_VIRTIO_SLOTS; slot++) {
        struct virtio *device = &devices[found];

        device->base = MICROVM_VIRTIO_BASE + slot * MICROVM_VIRTIO_SIZE;
        if (virtio_read(device, VIRTIO_MMIO_MAGIC_VALUE) != MAGIC)
            continue;
        device->id = virtio_read(device, VIRTIO_MMIO_DEVICE_ID);
        device->queues = count_queues(device);
        found++;
    }
    return found;
}

void virtio_reset(const struct virtio *device, uint32_t features)
{
    virtio_write(device, VIRTIO_MMIO_STATUS, 0);
    virtio_write(device, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_ACKNOWLEDGE);
    virtio_write(device, VIRTIO_MMIO_STATUS,
                 VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER);
    virtio_write(device, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
    virtio_write(device, VIRTIO_MMIO_DRIVER_FEATURES, features);
    virtio_write(device, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
    virtio_write(device, VIRTIO_MMIO_DRIVER_FEATURES,
                 1u << (VIRTIO_F_VERSION_1 - 32));
    virtio_write(device, VIRTIO_MMIO_STATUS,
                 VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER |
                     VIRTIO_CONFIG_S_FEATURES_OK);
}

static void write_address(const struct virtio *device, uint32_t offset,
                          uint64_t address)
{
    virtio_write(device, offset, (uint32_t)address);
    virtio_write(device, offset + 4, (uint32_t)(address >> 32));
}

bool virtio_set_queue(const struct virtio *device, unsigned int queue,
                      uint32_t size, uint64_t descriptors, uint64_t available,
                      uint64_t used)
{
    virtio_write(device, VIRTIO_MMIO_QUEUE_SEL, queue);
    virtio_write(device, VIRTIO_MMIO_QUEUE_NUM, size);
    write_address(device, VIRTIO_MMIO_QUEUE_DESC_LOW, descriptors);
    write_address(device, VIRTIO_MMIO_QUEUE_AVAIL_LOW, available);
    write_address(device, VIRTIO_MMIO_QUEUE_USED_LOW, used);
    virtio_write(device, VIRTIO_MMIO_QUEUE_READY, 1);
    return (virtio_read(device, VIRTIO_MMIO_STATUS) &
            VIRTIO_CONFIG_S_NEEDS_RESET) == 0;
}

/* What the device uses must be 0 at first, and no more is cleared. */
static void clear(volatile struct ring *ring)
{
    ring->available.flags = ring->available.index = 0;
    ring->used.index = 0;
    for (int i = 0; i < RING_SIZE; i++)
        ring->available.entries[i] = 0;
}

void virtio_start(const struct virtio *device, uint32_t features)
{
    virtio_reset(device, features);
    for (unsigned int i = 0; i < device->queues; i++) {
        volatile struct ring *ring = &rings[i];

        clear(ring);
        virtio_set_queue(device, i, RING_SIZE, (uint64_t)ring->descriptors,
                         (uint64_t)&ring->available, (uint64_t)&ring->used);
    }
    virtio_write(device, VIRTIO_MMIO_STATUS,
                 VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER |
                     VIRTIO_CONFIG_S_FEATURES_OK | VIRTIO_CONFIG_S_DRIVER_OK);
}

bool virtio_is_broken(const struct virtio *device)
{
    for (int i = 0; i < PATIENCE / 100; i++) {
        if ((virtio_read(device, VIRTIO_MMIO_STATUS) &
             VIRTIO_CONFIG_S_NEEDS_RESET) != 0)
            return true;
    }
    return false;
}

bool virtio_is_used(unsigned int queue, uint16_t count)
{
    for (int i = 0; i < PATIENCE; i++) {
        if (rings[queue].used.index == count)
            return true;
        /* An exit now and then, so that other threads get to run. */
        (void)mmio_read(MICROVM_VIRTIO_BASE, 4);
    }
    return false;
}

void virtio_offer(const struct virtio *device, unsigned int queue)
{
    volatile struct ring *ring = &rings[queue];

    ring->available.entries[ring->available.index % RING_SIZE] = 0;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    ring->available.index++;
    virtio_write(device, VIRTIO_MMIO_QUEUE_NOTIFY, queue);
}
