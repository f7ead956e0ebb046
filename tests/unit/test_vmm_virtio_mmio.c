/* The transport: registers, negotiation, status, interrupts, reset. */
#include "virtio_driver.h"

#include "vmm/virtio_rng.h"

#include <poll.h>
#include <stdlib.h>

enum { BUFFER = 1 << 20, BUFFER_SIZE = 64, ITERATIONS = 20000 };

static const uint64_t version_1 = 1ull << VIRTIO_F_VERSION_1;

static struct driver driver;

static int plug(void **state)
{
    struct virtio_device *device;
    struct error error = {0};

    (void)state;
    if (virtio_rng_create(&device, &error) < 0)
        return -1;
    driver_create(&driver, device);
    return 0;
}

static int unplug(void **state)
{
    (void)state;
    driver_release(&driver);
    return 0;
}

static void device_tells_what_it_is(void **state)
{
    (void)state;
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_MAGIC_VALUE), 0x74726976);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_VERSION), 2);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_DEVICE_ID),
                     VIRTIO_ID_RNG);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_STATUS), 0);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_SHM_LEN_LOW), UINT32_MAX);
    assert_int_equal(virtio_mmio_device(driver.mmio)->base, driver_base);
    assert_int_equal(virtio_mmio_notify_address(driver.mmio),
                     driver_base + VIRTIO_MMIO_QUEUE_NOTIFY);
    assert_int_equal(virtio_mmio_queue_count(driver.mmio), 1);
}

static void features_come_in_two_pages(void **state)
{
    const uint64_t common = version_1 | 1ull << VIRTIO_RING_F_INDIRECT_DESC |
                            1ull << VIRTIO_RING_F_EVENT_IDX;

    (void)state;
    assert_int_equal(driver_offered(&driver), common);
    driver_write(&driver, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 2);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_DEVICE_FEATURES), 0);
}

static void only_offered_features_of_version_1_are_accepted(void **state)
{
    (void)state;
    assert_false(driver_negotiate(&driver, 0));
    assert_false(
        driver_negotiate(&driver, 1ull << VIRTIO_RING_F_INDIRECT_DESC));
    assert_false(driver_negotiate(&driver, version_1 | 1));
    assert_false(
        driver_negotiate(&driver, version_1 | 1ull << VIRTIO_F_RING_PACKED));
    assert_true(driver_negotiate(&driver, version_1));
    assert_true(driver_negotiate(&driver, driver_offered(&driver)));
}

static void features_are_settled_by_features_ok(void **state)
{
    (void)state;
    driver_start(&driver, version_1);
    driver_write(&driver, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
    driver_write(&driver, VIRTIO_MMIO_DRIVER_FEATURES,
                 1u << VIRTIO_RING_F_EVENT_IDX);
    driver_write(&driver, VIRTIO_MMIO_QUEUE_READY, 0);
    driver_enable_queue(&driver, 0, 8);
    /* With the event index this flag would mean nothing. */
    *(uint16_t *)driver_bytes(&driver, driver.queues[0].available_ring) =
        VRING_AVAIL_F_NO_INTERRUPT;
    driver_submit(&driver, 0, &(struct piece){BUFFER, 1, true}, 1);
    assert_int_equal(driver_take_interrupt(&driver), 0);
}

static void driver_ok_needs_features_ok(void **state)
{
    (void)state;
    driver_write(&driver, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_ACKNOWLEDGE);
    driver_write(&driver, VIRTIO_MMIO_STATUS,
                 VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER |
                     VIRTIO_CONFIG_S_FEATURES_OK | VIRTIO_CONFIG_S_DRIVER_OK);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_STATUS),
                     VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER);
}

static void status_bits_only_go_by_reset(void **state)
{
    (void)state;
    driver_start(&driver, 0);
    driver_write(&driver, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_ACKNOWLEDGE);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_STATUS), 0xf);
    driver_write(&driver, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_NEEDS_RESET);
    assert_false(driver_needs_reset(&driver));
    driver_write(&driver, VIRTIO_MMIO_STATUS, 0);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_STATUS), 0);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_QUEUE_READY), 0);
}

static void registers_are_four_bytes_wide(void **state)
{
    struct device *device = virtio_mmio_device(driver.mmio);
    const uint64_t all = UINT64_MAX;

    (void)state;
    for (unsigned int size = 1; size <= 8; size *= 2) {
        uint64_t value = all;

        if (size == 4)
            continue;
        device->read(device, VIRTIO_MMIO_MAGIC_VALUE, &value, size);
        assert_int_equal(value, size == 8 ? 0 : all << (8 * size));
        device->write(device, VIRTIO_MMIO_STATUS, &all, size);
    }
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_STATUS), 0);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_MAGIC_VALUE + 2), 0);
}

static void queue_that_there_is_not_has_no_size(void **state)
{
    (void)state;
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_QUEUE_NUM_MAX), 256);
    driver_write(&driver, VIRTIO_MMIO_QUEUE_SEL, 1);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_QUEUE_NUM_MAX), 0);
    driver_write(&driver, VIRTIO_MMIO_QUEUE_SEL, UINT32_MAX);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_QUEUE_NUM_MAX), 0);
    driver_write(&driver, VIRTIO_MMIO_QUEUE_NUM, 8);
    driver_write(&driver, VIRTIO_MMIO_QUEUE_READY, 1);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_QUEUE_READY), 0);
    driver_notify(&driver, 1);
    driver_notify(&driver, UINT32_MAX);
    assert_false(driver_needs_reset(&driver));
}

static void queue_in_use_cannot_be_moved(void **state)
{
    (void)state;
    driver_start(&driver, 0);
    driver_write_address(&driver, VIRTIO_MMIO_QUEUE_USED_LOW, UINT64_MAX - 3);
    driver_write(&driver, VIRTIO_MMIO_QUEUE_NUM, 3);
    assert_int_equal(
        driver_submit(&driver, 0, &(struct piece){BUFFER, 1, true}, 1), 1);
}

static void bad_queue_fails_the_device(void **state)
{
    static const uint32_t sizes[] = {0, 3, 257, 512, 65536 + 8, UINT32_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_true(driver_negotiate(&driver, version_1));
        driver_write(&driver, VIRTIO_MMIO_QUEUE_SEL, 0);
        driver_write(&driver, VIRTIO_MMIO_QUEUE_NUM, sizes[i]);
        driver_write(&driver, VIRTIO_MMIO_QUEUE_READY, 1);
        assert_int_equal(driver_read(&driver, VIRTIO_MMIO_QUEUE_READY), 0);
        assert_true(driver_needs_reset(&driver));
    }
    driver_start(&driver, 0);
    assert_false(driver_needs_reset(&driver));
}

static void hostile_ring_fails_the_device_until_reset(void **state)
{
    (void)state;
    driver_start(&driver, 0);
    driver_add(&driver, 0, &(struct piece){DRIVER_MEMORY_SIZE - 1, 2, true}, 1);
    driver_notify(&driver, 0);
    driver_run(&driver);
    assert_true(driver_needs_reset(&driver));
    assert_int_equal(driver_take_interrupt(&driver), VIRTIO_MMIO_INT_CONFIG);
    driver_notify(&driver, 0);
    driver_run(&driver);
    assert_int_equal(driver_take_interrupt(&driver), 0);
    driver_start(&driver, 0);
    assert_int_equal(
        driver_submit(&driver, 0, &(struct piece){BUFFER, 1, true}, 1), 1);
}

static void interrupt_status_holds_until_acknowledged(void **state)
{
    (void)state;
    driver_start(&driver, 0);
    driver_submit(&driver, 0, &(struct piece){BUFFER, 1, true}, 1);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_INTERRUPT_STATUS),
                     VIRTIO_MMIO_INT_VRING);
    driver_write(&driver, VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_CONFIG);
    assert_int_equal(driver_take_interrupt(&driver), VIRTIO_MMIO_INT_VRING);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_INTERRUPT_STATUS), 0);
}

static void notification_by_eventfd_is_as_good(void **state)
{
    struct vring_used_elem element;

    (void)state;
    driver_start(&driver, 0);
    driver_run(&driver);
    driver_add(&driver, 0, &(struct piece){BUFFER, 16, true}, 1);
    assert_int_equal(eventfd_write(virtio_mmio_queue_fd(driver.mmio, 0), 1), 0);
    driver_run(&driver);
    assert_true(driver_take_used(&driver, 0, &element));
}

static void buffers_from_before_driver_ok_are_served(void **state)
{
    struct vring_used_elem element;

    (void)state;
    assert_true(driver_negotiate(&driver, version_1));
    driver_enable_queue(&driver, 0, 8);
    driver_add(&driver, 0, &(struct piece){BUFFER, 16, true}, 1);
    driver_notify(&driver, 0);
    driver_run(&driver);
    assert_false(driver_take_used(&driver, 0, &element));
    driver_ok(&driver);
    driver_run(&driver);
    assert_true(driver_take_used(&driver, 0, &element));
}

static void reset_forgets_requests_in_flight(void **state)
{
    struct vring_used_elem element;

    (void)state;
    driver_start(&driver, 0);
    driver_add(&driver, 0, &(struct piece){BUFFER, 16, true}, 1);
    driver_notify(&driver, 0);
    driver_write(&driver, VIRTIO_MMIO_STATUS, 0);
    driver_run(&driver);
    assert_false(driver_take_used(&driver, 0, &element));
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_INTERRUPT_STATUS), 0);
    driver_start(&driver, 0);
    assert_int_equal(
        driver_submit(&driver, 0, &(struct piece){BUFFER, 16, true}, 1), 16);
}

static void random_bytes_fill_the_buffers(void **state)
{
    const struct piece pieces[] = {{BUFFER, BUFFER_SIZE, true},
                                   {BUFFER + 8192, 3, true}};
    static const char zeros[BUFFER_SIZE];

    (void)state;
    driver_start(&driver, 0);
    assert_int_equal(driver_submit(&driver, 0, pieces, 2), BUFFER_SIZE + 3);
    assert_memory_not_equal(driver_bytes(&driver, BUFFER), zeros, BUFFER_SIZE);
    assert_int_equal(*(char *)driver_bytes(&driver, BUFFER + 8192 + 3), 0);
    assert_int_equal(
        driver_submit(&driver, 0, &(struct piece){BUFFER, 8, false}, 1), 0);
}

static void request_for_much_gets_some(void **state)
{
    (void)state;
    driver_start(&driver, 0);
    assert_int_equal(
        driver_submit(&driver, 0, &(struct piece){0x80000, 1 << 20, true}, 1),
        64 << 10);
}

/* Half of the accesses are what a driver does, so that it comes far. */
static void one_random_access(void)
{
    static const uint32_t values[] = {
        0, 1, 3, 7, 8, 11, 15, 64, 0x1000, 0x2000, 0x3000, UINT32_MAX};
    struct device *device = virtio_mmio_device(driver.mmio);
    uint64_t offset = (uint64_t)(rand() % 0x110), value;
    unsigned int size = 1u << rand() % 4;

    if (rand() % 8 != 0) {
        offset &= ~3ull;
        size = 4;
    }
    value = rand() % 8 == 0
                ? (uint64_t)rand()
                : values[(size_t)rand() % (sizeof(values) / sizeof(values[0]))];
    if (rand() % 2 == 0)
        device->write(device, offset, &value, size);
    else
        device->read(device, offset, &value, size);
}

static void random_accesses_do_no_harm(void **state)
{
    (void)state;
    srand(2);
    for (int i = 0; i < ITERATIONS; i++) {
        if (rand() % 200 == 0 && driver_negotiate(&driver, version_1)) {
            driver.allocated = 4096;
            driver_enable_queue(&driver, 0, 16);
            driver_ok(&driver);
        }
        if (rand() % 10 == 0)
            memset(driver_bytes(&driver, 4096), rand(), (size_t)(rand() % 512));
        one_random_access();
        driver_run(&driver);
    }
    driver.allocated = 4096;
    memset(driver_bytes(&driver, 0), 0, DRIVER_MEMORY_SIZE);
    driver_start(&driver, 0);
    assert_int_equal(
        driver_submit(&driver, 0, &(struct piece){65536, 16, true}, 1), 16);
}

/* With the thread: the driver sleeps until the interrupt. */
static void thread_serves_and_interrupts(void **state)
{
    struct pollfd wait = {.fd = virtio_mmio_irq_fd(driver.mmio),
                          .events = POLLIN};
    struct vring_used_elem element;
    struct error error = {0};

    (void)state;
    driver_start(&driver, version_1);
    assert_int_equal(io_loop_start(driver.loop, &error), 0);
    for (int i = 0; i < 1000; i++) {
        driver_add(&driver, 0, &(struct piece){BUFFER, 16, true}, 1);
        driver_notify(&driver, 0);
        assert_int_equal(poll(&wait, 1, 10000), 1);
        assert_int_equal(driver_take_interrupt(&driver), VIRTIO_MMIO_INT_VRING);
        assert_true(driver_take_used(&driver, 0, &element));
    }
}

/* What the guest said last is heard, however soon it powers off. */
static void stopped_thread_has_served_what_was_notified(void **state)
{
    struct vring_used_elem element;
    struct error error = {0};

    (void)state;
    driver_start(&driver, version_1);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(io_loop_start(driver.loop, &error), 0);
        driver_add(&driver, 0, &(struct piece){BUFFER, 16, true}, 1);
        driver_notify(&driver, 0);
        io_loop_stop(driver.loop);
        assert_true(driver_take_used(&driver, 0, &element));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, plug, unplug)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(device_tells_what_it_is),
        TEST(features_come_in_two_pages),
        TEST(only_offered_features_of_version_1_are_accepted),
        TEST(features_are_settled_by_features_ok),
        TEST(driver_ok_needs_features_ok),
        TEST(status_bits_only_go_by_reset),
        TEST(registers_are_four_bytes_wide),
        TEST(queue_that_there_is_not_has_no_size),
        TEST(queue_in_use_cannot_be_moved),
        TEST(bad_queue_fails_the_device),
        TEST(hostile_ring_fails_the_device_until_reset),
        TEST(interrupt_status_holds_until_acknowledged),
        TEST(notification_by_eventfd_is_as_good),
        TEST(buffers_from_before_driver_ok_are_served),
        TEST(reset_forgets_requests_in_flight),
        TEST(random_bytes_fill_the_buffers),
        TEST(request_for_much_gets_some),
        TEST(random_accesses_do_no_harm),
        TEST(thread_serves_and_interrupts),
        TEST(stopped_thread_has_served_what_was_notified),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
