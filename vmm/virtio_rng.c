/* Virtio entropy device; see virtio_rng.h. */
#include "vmm/virtio_rng.h"

#include <errno.h>
#include <linux/virtio_ids.h>
#include <stdlib.h>
#include <sys/random.h>

/*
 * The most that one request gets: a chain may name the same memory over and
 * over, and its driver takes less for an answer (5.4.6).
 */
enum { REQUEST_MAX = 64 << 10 };

static uint32_t fill(struct virtio_device *device, unsigned int queue,
                     struct virtqueue_chain *chain)
{
    struct segments *target = &chain->writable;
    uint32_t filled = 0;

    (void)device;
    (void)queue;
    while (target->count > 0 && filled < REQUEST_MAX) {
        size_t wanted = target->first->iov_len, left = REQUEST_MAX - filled;
        ssize_t got = getrandom(target->first->iov_base,
                                wanted < left ? wanted : left, 0);

        if (got < 0 && errno != EINTR)
            break;
        if (got > 0) {
            segments_skip(target, (size_t)got);
            filled += (uint32_t)got;
        }
    }
    return filled;
}

static void notify(struct virtio_device *device, unsigned int queue)
{
    virtio_device_serve(device, queue, fill);
}

static void release(struct virtio_device *device)
{
    free(device);
}

static const struct virtio_device_ops ops = {
    .name = "virtio-rng",
    .id = VIRTIO_ID_RNG,
    .notify = notify,
    .release = release,
};

int virtio_rng_create(struct virtio_device **device, struct error *error)
{
    struct virtio_device *made = calloc(1, sizeof(*made));

    if (made == NULL)
        return error_errno(error, ENOMEM, "cannot make the %s device",
                           ops.name);
    made->ops = &ops;
    made->host_fd = -1;
    made->queue_count = 1;
    *device = made;
    return 0;
}
