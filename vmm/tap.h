/*
 * Tap interfaces: the host's end of a guest's network.
 * Source: Linux Documentation/networking/tuntap.rst.
 */
#ifndef RINGSIDE_VMM_TAP_H
#define RINGSIDE_VMM_TAP_H

#include "oci/error.h"

#include <stdint.h>

/*
 * Opens the tap interface in the caller's network namespace, making it where
 * there is none; "%d" in the name is replaced by a number. It goes with the
 * descriptor unless it is persistent. Frames carry a virtio_net_hdr_v1 of 12
 * bytes; reads do not block. Errors: -EINVAL for a name that is too long,
 * those of open(2) and ioctl(2) on /dev/net/tun.
 */
int tap_open(const char *name, int *fd, struct error *error);

/*
 * Brings the descriptor's interface up, with that IPv4 address and prefix (in
 * host byte order; prefix 0: without one). Errors: those of netdevice(7).
 */
int tap_bring_up(int fd, uint32_t address, uint32_t prefix,
                 struct error *error);

#endif
