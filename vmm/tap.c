/* Tap interfaces; see tap.h. */
#include "vmm/tap.h"

#include "oci/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/if_tun.h>
#include <linux/virtio_net.h>

static int configure(int tap, const char *name)
{
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
    int header_size = sizeof(struct virtio_net_hdr_v1);

    strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
    if (ioctl(tap, TUNSETIFF, &request) < 0 ||
        ioctl(tap, TUNSETVNETHDRSZ, &header_size) < 0)
        return -errno;
    return 0;
}

int tap_open(const char *name, int *fd, struct error *error)
{
    _cleanup_close_ int tap = -1;
    int result;

    if (strlen(name) >= IFNAMSIZ)
        return error_set(error, EINVAL,
                         "tap %s: an interface's name has at most %d bytes",
                         name, IFNAMSIZ - 1);
    tap = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (tap < 0)
        return error_errno(error, errno, "/dev/net/tun");
    result = configure(tap, name);
    if (result < 0)
        return error_errno(error, -result, "cannot open the tap interface %s",
                           name);
    *fd = take_fd(&tap);
    return 0;
}
