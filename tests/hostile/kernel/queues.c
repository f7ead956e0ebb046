/*
 * Attacks by virtqueues: rings that lie where none can, chains that make no
 * sense, and both changed by a second processor while they are read. What a
 * device must not take it must refuse, by asking to be reset; afterwards it
 * must work as ever.
 */
#include "tests/hostile/kernel/virtio.h"

#include "vmm/microvm_layout.h"

#include <linux/virtio_ids.h>

#define OUTSIDE  (MEMORY_SIZE + 4096)
#define FEATURES (1u << VIRTIO_RING_F_INDIRECT_DESC)

/* What the descriptors point to. */
static volatile uint8_t data[65536] __attribute__((aligned(4096)));
static volatile struct vring_desc table[RING_SIZE]
    __attribute__((aligned(4096)));

/* The queue that a device reads as soon as it is told to. */
static unsigned int busy_queue(const struct virtio *device)
{
    return device->id == VIRTIO_ID_NET || device->id == VIRTIO_ID_CONSOLE;
}

static void describe(volatile struct vring_desc *descriptor, uint64_t address,
                     uint32_t length, uint16_t flags, uint16_t next)
{
    descriptor->addr = address;
    descriptor->len = length;
    descriptor->flags = flags;
    descriptor->next = next;
}

/* Where a queue cannot be: size, then descriptors, available, used. */
static void bad_places(void)
{
    static const struct {
        uint64_t size, descriptors, available, used;
    } places[] = {
        {0, 0x400000, 0x410000, 0x420000},
        {3, 0x400000, 0x410000, 0x420000},
        {RING_SIZE + 1, 0x400000, 0x410000, 0x420000},
        {0x10000, 0x400000, 0x410000, 0x420000},
        {0x10001, 0x400000, 0x410000, 0x420000},
        {0x80000000, 0x400000, 0x410000, 0x420000},
        {UINT32_MAX, 0x400000, 0x410000, 0x420000},
        {RING_SIZE, 0x400008, 0x410000, 0x420000},
        {RING_SIZE, 0x400000, 0x410001, 0x420000},
        {RING_SIZE, 0x400000, 0x410000, 0x420002},
        {RING_SIZE, OUTSIDE, 0x410000, 0x420000},
        {RING_SIZE, 0x400000, OUTSIDE, 0x420000},
        {RING_SIZE, 0x400000, 0x410000, OUTSIDE},
        {RING_SIZE, MEMORY_SIZE - 4080, 0x410000, 0x420000},
        {RING_SIZE, 0x400000, MEMORY_SIZE - 516, 0x420000},
        {RING_SIZE, 0x400000, 0x410000, MEMORY_SIZE - 2052},
        {RING_SIZE, -16ull, 0x410000, 0x420000},
        {RING_SIZE, 0x400000, -2ull, 0x420000},
        {RING_SIZE, 0x400000, 0x410000, -4ull},
        {RING_SIZE, MICROVM_VIRTIO_BASE, 0x410000, 0x420000},
        {RING_SIZE, 0x400000, 1ull << 32, 0x420000},
        {RING_SIZE, 0x400000, 0x410000, 1ull << 63},
    };
    const size_t count = sizeof(places) / sizeof(places[0]);
    struct virtio devices[DEVICES];
    const unsigned int found = virtio_find(devices);
    uint64_t attempts = 0, refused = 0;

    for (size_t i = 0; i < found * count; i++) {
        const struct virtio *device = &devices[i / count];
        const size_t which = i % count;

        for (unsigned int queue = 0; queue < device->queues; queue++) {
            virtio_reset(device, FEATURES);
            attempts++;
            refused +=
                !virtio_set_queue(device, queue, (uint32_t)places[which].size,
                                  places[which].descriptors,
                                  places[which].available, places[which].used);
        }
    }
    say("attempts", attempts);
    say("accepted", attempts - refused);
}

static void loop_of_one(volatile struct vring_desc *chain)
{
    describe(&chain[0], (uint64_t)data, 16, VRING_DESC_F_NEXT, 0);
}

static void long_loop(volatile struct vring_desc *chain)
{
    for (unsigned int i = 0; i < RING_SIZE; i++)
        describe(&chain[i], (uint64_t)data, 16, VRING_DESC_F_NEXT,
                 (uint16_t)((i + 1) % RING_SIZE));
}

static void next_outside(volatile struct vring_desc *chain)
{
    describe(&chain[0], (uint64_t)data, 16, VRING_DESC_F_NEXT, RING_SIZE);
}

static void next_absurd_index(volatile struct vring_desc *chain)
{
    describe(&chain[0], (uint64_t)data, 16, VRING_DESC_F_NEXT, UINT16_MAX);
}

static void address_outside(volatile struct vring_desc *chain)
{
    describe(&chain[0], OUTSIDE, 16, 0, 0);
}

static void address_over_end(volatile struct vring_desc *chain)
{
    describe(&chain[0], MEMORY_SIZE - 8, 16, 0, 0);
}

static void address_wraps(volatile struct vring_desc *chain)
{
    describe(&chain[0], -8ull, 16, VRING_DESC_F_WRITE, 0);
}

static void length_wraps(volatile struct vring_desc *chain)
{
    describe(&chain[0], (uint64_t)data, UINT32_MAX, VRING_DESC_F_WRITE, 0);
}

static void address_of_device(volatile struct vring_desc *chain)
{
    describe(&chain[0], MICROVM_VIRTIO_BASE, 16, VRING_DESC_F_WRITE, 0);
}

static void readable_after_writable(volatile struct vring_desc *chain)
{
    describe(&chain[0], (uint64_t)data, 16,
             VRING_DESC_F_WRITE | VRING_DESC_F_NEXT, 1);
    describe(&chain[1], (uint64_t)data, 16, 0, 0);
}

/* More than 4 GiB in all, each part inside memory. */
static void sum_wraps(volatile struct vring_desc *chain)
{
    for (unsigned int i = 0; i < RING_SIZE; i++)
        describe(&chain[i], 0x200000, 32u << 20,
                 i + 1 < RING_SIZE ? VRING_DESC_F_NEXT : 0, (uint16_t)(i + 1));
}

static void indirect_empty(volatile struct vring_desc *chain)
{
    describe(&chain[0], (uint64_t)table, 0, VRING_DESC_F_INDIRECT, 0);
}

static void indirect_odd_length(volatile struct vring_desc *chain)
{
    describe(&chain[0], (uint64_t)table, 17, VRING_DESC_F_INDIRECT, 0);
}

static void indirect_outside(volatile struct vring_desc *chain)
{
    describe(&chain[0], MEMORY_SIZE - 16, 32, VRING_DESC_F_INDIRECT, 0);
}

static void indirect_wraps(volatile struct vring_desc *chain)
{
    describe(&chain[0], -16ull, 0xfffffff0, VRING_DESC_F_INDIRECT, 0);
}

static void indirect_with_next(volatile struct vring_desc *chain)
{
    describe(&chain[0], (uint64_t)table, 32,
             VRING_DESC_F_INDIRECT | VRING_DESC_F_NEXT, 1);
}

static void indirect_in_indirect(volatile struct vring_desc *chain)
{
    describe(&table[0], (uint64_t)table, 32, VRING_DESC_F_INDIRECT, 0);
    describe(&chain[0], (uint64_t)table, 32, VRING_DESC_F_INDIRECT, 0);
}

static void indirect_loop(volatile struct vring_desc *chain)
{
    describe(&table[0], (uint64_t)data, 16, VRING_DESC_F_NEXT, 1);
    describe(&table[1], (uint64_t)data, 16, VRING_DESC_F_NEXT, 0);
    describe(&chain[0], (uint64_t)table, 32, VRING_DESC_F_INDIRECT, 0);
}

static void (*const chains[])(volatile struct vring_desc *chain) = {
    loop_of_one,          long_loop,
    next_outside,         next_absurd_index,
    address_outside,      address_over_end,
    address_wraps,        length_wraps,
    address_of_device,    sum_wraps,
    indirect_empty,       indirect_odd_length,
    indirect_outside,     indirect_wraps,
    indirect_with_next,   indirect_loop,
    indirect_in_indirect, readable_after_writable,
};

enum { CHAINS = sizeof(chains) / sizeof(chains[0]) };

/* One after the other, to every device. */
static void bad_chains(void)
{
    struct virtio devices[DEVICES];
    const unsigned int found = virtio_find(devices);
    uint64_t attempts = 0, refused = 0;

    for (unsigned int i = 0; i < found * CHAINS; i++) {
        const struct virtio *device = &devices[i / CHAINS];
        const unsigned int queue = busy_queue(device);

        virtio_start(device, FEATURES);
        chains[i % CHAINS](rings[queue].descriptors);
        virtio_offer(device, queue);
        attempts++;
        if (virtio_is_broken(device))
            refused++;
        else
            say("accepted chain", i % CHAINS);
    }
    say("attempts", attempts);
    say("accepted", attempts - refused);
}

/* More buffers than a queue has, and heads that it does not have. */
static void bad_indices(void)
{
    static const uint16_t jumps[] = {RING_SIZE + 1, 0x7fff, 0x8000, UINT16_MAX};
    struct virtio devices[DEVICES];
    const unsigned int found = virtio_find(devices);
    uint64_t attempts = 0, refused = 0;

    for (unsigned int i = 0; i < found * 8; i++) {
        const struct virtio *device = &devices[i / 8];
        const unsigned int queue = busy_queue(device);

        virtio_start(device, FEATURES);
        if (i % 8 < 4) {
            rings[queue].available.index = jumps[i % 4];
        } else {
            rings[queue].available.entries[0] =
                (uint16_t)(RING_SIZE + i % 4 * 0x3abc);
            rings[queue].available.index = 1;
        }
        virtio_write(device, VIRTIO_MMIO_QUEUE_NOTIFY, queue);
        attempts++;
        refused += virtio_is_broken(device);
    }
    say("attempts", attempts);
    say("accepted", attempts - refused);
}

/* As any driver: every device returns a buffer after all that was done to it.
 */
static void works(void)
{
    struct virtio devices[DEVICES];
    const unsigned int found = virtio_find(devices);
    uint64_t working = 0;

    for (unsigned int i = 0; i < found; i++) {
        const unsigned int queue = busy_queue(&devices[i]);
        volatile struct vring_desc *chain = rings[queue].descriptors;

        virtio_start(&devices[i], FEATURES);
        for (size_t at = 0; at < 64; at++)
            data[at] = 0;
        describe(&chain[0], (uint64_t)data, 16,
                 devices[i].id == VIRTIO_ID_RNG ? VRING_DESC_F_WRITE
                                                : VRING_DESC_F_NEXT,
                 1);
        describe(&chain[1], (uint64_t)data + 1024, 513,
                 devices[i].id == VIRTIO_ID_BLOCK ? VRING_DESC_F_WRITE : 0, 0);
        virtio_offer(&devices[i], queue);
        working += virtio_is_used(queue, 1);
    }
    say("devices", found);
    say("working", working);
}

static void all_queues(void)
{
    bad_places();
    bad_chains();
    bad_indices();
    works();
}

static struct virtio raced[DEVICES];
static unsigned int raced_count;

/* The second processor: writes wherever devices look. */
static void change_rings(void)
{
    for (;;) {
        const uint64_t random = next_random();
        volatile struct ring *ring = &rings[random % 2];
        volatile struct vring_desc *descriptor =
            random >> 8 & 1 ? &ring->descriptors[random >> 16 & 7]
                            : &table[random >> 16 & 7];

        descriptor->addr = random >> 24 & 3 ? (uint64_t)data : next_absurd();
        descriptor->len =
            random >> 26 & 3 ? random >> 32 & 0xfff : (uint32_t)next_absurd();
        descriptor->flags = random >> 44 & 7;
        descriptor->next = random >> 48 & 15;
        if ((random >> 56 & 31) == 0)
            ring->available.entries[random >> 61] = (uint16_t)next_absurd();
        if ((random >> 56 & 63) == 1)
            ring->available.index = (uint16_t)next_absurd();
    }
}

/* The first one notifies, and resets what has broken, or now and then anyway.
 */
static void race(void)
{
    uint64_t attempts = 0, resets = 0;

    raced_count = virtio_find(raced);
    start_processor(change_rings);
    for (int round = 0; raced_count > 0 && round < 1500; round++) {
        const struct virtio *device = &raced[(unsigned int)round % raced_count];

        if (round % 16 < (int)raced_count)
            virtio_start(device, FEATURES);
        for (unsigned int queue = 0; queue < 2; queue++, attempts++) {
            rings[queue].available.index++;
            virtio_write(device, VIRTIO_MMIO_QUEUE_NOTIFY, queue);
        }
        resets += (virtio_read(device, VIRTIO_MMIO_STATUS) &
                   VIRTIO_CONFIG_S_NEEDS_RESET) != 0;
    }
    say("attempts", attempts);
    say("refused", resets);
}

const struct attack queue_attacks[] = {
    {"queues", all_queues},
    {"race", race},
    {NULL, NULL},
};
