/* What every virtio device has; see virtio_device.h. */
#include "vmm/virtio_device.h"

#include "oci/cleanup.h"

#include <errno.h>
#include <linux/virtio_config.h>
#include <linux/virtio_mmio.h>
#include <linux/virtio_ring.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/*
 * Indirect descriptors let a full queue hold long requests; the event index
 * spares exits on the one side and interrupts on the other.
 */
static const uint64_t common_features = 1ull << VIRTIO_F_VERSION_1 |
                                        1ull << VIRTIO_RING_F_INDIRECT_DESC |
                                        1ull << VIRTIO_RING_F_EVENT_IDX;

/* The bits that a driver sets, in the order of 3.1.1. */
static const uint32_t driver_bits =
    VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER |
    VIRTIO_CONFIG_S_FEATURES_OK | VIRTIO_CONFIG_S_DRIVER_OK |
    VIRTIO_CONFIG_S_FAILED;

/* In the I/O thread: the driver notified a queue. */
static void handle_notification(void *context, uint32_t events)
{
    struct virtio_queue_source *source = context;
    struct virtio_device *device = source->device;
    eventfd_t count;

    (void)events;
    pthread_mutex_lock(&device->lock);
    eventfd_read(source->io.fd, &count);
    if (virtio_device_running(device) && device->queues[source->queue].ready &&
        device->ops->notify != NULL)
        device->ops->notify(device, source->queue);
    pthread_mutex_unlock(&device->lock);
}

static int attach_queue(struct virtio_device *device, unsigned int queue,
                        const struct guest_memory *memory)
{
    struct virtio_queue_source *source = &device->sources[queue];

    device->queues[queue] =
        (struct virtqueue){.memory = memory, .size_max = VIRTQUEUE_SIZE_MAX};
    virtqueue_reset(&device->queues[queue]);
    *source = (struct virtio_queue_source){
        .device = device,
        .queue = queue,
        .io = {.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
               .events = EPOLLIN,
               .handle = handle_notification,
               .context = source},
    };
    if (source->io.fd < 0)
        return -errno;
    return io_loop_add(device->loop, &source->io);
}

static void detach_queue(struct virtio_device *device, unsigned int queue)
{
    struct io_source *io = &device->sources[queue].io;

    io_loop_remove(device->loop, io);
    cleanup_close(&io->fd);
}

static void detach(struct virtio_device *device)
{
    for (unsigned int i = 0; i < device->queue_count; i++)
        detach_queue(device, i);
    cleanup_close(&device->interrupt_fd);
    pthread_mutex_destroy(&device->lock);
    device->attached = false;
}

int virtio_device_attach(struct virtio_device *device,
                         const struct guest_memory *memory,
                         struct io_loop *loop, struct error *error)
{
    int result = 0;

    device->features |= common_features;
    device->loop = loop;
    device->attached = true;
    pthread_mutex_init(&device->lock, NULL);
    for (unsigned int i = 0; i < device->queue_count; i++)
        device->sources[i].io.fd = -1;
    device->interrupt_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (device->interrupt_fd < 0)
        result = -errno;
    for (unsigned int i = 0; result == 0 && i < device->queue_count; i++)
        result = attach_queue(device, i, memory);
    if (result == 0)
        return 0;
    detach(device);
    return error_errno(error, -result, "cannot plug in the %s device",
                       device->ops->name);
}

void virtio_device_release(struct virtio_device *device)
{
    if (device == NULL)
        return;
    /* Sources of the type's own leave the loop while there is one. */
    if (device->attached) {
        if (device->ops->reset != NULL)
            device->ops->reset(device);
        detach(device);
    }
    device->ops->release(device);
}

static void reset(struct virtio_device *device)
{
    device->status = 0;
    device->negotiated = 0;
    atomic_store(&device->interrupt_status, 0);
    for (unsigned int i = 0; i < device->queue_count; i++)
        virtqueue_reset(&device->queues[i]);
    if (device->ops->reset != NULL)
        device->ops->reset(device);
}

/* What was accepted was offered, and it is not the legacy interface (6.1). */
static bool features_acceptable(const struct virtio_device *device)
{
    return (device->negotiated & ~device->features) == 0 &&
           virtio_device_has(device, VIRTIO_F_VERSION_1);
}

/* Buffers may have come, and notifications been ignored, before DRIVER_OK. */
static void start(struct virtio_device *device)
{
    if (device->ops->start != NULL)
        device->ops->start(device);
    for (unsigned int i = 0; i < device->queue_count; i++)
        virtio_device_kick(device, i);
}

void virtio_device_set_status(struct virtio_device *device, uint32_t status)
{
    uint8_t added = (uint8_t)(status & driver_bits & ~device->status);

    if (status == 0) {
        reset(device);
        return;
    }
    if ((added & VIRTIO_CONFIG_S_FEATURES_OK) != 0 &&
        !features_acceptable(device))
        added &= (uint8_t)~VIRTIO_CONFIG_S_FEATURES_OK;
    if (((device->status | added) & VIRTIO_CONFIG_S_FEATURES_OK) == 0)
        added &= (uint8_t)~VIRTIO_CONFIG_S_DRIVER_OK;
    device->status |= added;
    if ((added & VIRTIO_CONFIG_S_DRIVER_OK) != 0 &&
        virtio_device_running(device))
        start(device);
}

void virtio_device_enable_queue(struct virtio_device *device,
                                unsigned int queue)
{
    struct virtqueue *enabled = &device->queues[queue];

    enabled->indirect = virtio_device_has(device, VIRTIO_RING_F_INDIRECT_DESC);
    enabled->event_index = virtio_device_has(device, VIRTIO_RING_F_EVENT_IDX);
    if ((device->status & VIRTIO_CONFIG_S_FEATURES_OK) == 0 ||
        virtqueue_enable(enabled) < 0)
        virtio_device_fail(device);
}

void virtio_device_kick(struct virtio_device *device, unsigned int queue)
{
    eventfd_write(device->sources[queue].io.fd, 1);
}

bool virtio_device_has(const struct virtio_device *device, unsigned int feature)
{
    return (device->negotiated >> feature & 1) != 0;
}

bool virtio_device_running(const struct virtio_device *device)
{
    const uint8_t both =
        VIRTIO_CONFIG_S_DRIVER_OK | VIRTIO_CONFIG_S_NEEDS_RESET;

    return (device->status & both) == VIRTIO_CONFIG_S_DRIVER_OK;
}

bool virtio_device_pop(struct virtio_device *device, unsigned int queue,
                       struct virtqueue_chain *chain)
{
    int result;

    if (!virtio_device_running(device))
        return false;
    result = virtqueue_pop(&device->queues[queue], chain);
    if (result < 0)
        virtio_device_fail(device);
    return result > 0;
}

void virtio_device_serve(struct virtio_device *device, unsigned int queue,
                         virtio_serve *serve)
{
    unsigned int left = device->queues[queue].size;
    struct virtqueue_chain chain;

    while (left > 0 && virtio_device_pop(device, queue, &chain)) {
        uint32_t written = serve(device, queue, &chain);

        if (!virtio_device_running(device))
            return;
        virtqueue_push(&device->queues[queue], &chain, written);
        left--;
    }
    virtio_device_interrupt(device, queue);
    if (left == 0)
        virtio_device_kick(device, queue);
}

static void interrupt(struct virtio_device *device, uint32_t reason)
{
    atomic_fetch_or(&device->interrupt_status, reason);
    eventfd_write(device->interrupt_fd, 1);
}

void virtio_device_interrupt(struct virtio_device *device, unsigned int queue)
{
    if (virtqueue_needs_notification(&device->queues[queue]))
        interrupt(device, VIRTIO_MMIO_INT_VRING);
}

void virtio_device_fail(struct virtio_device *device)
{
    if ((device->status & VIRTIO_CONFIG_S_NEEDS_RESET) != 0)
        return;
    device->status |= VIRTIO_CONFIG_S_NEEDS_RESET;
    if ((device->status & VIRTIO_CONFIG_S_DRIVER_OK) != 0)
        interrupt(device, VIRTIO_MMIO_INT_CONFIG);
}
