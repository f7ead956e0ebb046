/*
 * A hostile driver of each virtio device: any register write, any bytes in
 * guest memory, notifications at any time, a host that sends what it likes.
 * The memory lies between pages that cannot be reached.
 */
#include "tests/fuzz/fuzz.h"

#include "vmm/virtio_block.h"
#include "vmm/virtio_console.h"
#include "vmm/virtio_mmio.h"
#include "vmm/virtio_net.h"
#include "vmm/virtio_rng.h"

#include <fcntl.h>
#include <linux/virtio_mmio.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MEMORY_SIZE = 2 << 20,
    GUARD = 64 << 10,
    IMAGE_SIZE = 64 * 512,
    ACTIONS_MAX = 256,
    FRAMES_MAX = 16,
};

static struct guest_memory memory;
static struct io_loop *loop;
static int disk, wire[2], stream[2];

static void begin(void)
{
    char *mapping = mmap(NULL, MEMORY_SIZE + 2 * GUARD, PROT_NONE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct error error = {0};

    fuzz_require(mapping != MAP_FAILED);
    memory.host = mapping + GUARD;
    memory.size = memory.low_size = MEMORY_SIZE;
    fuzz_require(mprotect(memory.host, MEMORY_SIZE, PROT_READ | PROT_WRITE) ==
                 0);
    disk = memfd_create("disk", MFD_CLOEXEC);
    fuzz_require(disk >= 0 && ftruncate(disk, IMAGE_SIZE) == 0);
    fuzz_require(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, wire) == 0);
    fuzz_require(pipe2(stream, O_NONBLOCK) == 0);
    fuzz_require(io_loop_create(&loop, &error) == 0);
}

static void take_output(void *context, const void *data, size_t size)
{
    static char copy[MEMORY_SIZE];

    (void)context;
    fuzz_require(size <= sizeof(copy));
    memcpy(copy, data, size);
}

static int make_console(struct virtio_device **device, struct error *error)
{
    const struct virtio_console_port ports[] = {
        {"console", true, take_output, NULL, -1, -1},
        {"stdin", false, take_output, NULL, -1, stream[0]},
    };

    return virtio_console_create(ports, 2, device, error);
}

static struct virtio_device *make_device(unsigned int kind)
{
    static const uint8_t mac[MAC_ADDRESS_SIZE] = {0x52, 0x54, 0, 0, 0, 1};
    struct virtio_device *device = NULL;
    struct error error = {0};
    char path[32];
    int status;

    snprintf(path, sizeof(path), "/proc/self/fd/%d", disk);
    switch (kind % 5) {
    case 0:
        status = virtio_block_create(path, false, &device, &error);
        break;
    case 1:
        status = virtio_block_create(path, true, &device, &error);
        break;
    case 2:
        status = make_console(&device, &error);
        break;
    case 3:
        status = virtio_net_create(dup(wire[0]), mac, &device, &error);
        break;
    default:
        status = virtio_rng_create(&device, &error);
    }
    fuzz_require(status == 0);
    return device;
}

static void write_register(struct virtio_mmio *mmio, uint64_t offset,
                           uint32_t value)
{
    struct device *device = virtio_mmio_device(mmio);

    device->write(device, offset, &value, sizeof(value));
}

/* Registers in a row, as a driver would set up one queue. */
static void set_up_queue(struct virtio_mmio *mmio, struct fuzz_input *input)
{
    const uint32_t place = (uint32_t)fuzz_take(input, 1) << 12;

    write_register(mmio, VIRTIO_MMIO_QUEUE_SEL, (uint32_t)fuzz_take(input, 1));
    write_register(mmio, VIRTIO_MMIO_QUEUE_NUM,
                   1u << (fuzz_take(input, 1) & 15));
    write_register(mmio, VIRTIO_MMIO_QUEUE_DESC_LOW, place);
    write_register(mmio, VIRTIO_MMIO_QUEUE_AVAIL_LOW, place + 0x400);
    write_register(mmio, VIRTIO_MMIO_QUEUE_USED_LOW, place + 0x800);
    write_register(mmio, VIRTIO_MMIO_QUEUE_READY, 1);
}

/* From reset to DRIVER_OK, with the features that the input wants. */
static void start_driver(struct virtio_mmio *mmio, struct fuzz_input *input)
{
    write_register(mmio, VIRTIO_MMIO_STATUS, 0);
    write_register(mmio, VIRTIO_MMIO_STATUS, 3);
    write_register(mmio, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
    write_register(mmio, VIRTIO_MMIO_DRIVER_FEATURES,
                   (uint32_t)fuzz_take(input, 4));
    write_register(mmio, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
    write_register(mmio, VIRTIO_MMIO_DRIVER_FEATURES, 1);
    write_register(mmio, VIRTIO_MMIO_STATUS, 11);
    set_up_queue(mmio, input);
    set_up_queue(mmio, input);
    write_register(mmio, VIRTIO_MMIO_STATUS, 15);
}

/* One descriptor and its place in the available ring of a queue. */
static void offer(struct fuzz_input *input)
{
    uint8_t *place = (uint8_t *)memory.host + (fuzz_take(input, 1) << 12);
    const unsigned int index = fuzz_take(input, 1) & 15;
    const uint64_t address = fuzz_take(input, 3);
    const uint32_t length = (uint32_t)fuzz_take(input, 3);
    const uint16_t flags = (uint16_t)fuzz_take(input, 1) & 7;
    const uint16_t next = (uint16_t)fuzz_take(input, 1);
    uint16_t available;

    memcpy(place + 16 * index, &address, 8);
    memcpy(place + 16 * index + 8, &length, 4);
    memcpy(place + 16 * index + 12, &flags, 2);
    memcpy(place + 16 * index + 14, &next, 2);
    memcpy(&available, place + 0x402, 2);
    place[0x404 + 2 * (available & 15)] = (uint8_t)index;
    place[0x405 + 2 * (available & 15)] = 0;
    if (next & 1) {
        available++;
        memcpy(place + 0x402, &available, 2);
    }
}

static void poke(struct fuzz_input *input)
{
    const uint64_t at = fuzz_take(input, 3) % (MEMORY_SIZE - 256);
    size_t taken;
    const uint8_t *bytes =
        fuzz_take_bytes(input, (size_t)fuzz_take(input, 1), &taken);

    memcpy(memory.host + at, bytes, taken);
}

/* What comes from the host's side. */
static void send_from_host(struct fuzz_input *input)
{
    size_t taken;
    const uint8_t *bytes =
        fuzz_take_bytes(input, (size_t)fuzz_take(input, 1), &taken);

    if (taken > 0 && write(wire[1], bytes, taken) < 0)
        return;
    if (taken > 0 && write(stream[1], bytes, taken) < 0)
        return;
}

static void act(struct virtio_mmio *mmio, struct fuzz_input *input)
{
    struct device *device = virtio_mmio_device(mmio);
    uint64_t value;
    unsigned int size;

    switch (fuzz_take(input, 1) % 8) {
    case 0:
        start_driver(mmio, input);
        break;
    case 1:
        set_up_queue(mmio, input);
        break;
    case 2:
        offer(input);
        break;
    case 3:
        poke(input);
        break;
    case 4:
        send_from_host(input);
        break;
    case 5:
        size = 1u << (fuzz_take(input, 1) & 3);
        device->read(device, fuzz_take(input, 2) % (VIRTIO_MMIO_SIZE - 8),
                     &value, size);
        break;
    case 6:
        size = 1u << (fuzz_take(input, 1) & 3);
        value = fuzz_take(input, 8);
        device->write(device, fuzz_take(input, 2) % (VIRTIO_MMIO_SIZE - 8),
                      &value, size);
        break;
    default:
        write_register(mmio, VIRTIO_MMIO_QUEUE_NOTIFY,
                       (uint32_t)fuzz_take(input, 1));
        io_loop_dispatch(loop, 0);
    }
}

/* So that no input depends on the ones before. */
static void forget(void)
{
    char dropped[4096];

    while (read(wire[0], dropped, sizeof(dropped)) > 0 ||
           read(wire[1], dropped, sizeof(dropped)) > 0 ||
           read(stream[0], dropped, sizeof(dropped)) > 0)
        continue;
    madvise(memory.host, MEMORY_SIZE, MADV_DONTNEED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct virtio_mmio_config config = {.base = 0xd0000000, .memory = &memory};
    struct virtio_mmio *mmio;
    struct error error = {0};

    if (loop == NULL)
        begin();
    config.loop = loop;
    config.device = make_device((unsigned int)fuzz_take(&input, 1));
    fuzz_require(virtio_mmio_create(&config, &mmio, &error) == 0);
    for (int i = 0; i < ACTIONS_MAX && input.size > 0; i++)
        act(mmio, &input);
    for (int i = 0; i < FRAMES_MAX && io_loop_dispatch(loop, 0) > 0; i++)
        continue;
    virtio_mmio_release(mmio);
    forget();
    return 0;
}
