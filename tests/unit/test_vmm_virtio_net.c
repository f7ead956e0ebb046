/*
 * The network device. A datagram socket pair stands in for the tap: it keeps
 * frames apart just so, and needs no privileges. The last test takes a tap.
 */
#include "virtio_driver.h"

#include "vmm/netns.h"
#include "vmm/tap.h"
#include "vmm/virtio_net.h"
#include "vmm/virtio_net_header.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    RECEIVE = 0,
    TRANSMIT = 1,
    HEADER_SIZE = 12,
    FRAME_SIZE = 60,
    BUFFER_SIZE = 2048,
    BUFFERS = 0x100000, /* guest-physical */
    FRAME = 0x180000,
    ITERATIONS = 20000,
};

static const uint8_t mac[MAC_ADDRESS_SIZE] = {0x52, 0x54, 0, 0x12, 0x34, 0x56};

static struct driver driver;
static int wire; /* the network's end */

static int plug_device(void **state)
{
    struct virtio_device *device;
    struct error error = {0};
    int ends[2];

    (void)state;
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                   ends) < 0 ||
        virtio_net_create(ends[0], mac, &device, &error) < 0)
        return -1;
    wire = ends[1];
    driver_create(&driver, device);
    return 0;
}

/* A driver that wants whole frames only, one to a buffer. */
static int plug(void **state)
{
    int status = plug_device(state);

    if (status < 0)
        return status;
    driver_start(&driver, driver_offered(&driver) & ~NET_OFFLOADS);
    driver_run(&driver);
    return 0;
}

/* One that wants all that is offered. */
static int plug_with_offloads(void **state)
{
    int status = plug_device(state);

    if (status < 0)
        return status;
    driver_start(&driver, 0);
    driver_run(&driver);
    return 0;
}

static int unplug(void **state)
{
    (void)state;
    driver_release(&driver);
    close(wire);
    return 0;
}

static void give_buffer(uint64_t slot, uint32_t size)
{
    struct piece piece = {BUFFERS + slot * BUFFER_SIZE, size, true};

    driver_add(&driver, RECEIVE, &piece, 1);
    driver_notify(&driver, RECEIVE);
    driver_run(&driver);
}

/* From the network: a header full of promises, then size bytes of fill. */
static void arrive(char fill, size_t size)
{
    char packet[HEADER_SIZE + 4096];

    memset(packet, 0xff, HEADER_SIZE);
    memset(packet + HEADER_SIZE, fill, size);
    assert_int_equal(write(wire, packet, HEADER_SIZE + size),
                     HEADER_SIZE + size);
}

static void expect_frame(uint64_t slot, char fill, size_t size)
{
    const struct virtio_net_hdr_v1 header = {.num_buffers = 1};
    const char *buffer = driver_bytes(&driver, BUFFERS + slot * BUFFER_SIZE);
    struct vring_used_elem element = {0};

    driver_run(&driver);
    assert_true(driver_take_used(&driver, RECEIVE, &element));
    assert_int_equal(element.len, HEADER_SIZE + size);
    assert_memory_equal(buffer, &header, sizeof(header));
    for (size_t i = 0; i < size; i++)
        assert_int_equal(buffer[HEADER_SIZE + i], fill);
}

static void expect_no_frame(void)
{
    struct vring_used_elem element = {0};

    driver_run(&driver);
    assert_false(driver_take_used(&driver, RECEIVE, &element));
}

static void config_tells_address_and_link(void **state)
{
    struct device *device = virtio_mmio_device(driver.mmio);
    uint8_t config[8];

    (void)state;
    device->read(device, VIRTIO_MMIO_CONFIG, config, 8);
    assert_memory_equal(config, mac, sizeof(mac));
    assert_int_equal(config[6], VIRTIO_NET_S_LINK_UP);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_DEVICE_ID),
                     VIRTIO_ID_NET);
}

static void frame_goes_out_with_a_header_of_ours(void **state)
{
    const struct piece pieces[] = {{FRAME, HEADER_SIZE + 14, false},
                                   {FRAME + HEADER_SIZE + 14, 46, false}};
    static const char zeros[HEADER_SIZE];
    char packet[128];

    (void)state;
    memset(driver_bytes(&driver, FRAME), 0xff, HEADER_SIZE);
    memset(driver_bytes(&driver, FRAME + HEADER_SIZE), 'f', FRAME_SIZE);
    assert_int_equal(driver_submit(&driver, TRANSMIT, pieces, 2), 0);
    assert_int_equal(read(wire, packet, sizeof(packet)),
                     HEADER_SIZE + FRAME_SIZE);
    assert_memory_equal(packet, zeros, HEADER_SIZE);
    assert_int_equal(packet[HEADER_SIZE], 'f');
    assert_int_equal(packet[HEADER_SIZE + FRAME_SIZE - 1], 'f');
}

static void impossible_frames_do_not_go_out(void **state)
{
    static const struct piece cases[] = {
        {FRAME, 0, false},
        {FRAME, 5, false},
        {FRAME, HEADER_SIZE, false},
        {FRAME, HEADER_SIZE + 13, false},
        {FRAME, HEADER_SIZE + 65554, false},
        {FRAME, 100, true},
    };
    char packet[128];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(driver_submit(&driver, TRANSMIT, &cases[i], 1), 0);
    assert_int_equal(read(wire, packet, sizeof(packet)), -1);
    assert_int_equal(errno, EAGAIN);
    assert_false(driver_needs_reset(&driver));
}

static void frame_comes_in(void **state)
{
    (void)state;
    give_buffer(0, BUFFER_SIZE);
    arrive('a', FRAME_SIZE);
    expect_frame(0, 'a', FRAME_SIZE);
    assert_int_equal(driver_take_interrupt(&driver), VIRTIO_MMIO_INT_VRING);
    expect_no_frame();
}

static void frames_wait_for_buffers(void **state)
{
    (void)state;
    arrive('a', FRAME_SIZE);
    arrive('b', FRAME_SIZE);
    expect_no_frame();
    give_buffer(0, BUFFER_SIZE);
    expect_frame(0, 'a', FRAME_SIZE);
    expect_no_frame();
    give_buffer(1, BUFFER_SIZE);
    expect_frame(1, 'b', FRAME_SIZE);
}

static void oversize_frame_is_dropped_and_the_buffer_kept(void **state)
{
    (void)state;
    give_buffer(0, HEADER_SIZE + FRAME_SIZE);
    arrive('x', FRAME_SIZE + 1);
    expect_no_frame();
    arrive('a', FRAME_SIZE);
    expect_frame(0, 'a', FRAME_SIZE);
}

static void short_packet_is_dropped(void **state)
{
    (void)state;
    give_buffer(0, BUFFER_SIZE);
    arrive('x', 13);
    arrive('a', 14);
    expect_frame(0, 'a', 14);
}

static void reset_forgets_the_waiting_frame(void **state)
{
    (void)state;
    arrive('a', FRAME_SIZE);
    expect_no_frame();
    driver_write(&driver, VIRTIO_MMIO_STATUS, 0);
    driver_run(&driver);
    driver_start(&driver, driver_offered(&driver) & ~NET_OFFLOADS);
    give_buffer(0, BUFFER_SIZE);
    expect_no_frame();
    arrive('b', FRAME_SIZE);
    expect_frame(0, 'b', FRAME_SIZE);
}

static void hostile_buffer_stops_both_ways(void **state)
{
    struct vring_used_elem element = {0};

    (void)state;
    arrive('a', FRAME_SIZE);
    driver_add(&driver, RECEIVE,
               &(struct piece){DRIVER_MEMORY_SIZE - 1, BUFFER_SIZE, true}, 1);
    driver_notify(&driver, RECEIVE);
    driver_run(&driver);
    assert_true(driver_needs_reset(&driver));
    arrive('b', FRAME_SIZE);
    driver_add(&driver, TRANSMIT, &(struct piece){FRAME, 100, false}, 1);
    driver_notify(&driver, TRANSMIT);
    driver_run(&driver);
    assert_false(driver_take_used(&driver, TRANSMIT, &element));
}

/* Sends a frame of 60 bytes under this header; what came out, or false. */
static bool send_under(const struct virtio_net_hdr_v1 *header,
                       struct virtio_net_hdr_v1 *came)
{
    const struct piece piece = {FRAME, HEADER_SIZE + FRAME_SIZE, false};
    char packet[128];

    memcpy(driver_bytes(&driver, FRAME), header, sizeof(*header));
    assert_int_equal(driver_submit(&driver, TRANSMIT, &piece, 1), 0);
    if (read(wire, packet, sizeof(packet)) < 0)
        return false;
    memcpy(came, packet, sizeof(*came));
    return true;
}

static const struct virtio_net_hdr_v1 checksum = {
    .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = 34, .csum_offset = 16};

static const struct virtio_net_hdr_v1 segmented = {
    .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
    .csum_start = 34,
    .csum_offset = 16,
    .gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
    .gso_size = 1448,
    .hdr_len = 54};

static void what_was_negotiated_is_left_to_the_host(void **state)
{
    struct virtio_net_hdr_v1 header = checksum, came;

    (void)state;
    assert_true(send_under(&header, &came));
    assert_memory_equal(&came, &checksum, sizeof(came));
    header = segmented;
    header.num_buffers = 77;
    header.flags = 0xff;
    assert_true(send_under(&header, &came));
    assert_memory_equal(&came, &segmented, sizeof(came));
}

static void impossible_headers_do_not_go_out(void **state)
{
    struct virtio_net_hdr_v1 cases[8], came;
    const size_t count = sizeof(cases) / sizeof(cases[0]);

    (void)state;
    for (size_t i = 0; i < count; i++)
        cases[i] = segmented;
    cases[0].csum_start = 13;
    cases[1].csum_start = FRAME_SIZE - 17;
    cases[2].csum_offset = 0xffff;
    cases[3].gso_size = 0;
    cases[4].hdr_len = FRAME_SIZE + 1;
    cases[5].flags = 0;
    cases[6].gso_type = VIRTIO_NET_HDR_GSO_UDP;
    cases[7].gso_type = VIRTIO_NET_HDR_GSO_TCPV4 | VIRTIO_NET_HDR_GSO_ECN;
    for (size_t i = 0; i < count; i++) {
        if (send_under(&cases[i], &came))
            fail_msg("case %zu went out", i);
    }
    assert_false(driver_needs_reset(&driver));
}

/* From the network, under a header of its own. */
static void arrive_under(const struct virtio_net_hdr_v1 *header, char fill,
                         size_t size)
{
    static char packet[HEADER_SIZE + 65536];

    memcpy(packet, header, sizeof(*header));
    memset(packet + HEADER_SIZE, fill, size);
    assert_int_equal(write(wire, packet, HEADER_SIZE + size),
                     HEADER_SIZE + size);
}

static void a_long_frame_is_spread_over_buffers(void **state)
{
    const size_t size = 5000;
    struct virtio_net_hdr_v1 header = segmented;
    struct vring_used_elem element = {0};
    const char *bytes = driver_bytes(&driver, BUFFERS);
    size_t total = 0;

    (void)state;
    give_buffer(0, BUFFER_SIZE);
    give_buffer(1, BUFFER_SIZE);
    arrive_under(&header, 'l', size);
    expect_no_frame(); /* not a part of it either */
    give_buffer(2, BUFFER_SIZE);
    give_buffer(3, BUFFER_SIZE);
    for (int i = 0; i < 3; i++) {
        assert_true(driver_take_used(&driver, RECEIVE, &element));
        total += element.len;
    }
    assert_int_equal(total, HEADER_SIZE + size);
    header.num_buffers = 3;
    assert_memory_equal(bytes, &header, sizeof(header));
    for (size_t i = HEADER_SIZE; i < HEADER_SIZE + size; i++)
        assert_int_equal(bytes[i], 'l');
    arrive_under(&checksum, 's', FRAME_SIZE);
    driver_run(&driver);
    assert_true(driver_take_used(&driver, RECEIVE, &element));
    assert_int_equal(element.len, HEADER_SIZE + FRAME_SIZE);
}

static void a_frame_that_no_queue_of_buffers_holds_is_dropped(void **state)
{
    struct vring_used_elem element = {0};

    (void)state;
    for (uint64_t i = 0; i < DRIVER_QUEUE_SIZE; i++)
        give_buffer(i, HEADER_SIZE + 20);
    arrive_under(&segmented, 'x', 5000);
    arrive_under(&checksum, 'a', 50);
    driver_run(&driver);
    assert_true(driver_take_used(&driver, RECEIVE, &element));
    assert_int_equal(element.len, HEADER_SIZE + 20);
    assert_true(driver_take_used(&driver, RECEIVE, &element));
    assert_int_equal(element.len, HEADER_SIZE + 50 - HEADER_SIZE - 20);
    expect_no_frame();
}

static void frames_that_the_guest_does_not_know_are_dropped(void **state)
{
    struct virtio_net_hdr_v1 header = segmented;

    (void)state;
    give_buffer(0, BUFFER_SIZE);
    header.gso_type = VIRTIO_NET_HDR_GSO_UDP;
    arrive_under(&header, 'x', FRAME_SIZE);
    expect_no_frame();
    assert_false(driver_needs_reset(&driver));
}

static void the_tap_leaves_what_the_guest_takes(void **state)
{
    const uint64_t tso4 = 1ull << VIRTIO_NET_F_GUEST_TSO4,
                   sums = 1ull << VIRTIO_NET_F_GUEST_CSUM;

    (void)state;
    assert_int_equal(net_tap_offloads(0), 0);
    assert_int_equal(net_tap_offloads(tso4), 0);
    assert_int_equal(net_tap_offloads(sums), TUN_F_CSUM);
    assert_int_equal(net_tap_offloads(sums | tso4), TUN_F_CSUM | TUN_F_TSO4);
    assert_int_equal(net_tap_offloads(NET_OFFLOADS),
                     TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6);
}

static void random_traffic_does_no_harm(void **state)
{
    char packet[4096] = "";

    (void)state;
    srand(5);
    for (int i = 0; i < ITERATIONS; i++) {
        unsigned int queue = (unsigned int)(rand() % 2);
        struct piece piece = {
            rand() % 40 == 0 ? DRIVER_MEMORY_SIZE - 64 : FRAME,
            (uint32_t)(rand() % 3000), (rand() % 20 == 0) != (queue == 0)};

        driver_add(&driver, queue, &piece, 1);
        driver_notify(&driver, queue);
        packet[1] = (char)(rand() % 6);
        if (rand() % 3 == 0 && write(wire, packet, (size_t)(rand() % 4000)) < 0)
            assert_int_equal(errno, EAGAIN);
        driver_run(&driver);
        while (read(wire, packet, sizeof(packet)) > 0)
            continue;
        if (driver_needs_reset(&driver)) {
            driver.allocated = 4096;
            driver_start(&driver, rand() % 2 == 0 ? 0
                                                  : driver_offered(&driver) &
                                                        ~NET_OFFLOADS);
        }
    }
}

/* Up, with the address 10.9.0.1/24. */
static int check_configuration(int tap, int control, struct ifreq *request)
{
    struct error error = {0};
    struct sockaddr_in address;

    if ((request->ifr_flags & IFF_UP) != 0 ||
        tap_bring_up(tap, 0x0a090001, 24, &error) < 0 ||
        ioctl(control, SIOCGIFFLAGS, request) < 0 ||
        (request->ifr_flags & IFF_UP) == 0)
        return 6;
    if (ioctl(control, SIOCGIFADDR, request) < 0)
        return 7;
    memcpy(&address, &request->ifr_addr, sizeof(address));
    if (address.sin_addr.s_addr != htonl(0x0a090001))
        return 8;
    if (ioctl(control, SIOCGIFNETMASK, request) < 0)
        return 9;
    memcpy(&address, &request->ifr_netmask, sizeof(address));
    return address.sin_addr.s_addr == htonl(0xffffff00) ? 0 : 10;
}

/* In a network namespace of its own, which ends with the child. */
static int use_tap(void)
{
    struct ifreq request = {.ifr_name = "ringside9"};
    struct error error = {0};
    int tap, control;

    if (netns_enter(NULL, &error) < 0)
        return 77;
    if (tap_open("a-name-of-16-byt", &tap, &error) != -EINVAL)
        return 1;
    if (tap_open("ringside%d", &tap, &error) < 0)
        return errno == ENOENT || errno == EPERM ? 77 : 2;
    close(tap);
    if (tap_open("ringside9", &tap, &error) < 0)
        return 3;
    control = socket(AF_INET, SOCK_DGRAM, 0);
    if (ioctl(control, SIOCGIFFLAGS, &request) < 0)
        return 4;
    if (read(tap, &error, sizeof(error)) >= 0 || errno != EAGAIN)
        return 5;
    return check_configuration(tap, control, &request);
}

static void tap_is_made_where_we_are(void **state)
{
    pid_t child = fork();
    int status;

    (void)state;
    if (child == 0)
        _exit(use_tap());
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WEXITSTATUS(status) == 77) {
        print_message("needs root and /dev/net/tun\n");
        skip();
    }
    assert_int_equal(status, 0);
}

static void what_is_no_network_namespace_is_named(void **state)
{
    static const char *const paths[] = {"/nowhere", "/dev/null", "/",
                                        "/proc/self/ns/mnt"};

    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct error error = {0};

        assert_true(netns_enter(paths[i], &error) < 0);
        assert_non_null(strstr(error.text, paths[i]));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, plug, unplug)
#define OFFLOAD_TEST(name) \
    cmocka_unit_test_setup_teardown(name, plug_with_offloads, unplug)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(config_tells_address_and_link),
        TEST(frame_goes_out_with_a_header_of_ours),
        TEST(impossible_frames_do_not_go_out),
        TEST(frame_comes_in),
        TEST(frames_wait_for_buffers),
        TEST(oversize_frame_is_dropped_and_the_buffer_kept),
        TEST(short_packet_is_dropped),
        TEST(reset_forgets_the_waiting_frame),
        TEST(hostile_buffer_stops_both_ways),
        OFFLOAD_TEST(what_was_negotiated_is_left_to_the_host),
        OFFLOAD_TEST(impossible_headers_do_not_go_out),
        OFFLOAD_TEST(a_long_frame_is_spread_over_buffers),
        OFFLOAD_TEST(a_frame_that_no_queue_of_buffers_holds_is_dropped),
        OFFLOAD_TEST(frames_that_the_guest_does_not_know_are_dropped),
        cmocka_unit_test(the_tap_leaves_what_the_guest_takes),
        TEST(random_traffic_does_no_harm),
        cmocka_unit_test(tap_is_made_where_we_are),
        cmocka_unit_test(what_is_no_network_namespace_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
