/*
 * Virtio network device; see virtio_net.h. Checksums and the cutting up of long
 * frames are left to the host's kernel, or to the guest's, through the header
 * before each frame, which is checked on its way (virtio_net_header.h).
 */
#include "vmm/virtio_net.h"

#include "oci/cleanup.h"
#include "vmm/virtio_net_header.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

enum {
    RECEIVE_QUEUE = 0, /* 5.1.2 */
    TRANSMIT_QUEUE = 1,
    QUEUE_COUNT = 2,
    HEADER_SIZE = sizeof(struct virtio_net_hdr_v1),
    FRAME_MIN = ETH_HLEN,
    FRAME_MAX = ETH_HLEN + 4 + UINT16_MAX, /* VLAN tag, the longest packet */
    FRAMES_PER_ROUND = 64,                 /* then others have their turn */
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
    struct virtio_net_hdr_v1 header;
    struct iovec vectors[1 + VIRTQUEUE_SIZE_MAX] = {
        {.iov_base = &header, .iov_len = sizeof(header)}};
    struct segments *frame = &chain->readable;
    ssize_t sent;

    (void)queue;
    if (segments_read(frame, &header, sizeof(header)) < sizeof(header) ||
        frame->size < FRAME_MIN || frame->size > FRAME_MAX ||
        !net_header_from_guest(&header, device->negotiated, frame->size))
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
    struct virtio_net_hdr_v1 header;
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
    memcpy(&header, net->packet, sizeof(header));
    if (!net_header_to_guest(&header, net->device.negotiated))
        return false;
    memcpy(net->packet, &header, sizeof(header));
    net->waiting = (size_t)got;
    return true;
}

/*
 * How many of the guest's next buffers the waiting packet takes; 0 while there
 * are too few, -1 where no queue of such buffers could hold it. They are looked
 * at only.
 */
static int count_buffers(struct virtio_net *net)
{
    struct virtqueue *queue = &net->device.queues[RECEIVE_QUEUE];
    struct virtqueue_chain chain;
    size_t room = 0;
    int count = 0;

    while (room < net->waiting && count < queue->size &&
           virtio_device_pop(&net->device, RECEIVE_QUEUE, &chain)) {
        room += chain.writable.size;
        count++;
    }
    for (int i = 0; i < count; i++)
        virtqueue_unpop(queue);
    if (room >= net->waiting)
        return count;
    return count == queue->size ? -1 : 0;
}

/* Spreads the waiting packet over that many buffers, seen all at once. */
static void spread(struct virtio_net *net, int count)
{
    struct virtqueue *queue = &net->device.queues[RECEIVE_QUEUE];
    struct virtio_net_hdr_v1 header;
    struct virtqueue_chain chain;
    size_t done = 0;

    memcpy(&header, net->packet, sizeof(header));
    header.num_buffers = (uint16_t)count; /* 5.1.6.4 */
    memcpy(net->packet, &header, sizeof(header));
    for (int i = 0; i < count; i++) {
        size_t part;

        if (!virtio_device_pop(&net->device, RECEIVE_QUEUE, &chain))
            break;
        part = segments_write(&chain.writable, net->packet + done,
                              net->waiting - done);
        virtqueue_fill(queue, &chain, (uint32_t)part);
        done += part;
    }
    if (done < net->waiting) /* the guest changed them meanwhile */
        virtio_device_fail(&net->device);
    else
        virtqueue_publish(queue);
}

/*
 * Hands the waiting packet to the guest's next buffer, or buffers where they
 * can be merged; false where there are too few. What does not fit is dropped,
 * and the buffers kept for the next.
 */
static bool deliver(struct virtio_net *net)
{
    struct virtqueue *queue = &net->device.queues[RECEIVE_QUEUE];
    struct virtqueue_chain chain;
    int count = -1;

    if (!virtio_device_pop(&net->device, RECEIVE_QUEUE, &chain))
        return false;
    if (chain.writable.size >= net->waiting) {
        segments_write(&chain.writable, net->packet, net->waiting);
        virtqueue_push(queue, &chain, (uint32_t)net->waiting);
        net->waiting = 0;
        return true;
    }
    virtqueue_unpop(queue);
    if (virtio_device_has(&net->device, VIRTIO_NET_F_MRG_RXBUF))
        count = count_buffers(net);
    if (count == 0)
        return false;
    if (count > 0)
        spread(net, count);
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

/* A tap that refuses sends plain frames, which every guest understands. */
static void set_offloads(const struct virtio_net *net, uint64_t features)
{
    (void)ioctl(net->tap, TUNSETOFFLOAD,
                (unsigned long)net_tap_offloads(features));
}

static void start(struct virtio_device *device)
{
    set_offloads((const struct virtio_net *)device, device->negotiated);
}

static void reset(struct virtio_device *device)
{
    struct virtio_net *net = (struct virtio_net *)device;

    set_offloads(net, 0);
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
    .start = start,
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
        1ull << VIRTIO_NET_F_MAC | 1ull << VIRTIO_NET_F_STATUS | NET_OFFLOADS;
    made->device.config = &made->config;
    made->device.config_size = sizeof(made->config);
    made->device.queue_count = QUEUE_COUNT;
    memcpy(made->config.mac, mac, sizeof(made->config.mac));
    made->config.status = VIRTIO_NET_S_LINK_UP;
    made->tap = tap;
    made->device.host_fd = tap;
    made->source = (struct io_source){
        .fd = tap, .events = EPOLLIN, .handle = tap_ready, .context = made};
    *device = &made->device;
    return 0;
}
