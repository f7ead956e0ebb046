/*
 * The device's end of a split virtqueue. The guest owns the memory that the
 * queue lies in and may write anything there at any time, so each descriptor
 * is copied once and only the copy is checked and used; whatever is wrong ends
 * in -EPROTO and a queue that stays stopped until the driver resets the device.
 * Source: Virtual I/O Device (VIRTIO) 1.2, sections 2.6 and 2.7.
 */
#ifndef RINGSIDE_VMM_VIRTQUEUE_H
#define RINGSIDE_VMM_VIRTQUEUE_H

#include "vmm/memory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* The largest queue that we offer, and so the longest chain. */
enum { VIRTQUEUE_SIZE_MAX = 256 };

/*
 * Pieces of guest memory in host addresses, inside guest memory for certain.
 * The functions below consume them from the front; their contents may change
 * under the reader's eyes.
 */
struct segments {
    struct iovec *first;
    unsigned int count;
    size_t size; /* bytes in all */
};

/* One request: what the device may read, then what it may write. */
struct virtqueue_chain {
    uint16_t head; /* its name in the used ring */
    struct segments readable, writable;
    struct iovec vectors[VIRTQUEUE_SIZE_MAX]; /* behind both */
};

/* Filled through virtio_device; next_* and broken are the queue's own. */
struct virtqueue {
    const struct guest_memory *memory;
    uint16_t size; /* descriptors, a power of two up to size_max */
    uint16_t size_max;
    struct guest_addr descriptors, available, used;
    bool ready;
    bool indirect, event_index; /* as negotiated */
    bool broken;
    uint16_t next_available, next_used, notified_used;
};

/*
 * Takes the queue into use at index 0. Errors: -EPROTO where size, alignment
 * or place of a ring is impossible (2.6, 2.7): the queue is broken then.
 */
int virtqueue_enable(struct virtqueue *queue);

/* Back to the state after a device reset; memory and size_max stay. */
void virtqueue_reset(struct virtqueue *queue);

/*
 * Takes the next chain. Returns 1; 0 where there is none (the driver will
 * notify when that changes) or the queue is not ready; -EPROTO where the guest
 * broke the rules: loops, chains longer than the queue, segments outside guest
 * memory, readable after writable ones, indices that jump. Zero-length
 * descriptors are left out.
 */
int virtqueue_pop(struct virtqueue *queue, struct virtqueue_chain *chain);

/*
 * Takes back the last pop, or as many as calls: these chains come again. No
 * chain of theirs may have been given back.
 */
void virtqueue_unpop(struct virtqueue *queue);

/* Gives a chain back with the number of bytes written to it. */
void virtqueue_push(struct virtqueue *queue,
                    const struct virtqueue_chain *chain, uint32_t written);

/* The same in two steps, for chains that must be seen together or not at all.
 */
void virtqueue_fill(struct virtqueue *queue,
                    const struct virtqueue_chain *chain, uint32_t written);
void virtqueue_publish(struct virtqueue *queue);

/*
 * Whether the driver wants an interrupt for what was pushed since the last
 * call (2.7.7): ask once after a batch.
 */
bool virtqueue_needs_notification(struct virtqueue *queue);

/* Copies up to size bytes and advances; returns the number of bytes. */
size_t segments_read(struct segments *segments, void *to, size_t size);
size_t segments_write(struct segments *segments, const void *from, size_t size);

/* Advances by up to size bytes without looking at them. */
void segments_skip(struct segments *segments, size_t size);

/* Cuts off the last byte and returns its place; NULL where there is none. */
uint8_t *segments_take_last(struct segments *segments);

#endif
