/*
 * The registers of virtio over MMIO as a table, one a row; see virtio_mmio.h.
 * A driver can set anything in any order: what makes no sense at the time is
 * ignored, as 4.2.2 allows.
 */
#include "vmm/virtio_mmio.h"

#include <errno.h>
#include <linux/virtio_config.h>
#include <linux/virtio_mmio.h>
#include <stdlib.h>
#include <string.h>

enum {
    REGISTER_SIZE = 4,
    REGISTER_COUNT = VIRTIO_MMIO_CONFIG / REGISTER_SIZE,
};

static const uint32_t magic = 0x74726976;     /* "virt" */
static const uint32_t vendor = 0x474e4952;    /* "RING" */
static const uint32_t no_region = UINT32_MAX; /* 4.2.2.1: no shared memory */

struct virtio_mmio {
    struct device device; /* first: the bus hands it back */
    struct virtio_device *virtio;
    uint32_t device_features_page, driver_features_page, queue_selected;
};

/* NULL where the driver selected a queue that there is not. */
static struct virtqueue *selected_queue(const struct virtio_mmio *mmio)
{
    if (mmio->queue_selected >= mmio->virtio->queue_count)
        return NULL;
    return &mmio->virtio->queues[mmio->queue_selected];
}

/* As selected_queue, for changes: what is in use stays as it is. */
static struct virtqueue *idle_queue(const struct virtio_mmio *mmio)
{
    struct virtqueue *queue = selected_queue(mmio);

    return queue != NULL && !queue->ready ? queue : NULL;
}

static uint32_t read_magic(struct virtio_mmio *mmio)
{
    (void)mmio;
    return magic;
}

static uint32_t read_version(struct virtio_mmio *mmio)
{
    (void)mmio;
    return 2;
}

static uint32_t read_device_id(struct virtio_mmio *mmio)
{
    return mmio->virtio->ops->id;
}

static uint32_t read_vendor(struct virtio_mmio *mmio)
{
    (void)mmio;
    return vendor;
}

static uint32_t read_device_features(struct virtio_mmio *mmio)
{
    if (mmio->device_features_page > 1)
        return 0;
    return (uint32_t)(mmio->virtio->features >>
                      (32 * mmio->device_features_page));
}

static uint32_t read_queue_size_max(struct virtio_mmio *mmio)
{
    const struct virtqueue *queue = selected_queue(mmio);

    return queue == NULL ? 0 : queue->size_max;
}

static uint32_t read_queue_ready(struct virtio_mmio *mmio)
{
    const struct virtqueue *queue = selected_queue(mmio);

    return queue != NULL && queue->ready;
}

static uint32_t read_interrupt_status(struct virtio_mmio *mmio)
{
    return atomic_load(&mmio->virtio->interrupt_status);
}

static uint32_t read_status(struct virtio_mmio *mmio)
{
    return mmio->virtio->status;
}

static uint32_t read_no_region(struct virtio_mmio *mmio)
{
    (void)mmio;
    return no_region;
}

/* No device changes its configuration, so its generation stays. */
static uint32_t read_generation(struct virtio_mmio *mmio)
{
    (void)mmio;
    return 0;
}

static void write_device_features_page(struct virtio_mmio *mmio, uint32_t value)
{
    mmio->device_features_page = value;
}

static void write_driver_features_page(struct virtio_mmio *mmio, uint32_t value)
{
    mmio->driver_features_page = value;
}

/* The features are settled once FEATURES_OK is set. */
static void write_driver_features(struct virtio_mmio *mmio, uint32_t value)
{
    unsigned int shift = 32 * (mmio->driver_features_page & 1);
    struct virtio_device *device = mmio->virtio;

    if ((device->status & VIRTIO_CONFIG_S_FEATURES_OK) != 0 ||
        mmio->driver_features_page > 1)
        return;
    device->negotiated &= ~((uint64_t)UINT32_MAX << shift);
    device->negotiated |= (uint64_t)value << shift;
}

static void write_queue_selected(struct virtio_mmio *mmio, uint32_t value)
{
    mmio->queue_selected = value;
}

/* An impossible size becomes 0, which is refused when the queue is enabled. */
static void write_queue_size(struct virtio_mmio *mmio, uint32_t value)
{
    struct virtqueue *queue = idle_queue(mmio);

    if (queue != NULL)
        queue->size = value <= queue->size_max ? (uint16_t)value : 0;
}

static void write_queue_ready(struct virtio_mmio *mmio, uint32_t value)
{
    struct virtqueue *queue = selected_queue(mmio);

    if (queue == NULL)
        return;
    if (value == 0)
        queue->ready = false;
    else if (!queue->ready)
        virtio_device_enable_queue(mmio->virtio, mmio->queue_selected);
}

static void write_notify(struct virtio_mmio *mmio, uint32_t value)
{
    if (value < mmio->virtio->queue_count)
        virtio_device_kick(mmio->virtio, value);
}

static void write_interrupt_acknowledge(struct virtio_mmio *mmio,
                                        uint32_t value)
{
    atomic_fetch_and(&mmio->virtio->interrupt_status, ~value);
}

static void write_status(struct virtio_mmio *mmio, uint32_t value)
{
    virtio_device_set_status(mmio->virtio, value);
}

static void set_low(struct guest_addr *address, uint32_t value)
{
    address->value = (address->value & ~(uint64_t)UINT32_MAX) | value;
}

static void set_high(struct guest_addr *address, uint32_t value)
{
    address->value = (uint32_t)address->value | (uint64_t)value << 32;
}

/* The two halves of the selected queue's three addresses. */
#define ADDRESS_REGISTER(field, half)                            \
    static void write_##field##_##half(struct virtio_mmio *mmio, \
                                       uint32_t value)           \
    {                                                            \
        struct virtqueue *queue = idle_queue(mmio);              \
                                                                 \
        if (queue != NULL)                                       \
            set_##half(&queue->field, value);                    \
    }

ADDRESS_REGISTER(descriptors, low)
ADDRESS_REGISTER(descriptors, high)
ADDRESS_REGISTER(available, low)
ADDRESS_REGISTER(available, high)
ADDRESS_REGISTER(used, low)
ADDRESS_REGISTER(used, high)

/*
 * Registers reached without the device's lock are those that an interrupt
 * handler or a submitting driver uses.
 */
struct mmio_register {
    uint32_t (*read)(struct virtio_mmio *mmio);
    void (*write)(struct virtio_mmio *mmio, uint32_t value);
    bool unlocked;
};

#define ROW(name) [VIRTIO_MMIO_##name / REGISTER_SIZE]

static const struct mmio_register registers[REGISTER_COUNT] = {
    ROW(MAGIC_VALUE) = {.read = read_magic},
    ROW(VERSION) = {.read = read_version},
    ROW(DEVICE_ID) = {.read = read_device_id},
    ROW(VENDOR_ID) = {.read = read_vendor},
    ROW(DEVICE_FEATURES) = {.read = read_device_features},
    ROW(DEVICE_FEATURES_SEL) = {.write = write_device_features_page},
    ROW(DRIVER_FEATURES) = {.write = write_driver_features},
    ROW(DRIVER_FEATURES_SEL) = {.write = write_driver_features_page},
    ROW(QUEUE_SEL) = {.write = write_queue_selected},
    ROW(QUEUE_NUM_MAX) = {.read = read_queue_size_max},
    ROW(QUEUE_NUM) = {.write = write_queue_size},
    ROW(QUEUE_READY) = {.read = read_queue_ready, .write = write_queue_ready},
    ROW(QUEUE_NOTIFY) = {.write = write_notify, .unlocked = true},
    ROW(INTERRUPT_STATUS) = {.read = read_interrupt_status, .unlocked = true},
    ROW(INTERRUPT_ACK) = {.write = write_interrupt_acknowledge,
                          .unlocked = true},
    ROW(STATUS) = {.read = read_status, .write = write_status},
    ROW(QUEUE_DESC_LOW) = {.write = write_descriptors_low},
    ROW(QUEUE_DESC_HIGH) = {.write = write_descriptors_high},
    ROW(QUEUE_AVAIL_LOW) = {.write = write_available_low},
    ROW(QUEUE_AVAIL_HIGH) = {.write = write_available_high},
    ROW(QUEUE_USED_LOW) = {.write = write_used_low},
    ROW(QUEUE_USED_HIGH) = {.write = write_used_high},
    ROW(SHM_LEN_LOW) = {.read = read_no_region},
    ROW(SHM_LEN_HIGH) = {.read = read_no_region},
    ROW(SHM_BASE_LOW) = {.read = read_no_region},
    ROW(SHM_BASE_HIGH) = {.read = read_no_region},
    ROW(CONFIG_GENERATION) = {.read = read_generation},
};

/* NULL for what is no register, or no access of a register's width (4.2.2.2).
 */
static const struct mmio_register *find_register(uint64_t offset,
                                                 unsigned int size)
{
    if (offset >= VIRTIO_MMIO_CONFIG || offset % REGISTER_SIZE != 0 ||
        size != REGISTER_SIZE)
        return NULL;
    return &registers[offset / REGISTER_SIZE];
}

/* Configuration may be read in any width; beyond its end are zeros. */
static void read_config(const struct virtio_device *device, uint64_t offset,
                        void *data, unsigned int size)
{
    size_t left =
        offset < device->config_size ? device->config_size - offset : 0;

    if (left > 0)
        memcpy(data, (const char *)device->config + offset,
               size < left ? size : left);
}

static void mmio_read(struct device *device, uint64_t offset, void *data,
                      unsigned int size)
{
    struct virtio_mmio *mmio = (struct virtio_mmio *)device;
    const struct mmio_register *found = find_register(offset, size);
    uint32_t value;

    memset(data, 0, size);
    if (offset >= VIRTIO_MMIO_CONFIG)
        read_config(mmio->virtio, offset - VIRTIO_MMIO_CONFIG, data, size);
    if (found == NULL || found->read == NULL)
        return;
    if (!found->unlocked)
        pthread_mutex_lock(&mmio->virtio->lock);
    value = found->read(mmio);
    if (!found->unlocked)
        pthread_mutex_unlock(&mmio->virtio->lock);
    memcpy(data, &value, sizeof(value));
}

static void mmio_write(struct device *device, uint64_t offset, const void *data,
                       unsigned int size)
{
    struct virtio_mmio *mmio = (struct virtio_mmio *)device;
    const struct mmio_register *found = find_register(offset, size);
    uint32_t value;

    if (found == NULL || found->write == NULL)
        return;
    memcpy(&value, data, sizeof(value));
    if (!found->unlocked)
        pthread_mutex_lock(&mmio->virtio->lock);
    found->write(mmio, value);
    if (!found->unlocked)
        pthread_mutex_unlock(&mmio->virtio->lock);
}

int virtio_mmio_create(const struct virtio_mmio_config *config,
                       struct virtio_mmio **mmio, struct error *error)
{
    struct virtio_mmio *made = calloc(1, sizeof(*made));
    int result;

    if (made == NULL)
        return error_errno(error, ENOMEM, "cannot make the %s device",
                           config->device->ops->name);
    made->device = (struct device){.name = config->device->ops->name,
                                   .base = config->base,
                                   .size = VIRTIO_MMIO_SIZE,
                                   .read = mmio_read,
                                   .write = mmio_write};
    made->virtio = config->device;
    result =
        virtio_device_attach(made->virtio, config->memory, config->loop, error);
    if (result < 0) {
        free(made);
        return result;
    }
    *mmio = made;
    return 0;
}

struct device *virtio_mmio_device(struct virtio_mmio *mmio)
{
    return &mmio->device;
}

int virtio_mmio_irq_fd(const struct virtio_mmio *mmio)
{
    return mmio->virtio->interrupt_fd;
}

int virtio_mmio_host_fd(const struct virtio_mmio *mmio)
{
    return mmio->virtio->host_fd;
}

unsigned int virtio_mmio_queue_count(const struct virtio_mmio *mmio)
{
    return mmio->virtio->queue_count;
}

int virtio_mmio_queue_fd(const struct virtio_mmio *mmio, unsigned int queue)
{
    return mmio->virtio->sources[queue].io.fd;
}

uint64_t virtio_mmio_notify_address(const struct virtio_mmio *mmio)
{
    return mmio->device.base + VIRTIO_MMIO_QUEUE_NOTIFY;
}

void virtio_mmio_release(struct virtio_mmio *mmio)
{
    if (mmio == NULL)
        return;
    virtio_device_release(mmio->virtio);
    free(mmio);
}
