/*
 * Virtio console with several ports: port 0 is the guest's hvc0, the others
 * are byte streams, /dev/vport0p1 and so on, that the guest tells apart by
 * their names in /sys/class/virtio-ports.
 * Source: Virtual I/O Device (VIRTIO) 1.2, section 5.3.
 */
#ifndef RINGSIDE_VMM_VIRTIO_CONSOLE_H
#define RINGSIDE_VMM_VIRTIO_CONSOLE_H

#include "vmm/virtio_device.h"

enum { VIRTIO_CONSOLE_PORTS_MAX = VIRTIO_QUEUES_MAX / 2 - 1 };

/* One port as the host sees it. */
struct virtio_console_port {
    const char *name; /* lives as long as the device */
    bool console;     /* becomes an hvc; the first port must be one */
    /*
     * What the guest wrote, in order. Called from the I/O thread with the
     * device's lock held; data is guest memory and may change meanwhile. It
     * may block: then the guest's I/O waits. NULL: output is used instead.
     */
    void (*receive)(void *context, const void *data, size_t size);
    void *context;
    /*
     * Where what the guest wrote goes, by output_write: all of the guest's I/O
     * waits for the reader, and once there is none the port is closed towards
     * the guest. Borrowed; 0 or less: what the guest writes is dropped.
     */
    int output;
    /*
     * Read, once the guest opened the port, as fast as the guest takes it; at
     * its end the port is closed towards the guest, which reads end of file.
     * Borrowed; -1: none, and the port stays open.
     */
    int input;
};

/*
 * Copies the descriptions. Errors: -EINVAL for no port, too many, or a first
 * one that is no console; -ENOMEM. Release by virtio_device_release or
 * virtio_mmio.
 */
int virtio_console_create(const struct virtio_console_port *ports, size_t count,
                          struct virtio_device **device, struct error *error);

#endif
