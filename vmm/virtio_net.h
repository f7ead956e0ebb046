/*
 * Virtio network device over a tap descriptor.
 * Source: Virtual I/O Device (VIRTIO) 1.2, section 5.1.
 */
#ifndef RINGSIDE_VMM_VIRTIO_NET_H
#define RINGSIDE_VMM_VIRTIO_NET_H

#include "vmm/virtio_device.h"

enum { MAC_ADDRESS_SIZE = 6 };

/*
 * tap: a descriptor of tap_open, owned after success. mac: the guest's
 * address. Errors: -ENOMEM. Release by virtio_device_release or virtio_mmio.
 */
int virtio_net_create(int tap, const uint8_t mac[MAC_ADDRESS_SIZE],
                      struct virtio_device **device, struct error *error);

#endif
