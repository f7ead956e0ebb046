/*
 * Virtio network device; see virtio_net.h. No offloads: frames are complete
 * and at most as long as the tap's MTU makes them, and the headers that guest
 * and host put before them are dropped on the way, so that none reaches the
 * other's kernel.
 */
#include "vmm/virtio_net.h"

#include "oci/cleanup.h"

#include <errno.h>
#include <linux/virtio_net.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum {
    RECEIVE_QUEUE = 0, /* 5.1.2 */
    TRANSMIT_QUEUE = 1,
    QUEUE_COUNT = 2,
    HEADER_SIZE = sizeof(struct virtio_net_hdr_v1),
    FRAME_MIN = ETH_HLEN,
    FRAME_MAX = 64 << 10,
    FRAMES_PER_ROUND = 64, /* then others have their turn */
};

struct virtio_net {
    struct virtio_device device; /* first: ops hand it back */
    struct virtio_net_config config;
    int tap;
    struct io_source source;
    size_t waiting; /* bytes in packet that no buffer was there for */
    char packet[HEADER_SIZE + FRAME_MAX];
};

/* Header and frame from the guest; written in one piece, the tap's way. */
static uint32_t transmit(struct virtio_device *device, unsigned int queue,
                         struct virtqueue_chain *chain)
{
    struct virtio_net *net = (struct virtio_net *)device;
    const struct virtio_net_hdr_v1 header = {0};
    struct iovec vectors[1 + VIRTQUEUE_SIZE_MAX] = {
        {.iov_base = (void *)&header, .iov_len = sizeof(header)}};
    struct segments *frame = &chain->readable;
    ssize_t sent;

    (void)queue;
    segments_skip(frame, sizeof(header));
    if (frame->size < FRAME_MIN || frame->size > FRAME_MAX)
        return 0;
    memcpy(&vectors[1], frame->first, frame->count * sizeof(vectors[0]));
    /* A network may lose frames: one that the tap does not take is lost. */
    do {
        sent = writev(net->tap, vectors, 1 + (int)frame->count);
    } while (sent < 0 && errno == EINTR);
    return 0;
}

/*
 * One packet from the tap, unless one waits already. False where there is
 * none; a tap that failed (its interface is gone) is not asked again.
 */
static bool fetch(struct virtio_net *net)
{
    const struct virtio_net_hdr_v1 header = {.num_buffers = 1}; /* 5.1.6.4 */
    ssize_t got;

    if (net->waiting > 0)
        return true;
    do {
        got = read(net->tap, net->packet, sizeof(net->packet));
    } while (got < 0 && errno == EINTR);
    if (got < 0 && errno != EAGAIN)
        io_loop_remove(net->device.loop, &net->source);
    if (got < HEADER_SIZE + FRAME_MIN)
        return false;
    memcpy(net->packet, &header, sizeof(header));
    net->waiting = (size_t)got;
    return true;
}

/*
 * Hands the waiting packet to the guest's next buffer; false where there is
 * none. What does not fit is dropped, and the buffer kept for the next.
 */
static bool deliver(struct virtio_net *net)
{
    struct virtqueue *queue = &net->device.queues[RECEIVE_QUEUE];
    struct virtqueue_chain chain;

    if (!virtio_device_pop(&net->device, RECEIVE_QUEUE, &chain))
        return false;
    if (chain.writable.size < net->waiting) {
        virtqueue_unpop(queue);
    } else {
        segments_write(&chain.writable, net->packet, net->waiting);
        virtqueue_push(queue, &chain, (uint32_t)net->waiting);
    }
    net->waiting = 0;
    return true;
}

/* With no buffer left, the tap's queue holds what comes until there is. */
static void receive(struct virtio_net *net)
{
    for (int i = 0; i < FRAMES_PER_ROUND && fetch(net); i++) {
        if (!deliver(net)) {
            io_loop_remove(net->device.loop, &net->source);
            break;
        }
    }
    virtio_device_interrupt(&net->device, RECEIVE_QUEUE);
}

static void tap_ready(void *context, uint32_t events)
{
    struct virtio_net *net = context;

    (void)events;
    pthread_mutex_lock(&net->device.lock);
    if (virtio_device_running(&net->device))
        receive(net);
    else
        io_loop_remove(net->device.loop, &net->source);
    pthread_mutex_unlock(&net->device.lock);
}

static void notify(struct virtio_device *device, unsigned int queue)
{
    struct virtio_net *net = (struct virtio_net *)device;

    if (queue == TRANSMIT_QUEUE) {
        virtio_device_serve(device, queue, transmit);
        return;
    }
    if (io_loop_add(device->loop, &net->source) < 0)
        virtio_device_fail(device);
    receive(net);
}

static void reset(struct virtio_device *device)
{
    struct virtio_net *net = (struct virtio_net *)device;

    io_loop_remove(device->loop, &net->source);
    net->waiting = 0;
}

static void release(struct virtio_device *device)
{
    struct virtio_net *net = (struct virtio_net *)device;

    cleanup_close(&net->tap);
    free(net);
}

static const struct virtio_device_ops ops = {
    .name = "virtio-net",
    .id = VIRTIO_ID_NET,
    .notify = notify,
    .reset = reset,
    .release = release,
};

int virtio_net_create(int tap, const uint8_t mac[MAC_ADDRESS_SIZE],
                      struct virtio_device **device, struct error *error)
{
    struct virtio_net *made = calloc(1, sizeof(*made));

    if (made == NULL)
        return error_errno(error, ENOMEM, "cannot make the %s device",
                           ops.name);
    made->device.ops = &ops;
    made->device.features =
        1ull << VIRTIO_NET_F_MAC | 1ull << VIRTIO_NET_F_STATUS;
    made->device.config = &made->config;
    made->device.config_size = sizeof(made->config);
    made->device.queue_count = QUEUE_COUNT;
    memcpy(made->config.mac, mac, sizeof(made->config.mac));
    made->config.status = VIRTIO_NET_S_LINK_UP;
    made->tap = tap;
    made->source = (struct io_source){
        .fd = tap, .events = EPOLLIN, .handle = tap_ready, .context = made};
    *device = &made->device;
    return 0;
}
