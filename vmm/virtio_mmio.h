/*
 * Virtio over MMIO, version 2: the registers through which a driver finds and
 * sets up one virtio device. For notifications there are eventfds, which the
 * VM connects to KVM: then neither a notification nor an interrupt takes a
 * vCPU to user space and back.
 * Source: Virtual I/O Device (VIRTIO) 1.2, section 4.2.
 */
#ifndef RINGSIDE_VMM_VIRTIO_MMIO_H
#define RINGSIDE_VMM_VIRTIO_MMIO_H

#include "vmm/device.h"
#include "vmm/virtio_device.h"

/* Bytes of guest-physical addresses of one transport, registers and all. */
enum { VIRTIO_MMIO_SIZE = 0x1000 };

struct virtio_mmio;

struct virtio_mmio_config {
    uint64_t base;                     /* guest-physical, on the MMIO bus */
    const struct guest_memory *memory; /* borrowed */
    struct io_loop *loop;              /* borrowed */
    struct virtio_device *device;      /* owned after success */
};

/*
 * Puts a device behind registers. Errors: those of virtio_device_attach,
 * -ENOMEM; the device remains the caller's then.
 */
int virtio_mmio_create(const struct virtio_mmio_config *config,
                       struct virtio_mmio **mmio, struct error *error);

/* The register range for bus_add; VIRTIO_MMIO_SIZE bytes from base. */
struct device *virtio_mmio_device(struct virtio_mmio *mmio);

/*
 * The eventfd that is written for each interrupt: KVM_IRQFD to an
 * edge-triggered GSI.
 */
int virtio_mmio_irq_fd(const struct virtio_mmio *mmio);

/* The descriptor of the host that is behind the device, -1: none. */
int virtio_mmio_host_fd(const struct virtio_mmio *mmio);

/*
 * Queue notifications: KVM_IOEVENTFD on 4 bytes at virtio_mmio_notify_address
 * with datamatch = queue. Without it, writes to that register do the same.
 */
unsigned int virtio_mmio_queue_count(const struct virtio_mmio *mmio);
int virtio_mmio_queue_fd(const struct virtio_mmio *mmio, unsigned int queue);
uint64_t virtio_mmio_notify_address(const struct virtio_mmio *mmio);

/*
 * Frees transport and device; NULL is fine. The loop's thread must be stopped
 * (io_loop_stop) and no vCPU running; the loop itself must still exist.
 */
void virtio_mmio_release(struct virtio_mmio *mmio);

#endif
