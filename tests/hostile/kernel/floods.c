/*
 * Attacks by amount: more work than a device can ever do, notifications without
 * end, resets while it works. After some of them the guest ends itself at once:
 * the VMM must not go on working for it.
 */
#include "tests/hostile/kernel/virtio.h"

#include <linux/virtio_blk.h>
#include <linux/virtio_ids.h>

enum {
    PART = 32 << 20,      /* of memory, in each descriptor */
    PARTS = 100,          /* of a chain: 3.2 GiB */
    STDOUT_TRANSMIT = 7,  /* the queue of the third port */
    CONTROL_TRANSMIT = 3, /* of a console with several ports */
};

/* A chain of 100 parts, which are one stretch of memory over and over. */
static void make_chain(volatile struct vring_desc *chain, uint16_t first,
                       uint32_t length, uint16_t flags)
{
    for (unsigned int i = first; i < (unsigned int)first + PARTS; i++) {
        chain[i].addr = 0x1000000;
        chain[i].len = length;
        chain[i].flags = flags | VRING_DESC_F_NEXT;
        chain[i].next = (uint16_t)(i + 1);
    }
}

/* Offers the same chain as often as the queue can hold it. */
static void fill(const struct virtio *device, unsigned int queue)
{
    rings[queue].available.index = RING_SIZE;
    virtio_write(device, VIRTIO_MMIO_QUEUE_NOTIFY, queue);
}

/* The first device of a kind; false where there is none. */
static bool find(uint32_t id, struct virtio *device)
{
    struct virtio devices[DEVICES];
    const unsigned int found = virtio_find(devices);

    for (unsigned int i = 0; i < found; i++) {
        *device = devices[i];
        if (device->id == id)
            return true;
    }
    say("no device", id);
    return false;
}

/* Output of 25,600 parts of this length. */
static void write_much(uint32_t length)
{
    volatile struct vring_desc *chain = rings[STDOUT_TRANSMIT].descriptors;
    struct virtio device;

    if (!find(VIRTIO_ID_CONSOLE, &device))
        return;
    virtio_start(&device, 1u << 1); /* VIRTIO_CONSOLE_F_MULTIPORT */
    make_chain(chain, 0, length, 0);
    chain[PARTS - 1].flags = 0;
    say("attempts", RING_SIZE);
    fill(&device, STDOUT_TRANSMIT);
}

/* Of 800 GiB, which is refused. */
static void much_output(void)
{
    struct virtio device;

    write_much(PART);
    if (find(VIRTIO_ID_CONSOLE, &device))
        say("accepted", !virtio_is_broken(&device));
}

/* As much as the device takes at once. */
static void output(void)
{
    write_much(10 << 10);
}

static void endless_output(void)
{
    output();
    for (;;)
        __asm__ volatile("pause");
}

/* As much to be read from a disk. */
static void disk(void)
{
    volatile struct vring_desc *chain = rings[0].descriptors;
    volatile struct virtio_blk_outhdr *header = (void *)0x800000;
    struct virtio device;

    if (!find(VIRTIO_ID_BLOCK, &device))
        return;
    virtio_start(&device, 0);
    header->type = VIRTIO_BLK_T_IN;
    header->sector = 0;
    chain[0].addr = 0x800000;
    chain[0].len = 16;
    chain[0].flags = VRING_DESC_F_NEXT;
    chain[0].next = 1;
    make_chain(chain, 1, PART, VRING_DESC_F_WRITE);
    chain[PARTS + 1].addr = 0x800010;
    chain[PARTS + 1].len = 1;
    chain[PARTS + 1].flags = VRING_DESC_F_WRITE;
    say("attempts", RING_SIZE);
    fill(&device, 0);
    /* The device has begun once it could be asked for something. */
    (void)virtio_read(&device, VIRTIO_MMIO_INTERRUPT_STATUS);
}

/* As much randomness as can be asked for. */
static void randomness(void)
{
    struct virtio device;

    if (!find(VIRTIO_ID_RNG, &device))
        return;
    virtio_start(&device, 0);
    make_chain(rings[0].descriptors, 0, PART, VRING_DESC_F_WRITE);
    rings[0].descriptors[PARTS - 1].flags = VRING_DESC_F_WRITE;
    say("attempts", RING_SIZE);
    fill(&device, 0);
}

/* Every queue, those too that there are not, as fast as can be. */
static void notifications(void)
{
    struct virtio devices[DEVICES];
    const unsigned int found = virtio_find(devices);
    uint64_t attempts = 0;

    for (unsigned int i = 0; i < found; i++)
        virtio_start(&devices[i], 0);
    for (uint32_t i = 0; found > 0 && i < 12000; i++, attempts++)
        virtio_write(&devices[i % found], VIRTIO_MMIO_QUEUE_NOTIFY,
                     i % 8 == 0 ? (uint32_t)next_absurd() : i / found % 16);
    say("attempts", attempts);
}

/* A device is reset while it works, and again at once. */
static void resets(void)
{
    struct virtio device;
    uint64_t attempts = 0;

    if (!find(VIRTIO_ID_RNG, &device))
        return;
    for (int i = 0; i < 300; i++, attempts++) {
        virtio_start(&device, 0);
        rings[0].descriptors[0].addr = 0x1000000;
        rings[0].descriptors[0].len = 1 << 16;
        rings[0].descriptors[0].flags = VRING_DESC_F_WRITE;
        rings[0].available.index = (uint16_t)(1 + i % 4);
        virtio_write(&device, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
        virtio_write(&device, VIRTIO_MMIO_STATUS, 0);
    }
    say("attempts", attempts);
}

/* What a driver may tell a console about its ports, out of random numbers. */
static void control(void)
{
    volatile struct {
        uint32_t id;
        uint16_t event, value;
    } *message = (void *)0x800000;
    struct virtio device;
    uint64_t attempts = 0;

    if (!find(VIRTIO_ID_CONSOLE, &device))
        return;
    virtio_start(&device, 1u << 1);
    for (uint16_t i = 0; i < 2000; i++, attempts++) {
        volatile struct vring_desc *descriptor =
            &rings[CONTROL_TRANSMIT].descriptors[0];

        message->id = (uint32_t)(i % 3 ? next_random() % 8 : next_absurd());
        message->event = (uint16_t)(i % 5 ? next_random() % 10 : next_absurd());
        message->value = (uint16_t)next_absurd();
        descriptor->addr = (uint64_t)message;
        descriptor->len = i % 7 ? 8 : (uint32_t)(next_random() % 16);
        descriptor->flags = 0;
        virtio_offer(&device, CONTROL_TRANSMIT);
        virtio_write(&device, VIRTIO_MMIO_QUEUE_NOTIFY,
                     (uint32_t)(next_random() % 12));
        virtio_is_used(CONTROL_TRANSMIT, (uint16_t)(i + 1));
    }
    say("attempts", attempts);
}

const struct attack flood_attacks[] = {
    {"much-output", much_output},
    {"output", output},
    {"endless-output", endless_output},
    {"disk", disk},
    {"randomness", randomness},
    {"notifications", notifications},
    {"resets", resets},
    {"control", control},
    {NULL, NULL},
};
