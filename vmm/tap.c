/* Tap interfaces; see tap.h. */
#include "vmm/tap.h"

#include "oci/cleanup.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

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

static struct sockaddr_in internet_address(uint32_t address)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(address)};
}

static int set_address(int control, struct ifreq *request, uint32_t address,
                       uint32_t prefix)
{
    struct sockaddr_in in = internet_address(address);

    memcpy(&request->ifr_addr, &in, sizeof(in));
    if (ioctl(control, SIOCSIFADDR, request) < 0)
        return -errno;
    in = internet_address(UINT32_MAX << (32 - prefix));
    memcpy(&request->ifr_netmask, &in, sizeof(in));
    return ioctl(control, SIOCSIFNETMASK, request) < 0 ? -errno : 0;
}

int tap_bring_up(int fd, uint32_t address, uint32_t prefix, struct error *error)
{
    _cleanup_close_ int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {0};
    int status = 0;

    if (control < 0 || ioctl(fd, TUNGETIFF, &request) < 0)
        return error_errno(error, errno, "cannot configure the tap interface");
    if (prefix > 0)
        status = set_address(control, &request, address, prefix);
    request.ifr_flags = IFF_UP;
    if (status == 0 && ioctl(control, SIOCSIFFLAGS, &request) < 0)
        status = -errno;
    return status == 0 ? 0
                       : error_errno(error, -status,
                                     "cannot configure the tap interface %s",
                                     request.ifr_name);
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
