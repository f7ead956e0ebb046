/*
 * A small virtio driver for the tests, which play the guest: it lays out rings
 * in guest memory, negotiates through the registers and submits requests. The
 * memory lies between guard pages, so a device that leaves it by one byte dies.
 */
#ifndef RINGSIDE_TESTS_VIRTIO_DRIVER_H
#define RINGSIDE_TESTS_VIRTIO_DRIVER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vmm/virtio_mmio.h"

#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_mmio.h>
#include <linux/virtio_ring.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

enum {
    DRIVER_MEMORY_SIZE = 2 << 20,
    DRIVER_GUARD_SIZE = 64 << 10,
    DRIVER_QUEUE_SIZE = 64,
    DRIVER_ROUNDS_MAX = 64,
};

static const uint64_t driver_base = 0xd0000000;

struct driver_queue {
    uint16_t size, next_descriptor, available, used;
    uint64_t descriptors, available_ring, used_ring; /* guest-physical */
};

struct driver {
    struct guest_memory memory;
    uint64_t allocated;
    struct io_loop *loop;
    struct virtio_mmio *mmio;
    struct driver_queue queues[VIRTIO_QUEUES_MAX];
};

static inline void driver_memory_create(struct guest_memory *memory)
{
    const size_t whole = DRIVER_MEMORY_SIZE + 2 * (size_t)DRIVER_GUARD_SIZE;
    char *mapping = mmap(NULL, whole, PROT_NONE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    assert_ptr_not_equal(mapping, MAP_FAILED);
    memory->host = mapping + DRIVER_GUARD_SIZE;
    memory->size = memory->low_size = DRIVER_MEMORY_SIZE;
    assert_int_equal(
        mprotect(memory->host, memory->size, PROT_READ | PROT_WRITE), 0);
}

static inline void driver_memory_release(struct guest_memory *memory)
{
    munmap(memory->host - DRIVER_GUARD_SIZE,
           DRIVER_MEMORY_SIZE + 2 * (size_t)DRIVER_GUARD_SIZE);
}

/* Guest memory for the test to use; address 0 is never given out. */
static inline uint64_t driver_allocate(struct driver *driver, uint64_t size)
{
    uint64_t address = driver->allocated;

    driver->allocated += (size + 63) & ~63ull;
    assert_true(driver->allocated <= driver->memory.size);
    return address;
}

/* The bytes at a guest-physical address. */
static inline void *driver_bytes(const struct driver *driver, uint64_t address)
{
    return driver->memory.host + address;
}

/* Plugs the device in; the driver owns it from here on. */
static inline void driver_create(struct driver *driver,
                                 struct virtio_device *device)
{
    struct virtio_mmio_config config = {
        .base = driver_base, .memory = &driver->memory, .device = device};
    struct error error = {0};

    *driver = (struct driver){.allocated = 4096};
    driver_memory_create(&driver->memory);
    assert_int_equal(io_loop_create(&driver->loop, &error), 0);
    config.loop = driver->loop;
    assert_int_equal(virtio_mmio_create(&config, &driver->mmio, &error), 0);
}

static inline void driver_release(struct driver *driver)
{
    io_loop_stop(driver->loop);
    virtio_mmio_release(driver->mmio);
    io_loop_release(driver->loop);
    driver_memory_release(&driver->memory);
}

static inline uint32_t driver_read(struct driver *driver, uint64_t offset)
{
    struct device *device = virtio_mmio_device(driver->mmio);
    uint32_t value;

    device->read(device, offset, &value, sizeof(value));
    return value;
}

static inline void driver_write(struct driver *driver, uint64_t offset,
                                uint32_t value)
{
    struct device *device = virtio_mmio_device(driver->mmio);

    device->write(device, offset, &value, sizeof(value));
}

static inline uint64_t driver_offered(struct driver *driver)
{
    uint64_t low, high;

    driver_write(driver, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
    low = driver_read(driver, VIRTIO_MMIO_DEVICE_FEATURES);
    driver_write(driver, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
    high = driver_read(driver, VIRTIO_MMIO_DEVICE_FEATURES);
    return high << 32 | low;
}

/* Reset to FEATURES_OK (3.1.1, steps 1 to 6); whether the device agrees. */
static inline bool driver_negotiate(struct driver *driver, uint64_t features)
{
    const uint32_t begun = VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER;

    driver_write(driver, VIRTIO_MMIO_STATUS, 0);
    driver_write(driver, VIRTIO_MMIO_STATUS, begun);
    driver_write(driver, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
    driver_write(driver, VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)features);
    driver_write(driver, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
    driver_write(driver, VIRTIO_MMIO_DRIVER_FEATURES,
                 (uint32_t)(features >> 32));
    driver_write(driver, VIRTIO_MMIO_STATUS,
                 begun | VIRTIO_CONFIG_S_FEATURES_OK);
    return (driver_read(driver, VIRTIO_MMIO_STATUS) &
            VIRTIO_CONFIG_S_FEATURES_OK) != 0;
}

static inline void driver_write_address(struct driver *driver, uint64_t low,
                                        uint64_t value)
{
    driver_write(driver, low, (uint32_t)value);
    driver_write(driver, low + 4, (uint32_t)(value >> 32));
}

/* Makes the rings of one queue and tells the device where they are. */
static inline void driver_enable_queue(struct driver *driver,
                                       unsigned int number, uint16_t size)
{
    struct driver_queue *queue = &driver->queues[number];

    *queue = (struct driver_queue){
        .size = size,
        .descriptors = driver_allocate(driver, size * 16ull),
        .available_ring = driver_allocate(driver, 6 + size * 2ull),
        .used_ring = driver_allocate(driver, 6 + size * 8ull),
    };
    driver_write(driver, VIRTIO_MMIO_QUEUE_SEL, number);
    driver_write(driver, VIRTIO_MMIO_QUEUE_NUM, size);
    driver_write_address(driver, VIRTIO_MMIO_QUEUE_DESC_LOW,
                         queue->descriptors);
    driver_write_address(driver, VIRTIO_MMIO_QUEUE_AVAIL_LOW,
                         queue->available_ring);
    driver_write_address(driver, VIRTIO_MMIO_QUEUE_USED_LOW, queue->used_ring);
    driver_write(driver, VIRTIO_MMIO_QUEUE_READY, 1);
}

static inline void driver_ok(struct driver *driver)
{
    uint32_t status = driver_read(driver, VIRTIO_MMIO_STATUS);

    driver_write(driver, VIRTIO_MMIO_STATUS,
                 status | VIRTIO_CONFIG_S_DRIVER_OK);
}

/* From reset to DRIVER_OK with every queue and the features, or all of them. */
static inline void driver_start(struct driver *driver, uint64_t features)
{
    if (features == 0)
        features = driver_offered(driver);
    assert_true(driver_negotiate(driver, features));
    for (unsigned int i = 0; i < virtio_mmio_queue_count(driver->mmio); i++)
        driver_enable_queue(driver, i, DRIVER_QUEUE_SIZE);
    driver_ok(driver);
    assert_int_equal(driver_read(driver, VIRTIO_MMIO_STATUS), 0xf);
}

/* Lets the device do what there is to do. */
static inline void driver_run(struct driver *driver)
{
    for (int i = 0; i < DRIVER_ROUNDS_MAX; i++) {
        if (io_loop_dispatch(driver->loop, 0) == 0)
            break;
    }
}

/* One piece of a request. */
struct piece {
    uint64_t address;
    uint32_t length;
    bool writable;
};

/* Makes a chain available; returns its head. Descriptors are never freed. */
static inline uint16_t driver_add(struct driver *driver, unsigned int number,
                                  const struct piece *pieces, size_t count)
{
    struct driver_queue *queue = &driver->queues[number];
    struct vring_desc *table = driver_bytes(driver, queue->descriptors);
    struct vring_avail *ring = driver_bytes(driver, queue->available_ring);
    uint16_t head = queue->next_descriptor % queue->size;

    for (size_t i = 0; i < count; i++) {
        bool last = i + 1 == count;

        table[(head + i) % queue->size] = (struct vring_desc){
            .addr = pieces[i].address,
            .len = pieces[i].length,
            .flags = (uint16_t)((last ? 0 : VRING_DESC_F_NEXT) |
                                (pieces[i].writable ? VRING_DESC_F_WRITE : 0)),
            .next = last ? 0 : (uint16_t)((head + i + 1) % queue->size)};
    }
    queue->next_descriptor = (uint16_t)(queue->next_descriptor + count);
    ring->ring[queue->available % queue->size] = head;
    queue->available++;
    __atomic_store_n(&ring->idx, queue->available, __ATOMIC_RELEASE);
    return head;
}

static inline void driver_notify(struct driver *driver, unsigned int number)
{
    driver_write(driver, VIRTIO_MMIO_QUEUE_NOTIFY, number);
}

/* The next finished request: false where there is none. */
static inline bool driver_take_used(struct driver *driver, unsigned int number,
                                    struct vring_used_elem *element)
{
    struct driver_queue *queue = &driver->queues[number];
    struct vring_used *ring = driver_bytes(driver, queue->used_ring);

    if (__atomic_load_n(&ring->idx, __ATOMIC_ACQUIRE) == queue->used)
        return false;
    *element = ring->ring[queue->used % queue->size];
    queue->used++;
    return true;
}

/* Submits one request, runs the device; returns the bytes it wrote. */
static inline uint32_t driver_submit(struct driver *driver, unsigned int number,
                                     const struct piece *pieces, size_t count)
{
    uint16_t head = driver_add(driver, number, pieces, count);
    struct vring_used_elem element = {0};

    driver_notify(driver, number);
    driver_run(driver);
    assert_true(driver_take_used(driver, number, &element));
    assert_int_equal(element.id, head);
    return element.len;
}

/* Whether an interrupt came since the last call; why is acknowledged. */
static inline uint32_t driver_take_interrupt(struct driver *driver)
{
    uint32_t reason = driver_read(driver, VIRTIO_MMIO_INTERRUPT_STATUS);
    eventfd_t count;

    if (eventfd_read(virtio_mmio_irq_fd(driver->mmio), &count) < 0)
        return 0;
    driver_write(driver, VIRTIO_MMIO_INTERRUPT_ACK, reason);
    return reason;
}

static inline bool driver_needs_reset(struct driver *driver)
{
    return (driver_read(driver, VIRTIO_MMIO_STATUS) &
            VIRTIO_CONFIG_S_NEEDS_RESET) != 0;
}

#endif
