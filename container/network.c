/* The network of a container; see network.h. Source: netdevice(7). */
#include "container/network.h"

#include "oci/cleanup.h"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int network_raise_loopback(struct error *error)
{
    _cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};

    if (fd < 0)
        return error_errno(error, errno, "network: cannot open a socket");
    if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        return error_errno(error, errno, "network: cannot bring lo up");
    return 0;
}
