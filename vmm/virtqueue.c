/*
 * Split virtqueues; see virtqueue.h. Numbers in guest memory are
 * little-endian, as is the only host that this is built for.
 */
#include "vmm/virtqueue.h"

#include <errno.h>
#include <linux/virtio_ring.h>
#include <stdatomic.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "rings are read in place");

/* Where the fields of the rings are (2.7.6, 2.7.8). */
enum {
    RING_FLAGS = 0,
    RING_INDEX = 2,
    RING_ENTRIES = 4,
    AVAILABLE_ENTRY = sizeof(uint16_t),
    USED_ENTRY = sizeof(struct vring_used_elem),
    EVENT_SIZE = sizeof(uint16_t),
};

static int break_queue(struct virtqueue *queue)
{
    queue->broken = true;
    return -EPROTO;
}

static uint64_t available_size(const struct virtqueue *queue)
{
    return RING_ENTRIES + (uint64_t)queue->size * AVAILABLE_ENTRY + EVENT_SIZE;
}

static uint64_t used_size(const struct virtqueue *queue)
{
    return RING_ENTRIES + (uint64_t)queue->size * USED_ENTRY + EVENT_SIZE;
}

/*
 * The fields of the rings. virtqueue_enable has checked that both rings lie
 * in guest memory, whole and aligned; guest memory never shrinks.
 */
static uint16_t *ring_field(const struct virtqueue *queue,
                            struct guest_addr ring, uint64_t offset)
{
    struct guest_addr address = {ring.value + offset};

    return guest_memory_slice(queue->memory, address, sizeof(uint16_t));
}

static uint16_t *available_field(const struct virtqueue *queue, uint64_t offset)
{
    return ring_field(queue, queue->available, offset);
}

static uint16_t *used_field(const struct virtqueue *queue, uint64_t offset)
{
    return ring_field(queue, queue->used, offset);
}

static bool is_inside(const struct virtqueue *queue, struct guest_addr ring,
                      uint64_t size, uint64_t alignment)
{
    return ring.value % alignment == 0 &&
           guest_memory_slice(queue->memory, ring, size) != NULL;
}

int virtqueue_enable(struct virtqueue *queue)
{
    uint16_t size = queue->size;

    if (size == 0 || size > queue->size_max || (size & (size - 1)) != 0)
        return break_queue(queue);
    if (!is_inside(queue, queue->descriptors, size * sizeof(struct vring_desc),
                   VRING_DESC_ALIGN_SIZE) ||
        !is_inside(queue, queue->available, available_size(queue),
                   VRING_AVAIL_ALIGN_SIZE) ||
        !is_inside(queue, queue->used, used_size(queue), VRING_USED_ALIGN_SIZE))
        return break_queue(queue);
    queue->next_available = queue->next_used = queue->notified_used = 0;
    queue->ready = true;
    return 0;
}

void virtqueue_reset(struct virtqueue *queue)
{
    *queue = (struct virtqueue){.memory = queue->memory,
                                .size = queue->size_max,
                                .size_max = queue->size_max};
}

/* What is being walked: the queue's own descriptors or an indirect table. */
struct table {
    struct guest_addr address;
    uint32_t count;
    bool indirect;
};

static int read_descriptor(const struct virtqueue *queue,
                           const struct table *table, uint32_t index,
                           struct vring_desc *descriptor)
{
    struct guest_addr address = {table->address.value +
                                 index * sizeof(*descriptor)};

    if (index >= table->count)
        return -EPROTO;
    return guest_memory_read(queue->memory, address, descriptor,
                             sizeof(*descriptor));
}

/*
 * From the queue's table into the one that a descriptor points to (2.7.5.3).
 * The table's address cannot wrap: all of it lies in guest memory.
 */
static int enter_indirect(const struct virtqueue *queue, struct table *table,
                          const struct vring_desc *descriptor)
{
    struct guest_addr address = {descriptor->addr};

    if (!queue->indirect || table->indirect ||
        (descriptor->flags & VRING_DESC_F_NEXT) != 0 || descriptor->len == 0 ||
        descriptor->len % sizeof(*descriptor) != 0 ||
        guest_memory_slice(queue->memory, address, descriptor->len) == NULL)
        return -EPROTO;
    *table = (struct table){.address = address,
                            .count = descriptor->len / sizeof(*descriptor),
                            .indirect = true};
    return 0;
}

/*
 * Adds one descriptor's segment to the chain. Everything readable comes first
 * (2.7.4.2), so both parts share one array; a chain holds less than 4 GiB
 * (2.7.5), which is also what the used ring can tell.
 */
static int add_segment(const struct virtqueue *queue,
                       struct virtqueue_chain *chain,
                       const struct vring_desc *descriptor)
{
    bool writable = (descriptor->flags & VRING_DESC_F_WRITE) != 0;
    struct segments *part = writable ? &chain->writable : &chain->readable;
    unsigned int index = chain->readable.count + chain->writable.count;
    struct guest_addr address = {descriptor->addr};
    void *slice = guest_memory_slice(queue->memory, address, descriptor->len);

    if (slice == NULL || (!writable && chain->writable.count > 0) ||
        chain->readable.size + chain->writable.size + descriptor->len >
            UINT32_MAX)
        return -EPROTO;
    if (descriptor->len == 0)
        return 0;
    if (part->count == 0)
        part->first = &chain->vectors[index];
    chain->vectors[index] =
        (struct iovec){.iov_base = slice, .iov_len = descriptor->len};
    part->count++;
    part->size += descriptor->len;
    return 0;
}

/*
 * Follows a chain from its head. No chain is longer than the queue (2.7.5.3.1
 * for indirect ones), so a loop ends after as many steps.
 */
static int walk_chain(const struct virtqueue *queue,
                      struct virtqueue_chain *chain)
{
    struct table table = {.address = queue->descriptors, .count = queue->size};
    uint32_t index = chain->head;

    for (unsigned int length = 0; length < queue->size; length++) {
        struct vring_desc descriptor;

        if (read_descriptor(queue, &table, index, &descriptor) < 0)
            return -EPROTO;
        if ((descriptor.flags & VRING_DESC_F_INDIRECT) != 0) {
            if (enter_indirect(queue, &table, &descriptor) < 0 ||
                read_descriptor(queue, &table, 0, &descriptor) < 0 ||
                (descriptor.flags & VRING_DESC_F_INDIRECT) != 0)
                return -EPROTO;
        }
        if (add_segment(queue, chain, &descriptor) < 0)
            return -EPROTO;
        if ((descriptor.flags & VRING_DESC_F_NEXT) == 0)
            return 0;
        index = descriptor.next;
    }
    return -EPROTO;
}

/* How many chains the driver has made available and we have not taken. */
static uint16_t available_count(const struct virtqueue *queue)
{
    uint16_t *index = available_field(queue, RING_INDEX);

    return (uint16_t)(__atomic_load_n(index, __ATOMIC_ACQUIRE) -
                      queue->next_available);
}

/*
 * Asks to be notified of the next chain (2.7.10) and looks again: the driver
 * may have added one before it could read the wish. Without the event index
 * notifications are always wanted.
 */
static uint16_t arm_notification(struct virtqueue *queue)
{
    uint64_t offset = RING_ENTRIES + (uint64_t)queue->size * USED_ENTRY;

    if (!queue->event_index)
        return 0;
    __atomic_store_n(used_field(queue, offset), queue->next_available,
                     __ATOMIC_RELAXED);
    atomic_thread_fence(memory_order_seq_cst);
    return available_count(queue);
}

int virtqueue_pop(struct virtqueue *queue, struct virtqueue_chain *chain)
{
    uint16_t count, *entry;

    if (queue->broken)
        return -EPROTO;
    if (!queue->ready)
        return 0;
    count = available_count(queue);
    if (count == 0)
        count = arm_notification(queue);
    if (count == 0)
        return 0;
    if (count > queue->size)
        return break_queue(queue);
    entry = available_field(
        queue, RING_ENTRIES + (uint64_t)(queue->next_available % queue->size) *
                                  AVAILABLE_ENTRY);
    chain->head = __atomic_load_n(entry, __ATOMIC_RELAXED);
    chain->readable = chain->writable =
        (struct segments){.first = chain->vectors};
    if (walk_chain(queue, chain) < 0)
        return break_queue(queue);
    queue->next_available++;
    return 1;
}

void virtqueue_unpop(struct virtqueue *queue)
{
    queue->next_available--;
}

void virtqueue_fill(struct virtqueue *queue,
                    const struct virtqueue_chain *chain, uint32_t written)
{
    struct vring_used_elem element = {.id = chain->head, .len = written};
    struct guest_addr address = {queue->used.value + RING_ENTRIES +
                                 (uint64_t)(queue->next_used % queue->size) *
                                     USED_ENTRY};

    if (!queue->ready || queue->broken)
        return;
    guest_memory_write(queue->memory, address, &element, sizeof(element));
    queue->next_used++;
}

void virtqueue_publish(struct virtqueue *queue)
{
    if (!queue->ready || queue->broken)
        return;
    __atomic_store_n(used_field(queue, RING_INDEX), queue->next_used,
                     __ATOMIC_RELEASE);
}

void virtqueue_push(struct virtqueue *queue,
                    const struct virtqueue_chain *chain, uint32_t written)
{
    virtqueue_fill(queue, chain, written);
    virtqueue_publish(queue);
}

bool virtqueue_needs_notification(struct virtqueue *queue)
{
    uint64_t offset = RING_ENTRIES + (uint64_t)queue->size * AVAILABLE_ENTRY;
    uint16_t before = queue->notified_used, event, flags;

    if (!queue->ready || before == queue->next_used)
        return false;
    /* The driver's wish is read after it can see what was pushed. */
    atomic_thread_fence(memory_order_seq_cst);
    queue->notified_used = queue->next_used;
    if (queue->event_index) {
        event =
            __atomic_load_n(available_field(queue, offset), __ATOMIC_RELAXED);
        return vring_need_event(event, queue->next_used, before);
    }
    flags =
        __atomic_load_n(available_field(queue, RING_FLAGS), __ATOMIC_RELAXED);
    return (flags & VRING_AVAIL_F_NO_INTERRUPT) == 0;
}
