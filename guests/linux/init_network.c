/* Network interfaces of the guest; see init.h. Source: netdevice(7). */
#include "guests/linux/init.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr internet_address(uint32_t address)
{
    const struct sockaddr_in in = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(address),
    };
    struct sockaddr result = {0};

    _Static_assert(sizeof(in) <= sizeof(result), "fits");
    memcpy(&result, &in, sizeof(in));
    return result;
}

static void configure(int fd, unsigned long request, struct ifreq *interface)
{
    if (ioctl(fd, request, interface) < 0)
        init_fail("network interface %s: %s", interface->ifr_name,
                  strerror(errno));
}

static void bring_up(int fd, struct ifreq *interface)
{
    interface->ifr_flags = IFF_UP | IFF_RUNNING;
    configure(fd, SIOCSIFFLAGS, interface);
}

static void add_address(int fd, const struct process_spec_header *header)
{
    struct ifreq interface = {.ifr_name = "eth0"};
    uint32_t prefix = header->network_prefix;
    uint32_t mask = prefix == 0 ? 0 : UINT32_MAX << (32 - prefix);

    interface.ifr_addr = internet_address(header->network_address);
    configure(fd, SIOCSIFADDR, &interface);
    interface.ifr_netmask = internet_address(mask);
    configure(fd, SIOCSIFNETMASK, &interface);
    bring_up(fd, &interface);
}

static void add_route(int fd, uint32_t gateway)
{
    struct rtentry route = {
        .rt_dst = internet_address(0),
        .rt_genmask = internet_address(0),
        .rt_gateway = internet_address(gateway),
        .rt_flags = RTF_UP | RTF_GATEWAY,
    };

    if (ioctl(fd, SIOCADDRT, &route) < 0)
        init_fail("network: no route to the gateway: %s", strerror(errno));
}

void network_configure(const struct process_spec *spec)
{
    const struct process_spec_header *header = &spec->header;
    struct ifreq loopback = {.ifr_name = "lo"};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        init_fail("network: %s", strerror(errno));
    bring_up(fd, &loopback);
    if (header->flags & PROCESS_SPEC_HAS_NETWORK) {
        add_address(fd, header);
        if (header->network_gateway != 0)
            add_route(fd, header->network_gateway);
    }
    close(fd);
}
