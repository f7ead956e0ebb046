/*
 * The header before each frame: checksums still to be filled in, and frames to
 * be cut up, by whoever gets it. The guest's goes to the host's kernel, so only
 * what was negotiated and is possible in that frame is left in it.
 * Source: Virtual I/O Device (VIRTIO) 1.2, sections 5.1.3, 5.1.6.
 */
#ifndef RINGSIDE_VMM_VIRTIO_NET_HEADER_H
#define RINGSIDE_VMM_VIRTIO_NET_HEADER_H

#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What we offer beyond plain frames: 1 << VIRTIO_NET_F_*. */
#define NET_OFFLOADS                                                     \
    (1ull << VIRTIO_NET_F_CSUM | 1ull << VIRTIO_NET_F_GUEST_CSUM |       \
     1ull << VIRTIO_NET_F_GUEST_TSO4 | 1ull << VIRTIO_NET_F_GUEST_TSO6 | \
     1ull << VIRTIO_NET_F_HOST_TSO4 | 1ull << VIRTIO_NET_F_HOST_TSO6 |   \
     1ull << VIRTIO_NET_F_MRG_RXBUF)

/*
 * Checks and cleans the header of a frame from the guest, under the features
 * that it negotiated. False for one that it may not send.
 */
bool net_header_from_guest(struct virtio_net_hdr_v1 *header, uint64_t features,
                           size_t frame_size);

/*
 * The same for one from the tap, with num_buffers 1. False for a frame that
 * this guest does not understand.
 */
bool net_header_to_guest(struct virtio_net_hdr_v1 *header, uint64_t features);

/* What the tap may leave to such a guest: TUN_F_* for TUNSETOFFLOAD. */
unsigned int net_tap_offloads(uint64_t features);

#endif
