/*
 * Virtio block device over a raw image file or a block device.
 * Source: Virtual I/O Device (VIRTIO) 1.2, section 5.2.
 */
#ifndef RINGSIDE_VMM_VIRTIO_BLOCK_H
#define RINGSIDE_VMM_VIRTIO_BLOCK_H

#include "vmm/virtio_device.h"

/*
 * Opens an image of whole 512-byte sectors and locks it (flock(2): any number
 * of readers or one writer). Errors: those of open(2); -EBUSY where somebody
 * else has it, -EINVAL for an image that is empty, of an odd size or neither
 * file nor block device. Release by virtio_device_release or virtio_mmio.
 */
int virtio_block_create(const char *path, bool read_only,
                        struct virtio_device **device, struct error *error);

#endif
