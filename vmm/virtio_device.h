/*
 * What every virtio device has, whatever it does and however the guest finds
 * it: features, status, queues, an interrupt, one lock. A device type embeds
 * struct virtio_device first in its own structure and brings a table of
 * operations; the transport (virtio_mmio.h) gives the guest access.
 * Source: Virtual I/O Device (VIRTIO) 1.2, chapters 2 and 3.
 */
#ifndef RINGSIDE_VMM_VIRTIO_DEVICE_H
#define RINGSIDE_VMM_VIRTIO_DEVICE_H

#include "vmm/io_loop.h"
#include "vmm/virtqueue.h"

#include <pthread.h>
#include <stdatomic.h>

enum { VIRTIO_QUEUES_MAX = 32 };

struct virtio_device;

/*
 * One device type. All but release are called with the device's lock held;
 * start, notify and reset are optional.
 */
struct virtio_device_ops {
    const char *name;
    uint32_t id; /* VIRTIO_ID_*, chapter 5 */
    /* The driver is ready (DRIVER_OK): device->negotiated is final. */
    void (*start)(struct virtio_device *device);
    /* The driver put buffers into a queue; only between start and reset. */
    void (*notify)(struct virtio_device *device, unsigned int queue);
    /* The driver starts anew; the queues are already empty. */
    void (*reset)(struct virtio_device *device);
    /* Frees the device type's own structure and what it owns. */
    void (*release)(struct virtio_device *device);
};

/* One queue's notifications on their way to the device. */
struct virtio_queue_source {
    struct virtio_device *device;
    unsigned int queue;
    struct io_source io; /* eventfd, written when the driver notifies */
};

struct virtio_device {
    /* What the type sets before virtio_device_attach. */
    const struct virtio_device_ops *ops;
    int host_fd;        /* the type's own, of the host; -1: none */
    uint64_t features;  /* of the type; the common ones are added */
    const void *config; /* device configuration, constant */
    size_t config_size;
    unsigned int queue_count;

    /* Under the lock, from virtio_device_attach on. */
    bool attached;
    pthread_mutex_t lock;
    struct io_loop *loop;
    uint64_t negotiated;
    uint8_t status; /* VIRTIO_CONFIG_S_* */
    struct virtqueue queues[VIRTIO_QUEUES_MAX];

    /* Atomic, so that no interrupt handler ever waits for a request. */
    _Atomic uint32_t interrupt_status; /* VIRTIO_MMIO_INT_* */
    int interrupt_fd;                  /* eventfd */
    struct virtio_queue_source sources[VIRTIO_QUEUES_MAX];
};

/*
 * Plugs a device in: eventfds, queues of VIRTQUEUE_SIZE_MAX, its queues in the
 * loop. Memory and loop are borrowed. Errors: those of eventfd(2) and
 * io_loop_add; nothing stays open then.
 */
int virtio_device_attach(struct virtio_device *device,
                         const struct guest_memory *memory,
                         struct io_loop *loop, struct error *error);

/*
 * Unplugs it and frees it by its own release; NULL is fine. The loop's thread
 * must be stopped and no vCPU running.
 */
void virtio_device_release(struct virtio_device *device);

/*
 * What the transport calls, with the lock held. set_status follows the driver
 * through 3.1 and 2.1: FEATURES_OK stays clear where the features are not
 * acceptable, bits cannot be taken back, 0 is a reset. enable_queue starts the
 * queue as described; a bad description fails the device.
 */
void virtio_device_set_status(struct virtio_device *device, uint32_t status);
void virtio_device_enable_queue(struct virtio_device *device,
                                unsigned int queue);

/* A notification by the driver, from any thread and without the lock. */
void virtio_device_kick(struct virtio_device *device, unsigned int queue);

/* What device types call, with the lock held. */

/* Whether the driver accepted a feature, by its bit number. */
bool virtio_device_has(const struct virtio_device *device,
                       unsigned int feature);

/* Whether the driver is ready and nothing has failed. */
bool virtio_device_running(const struct virtio_device *device);

/*
 * virtqueue_pop on one queue of the device; where the guest broke the rules
 * the device fails and false comes back, as with an empty queue.
 */
bool virtio_device_pop(struct virtio_device *device, unsigned int queue,
                       struct virtqueue_chain *chain);

/* Serves one chain; returns the number of bytes written to it. */
typedef uint32_t virtio_serve(struct virtio_device *device, unsigned int queue,
                              struct virtqueue_chain *chain);

/*
 * Pops, serves and pushes what a queue holds, then interrupts if wanted. After
 * one queue's worth it comes back through the loop, so that no guest can keep
 * the I/O thread to one device.
 */
void virtio_device_serve(struct virtio_device *device, unsigned int queue,
                         virtio_serve *serve);

/* Interrupts if the driver wants to hear of what was pushed. */
void virtio_device_interrupt(struct virtio_device *device, unsigned int queue);

/*
 * The guest broke the rules beyond repair: DEVICE_NEEDS_RESET, a
 * configuration interrupt, and nothing more until the driver resets (2.1.2).
 */
void virtio_device_fail(struct virtio_device *device);

#endif
