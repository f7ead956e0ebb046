/* Headers of frames; see virtio_net_header.h. */
#include "vmm/virtio_net_header.h"

#include <linux/if_ether.h>
#include <linux/if_tun.h>

enum { CHECKSUM_SIZE = 2 };

/* Kinds of frames that are cut up, each with the features of both ways. */
static const struct {
    uint8_t type;
    unsigned int from_guest, to_guest;
    unsigned int tap;
} segmentations[] = {
    {VIRTIO_NET_HDR_GSO_TCPV4, VIRTIO_NET_F_HOST_TSO4, VIRTIO_NET_F_GUEST_TSO4,
     TUN_F_TSO4},
    {VIRTIO_NET_HDR_GSO_TCPV6, VIRTIO_NET_F_HOST_TSO6, VIRTIO_NET_F_GUEST_TSO6,
     TUN_F_TSO6},
};

enum { SEGMENTATIONS = sizeof(segmentations) / sizeof(segmentations[0]) };

static bool has(uint64_t features, unsigned int feature)
{
    return (features & 1ull << feature) != 0;
}

/* Whether the checksum to fill in lies behind the Ethernet header, inside. */
static bool checksum_fits(const struct virtio_net_hdr_v1 *header, size_t size)
{
    return header->csum_start >= ETH_HLEN &&
           (size_t)header->csum_start + header->csum_offset + CHECKSUM_SIZE <=
               size;
}

static bool may_segment(const struct virtio_net_hdr_v1 *header,
                        uint64_t features, size_t size)
{
    for (size_t i = 0; i < SEGMENTATIONS; i++) {
        if (segmentations[i].type == header->gso_type)
            return has(features, segmentations[i].from_guest) &&
                   (header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0 &&
                   header->gso_size > 0 && header->hdr_len <= size;
    }
    return false;
}

bool net_header_from_guest(struct virtio_net_hdr_v1 *header, uint64_t features,
                           size_t frame_size)
{
    const struct virtio_net_hdr_v1 said = *header;

    *header = (struct virtio_net_hdr_v1){0};
    if (!has(features, VIRTIO_NET_F_CSUM))
        return true; /* then there is nothing that it could ask for */
    if (said.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
        if (!checksum_fits(&said, frame_size))
            return false;
        header->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
        header->csum_start = said.csum_start;
        header->csum_offset = said.csum_offset;
    }
    if (said.gso_type == VIRTIO_NET_HDR_GSO_NONE)
        return true;
    if (!may_segment(&said, features, frame_size))
        return false;
    header->gso_type = said.gso_type;
    header->gso_size = said.gso_size;
    header->hdr_len = said.hdr_len;
    return true;
}

bool net_header_to_guest(struct virtio_net_hdr_v1 *header, uint64_t features)
{
    bool understood = header->gso_type == VIRTIO_NET_HDR_GSO_NONE;

    header->num_buffers = 1;
    if (!has(features, VIRTIO_NET_F_GUEST_CSUM)) {
        *header = (struct virtio_net_hdr_v1){.num_buffers = 1};
        return true;
    }
    header->flags &= VIRTIO_NET_HDR_F_NEEDS_CSUM | VIRTIO_NET_HDR_F_DATA_VALID;
    for (size_t i = 0; i < SEGMENTATIONS; i++) {
        if (segmentations[i].type == header->gso_type)
            understood = has(features, segmentations[i].to_guest);
    }
    return understood;
}

unsigned int net_tap_offloads(uint64_t features)
{
    unsigned int offloads = TUN_F_CSUM;

    if (!has(features, VIRTIO_NET_F_GUEST_CSUM))
        return 0;
    for (size_t i = 0; i < SEGMENTATIONS; i++) {
        if (has(features, segmentations[i].to_guest))
            offloads |= segmentations[i].tap;
    }
    return offloads;
}
