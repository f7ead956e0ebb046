/*
 * Devices and their wiring. The program's streams and the control channel are
 * ports of the virtio console.
 */
#include "vmm/microvm_devices.h"

#include "guests/linux/process_spec.h"
#include "vmm/netns.h"
#include "vmm/tap.h"
#include "vmm/virtio_block.h"
#include "vmm/virtio_console.h"
#include "vmm/virtio_net.h"
#include "vmm/virtio_rng.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A locally administered address; each guest is alone on its tap. */
static const uint8_t mac_address[MAC_ADDRESS_SIZE] = {2, 0, 0, 0, 0, 2};

static int give_irq(const struct microvm *microvm, int fd, uint32_t gsi,
                    struct error *error)
{
    struct kvm_irqfd irq = {.fd = (uint32_t)fd, .gsi = gsi};

    if (ioctl(microvm->vm.vm, KVM_IRQFD, &irq) < 0)
        return error_errno(error, errno, "KVM_IRQFD");
    return 0;
}

/* The driver's notification of a queue goes to the I/O thread at once. */
static int give_queues(const struct microvm *microvm,
                       const struct virtio_mmio *mmio, struct error *error)
{
    for (unsigned int i = 0; i < virtio_mmio_queue_count(mmio); i++) {
        struct kvm_ioeventfd event = {
            .datamatch = i,
            .addr = virtio_mmio_notify_address(mmio),
            .len = sizeof(uint32_t),
            .fd = virtio_mmio_queue_fd(mmio, i),
            .flags = KVM_IOEVENTFD_FLAG_DATAMATCH,
        };

        if (ioctl(microvm->vm.vm, KVM_IOEVENTFD, &event) < 0)
            return error_errno(error, errno, "KVM_IOEVENTFD");
    }
    return 0;
}

/* Puts a device into the next slot, which owns it from then on. */
static int add_virtio(struct microvm *microvm, struct virtio_device *device,
                      struct error *error)
{
    const unsigned int slot = microvm->slot_count;
    const struct virtio_mmio_config config = {
        .base = MICROVM_VIRTIO_BASE + (uint64_t)slot * MICROVM_VIRTIO_SIZE,
        .memory = &microvm->memory,
        .loop = microvm->loop,
        .device = device,
    };
    struct virtio_mmio *mmio;
    int status = -ENOSPC;

    if (slot == MICROVM_VIRTIO_SLOTS)
        error_set(error, ENOSPC, "too many devices: a microVM has %d slots",
                  MICROVM_VIRTIO_SLOTS);
    else
        status = virtio_mmio_create(&config, &mmio, error);
    if (status < 0) {
        virtio_device_release(device);
        return status;
    }
    microvm->slots[microvm->slot_count++] = mmio;
    status = bus_add(&microvm->mmio, virtio_mmio_device(mmio), error);
    if (status == 0)
        status = give_irq(microvm, virtio_mmio_irq_fd(mmio),
                          MICROVM_VIRTIO_GSI + slot, error);
    if (status == 0)
        status = give_queues(microvm, mmio, error);
    return status;
}

/* The order of the ports is part of what VMM and init agreed on. */
static int add_console(struct microvm *microvm, struct error *error)
{
    const struct virtio_console_port ports[] = {
        {.name = "console", .console = true, .input = -1},
        {.name = RINGSIDE_PORT_STDIN, .input = STDIN_FILENO},
        {.name = RINGSIDE_PORT_STDOUT, .output = STDOUT_FILENO, .input = -1},
        {.name = RINGSIDE_PORT_STDERR, .output = STDERR_FILENO, .input = -1},
        {.name = RINGSIDE_PORT_CONTROL,
         .receive = control_receive,
         .context = &microvm->control,
         .input = microvm->control.to_guest[0]},
    };
    struct virtio_device *device;
    int status = virtio_console_create(ports, sizeof(ports) / sizeof(ports[0]),
                                       &device, error);

    return status < 0 ? status : add_virtio(microvm, device, error);
}

static int add_rng(struct microvm *microvm, struct error *error)
{
    struct virtio_device *device;
    int status = virtio_rng_create(&device, error);

    return status < 0 ? status : add_virtio(microvm, device, error);
}

static int add_disks(struct microvm *microvm, struct error *error)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < microvm->config->disk_count; i++) {
        const struct microvm_disk *disk = &microvm->config->disks[i];
        struct virtio_device *device;

        status =
            virtio_block_create(disk->path, disk->read_only, &device, error);
        if (status == 0)
            status = add_virtio(microvm, device, error);
    }
    return status;
}

/*
 * In a namespace of its own nobody else can have prepared the interface: the
 * host's end is the guest's gateway, where it has one.
 */
static int open_tap(const struct microvm_config *config, int *tap,
                    struct error *error)
{
    const struct guest_network *network = &config->network;
    int status = tap_open(config->tap, tap, error);

    if (status < 0 || !config->own_network)
        return status;
    status = tap_bring_up(*tap, network->gateway,
                          network->gateway != 0 ? network->prefix : 0, error);
    if (status < 0)
        close(*tap);
    return status;
}

static int add_network(struct microvm *microvm, struct error *error)
{
    struct virtio_device *device;
    int tap, status;

    if (microvm->config->tap == NULL)
        return 0;
    status = open_tap(microvm->config, &tap, error);
    if (status < 0)
        return status;
    status = virtio_net_create(tap, mac_address, &device, error);
    if (status < 0) {
        close(tap);
        return status;
    }
    return add_virtio(microvm, device, error);
}

int microvm_enter_network(const struct microvm_config *config,
                          struct error *error)
{
    if (config->tap == NULL)
        return 0;
    if (config->own_network)
        return netns_enter(NULL, error);
    return config->network_namespace == NULL
               ? 0
               : netns_enter(config->network_namespace, error);
}

static int add_ports(struct microvm *microvm, struct error *error)
{
    const int output = microvm->config->console ? STDERR_FILENO : -1;
    int status =
        serial_create(&microvm->serial, MICROVM_SERIAL_PORT, output, error);

    if (status == 0)
        status =
            guest_ports_create(&microvm->guest_ports, &microvm->end, error);
    if (status < 0)
        return status;
    power_create(&microvm->power, &microvm->end);
    status = bus_add(&microvm->ports, &microvm->serial.device, error);
    if (status == 0)
        status = bus_add(&microvm->ports, &microvm->power.device, error);
    if (status == 0)
        status = bus_add(&microvm->ports, &microvm->guest_ports.device, error);
    if (status == 0)
        status = give_irq(microvm, microvm->serial.interrupt_fd,
                          MICROVM_SERIAL_GSI, error);
    return status;
}

int microvm_devices_create(struct microvm *microvm, struct error *error)
{
    int status = control_create(&microvm->control, error);

    if (status == 0)
        status = io_loop_create(&microvm->loop, error);
    if (status == 0)
        status = add_ports(microvm, error);
    if (status == 0)
        status = add_console(microvm, error);
    if (status == 0)
        status = add_rng(microvm, error);
    if (status == 0)
        status = add_disks(microvm, error);
    if (status == 0)
        status = add_network(microvm, error);
    return status;
}

void microvm_devices_release(struct microvm *microvm)
{
    for (unsigned int i = 0; i < microvm->slot_count; i++)
        virtio_mmio_release(microvm->slots[i]);
    microvm->slot_count = 0;
    guest_ports_release(&microvm->guest_ports);
    serial_release(&microvm->serial);
    if (microvm->loop != NULL)
        io_loop_release(microvm->loop);
    microvm->loop = NULL;
    control_release(&microvm->control);
}
