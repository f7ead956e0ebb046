/*
 * Virtio entropy device: the host's random numbers.
 * Source: Virtual I/O Device (VIRTIO) 1.2, section 5.4.
 */
#ifndef RINGSIDE_VMM_VIRTIO_RNG_H
#define RINGSIDE_VMM_VIRTIO_RNG_H

#include "vmm/virtio_device.h"

/*
 * Errors: -ENOMEM. Release by virtio_device_release or virtio_mmio.
 */
int virtio_rng_create(struct virtio_device **device, struct error *error);

#endif
