/* The block device: what is written is read, and nothing beyond the image. */
#include "virtio_driver.h"

#include "vmm/virtio_block.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/virtio_blk.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SECTORS = 64,
    SECTOR_SIZE = 512,
    HEADER = 0x100000, /* guest-physical places of a request's parts */
    STATUS = 0x101000,
    DATA = 0x110000,
    NO_STATUS = 0x55,
    ITERATIONS = 20000,
};

static struct driver driver;
static char path[64];

static void make_image(off_t size)
{
    int fd;

    strcpy(path, "/tmp/ringside-block-XXXXXX");
    fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, size), 0);
    close(fd);
}

static void plug(bool read_only, uint64_t features)
{
    struct virtio_device *device;
    struct error error = {0};

    assert_int_equal(virtio_block_create(path, read_only, &device, &error), 0);
    driver_create(&driver, device);
    driver_start(&driver, features);
}

static int writable(void **state)
{
    (void)state;
    make_image(SECTORS * SECTOR_SIZE);
    plug(false, 0);
    return 0;
}

static int read_only(void **state)
{
    (void)state;
    make_image(SECTORS * SECTOR_SIZE);
    plug(true, 0);
    return 0;
}

static int unplug(void **state)
{
    (void)state;
    driver_release(&driver);
    unlink(path);
    return 0;
}

/* One request with one piece of data; its status, and the bytes written. */
static uint8_t request(uint32_t type, uint64_t sector, uint32_t size,
                       bool into_memory, uint32_t *written)
{
    const struct virtio_blk_outhdr header = {.type = type, .sector = sector};
    const struct piece pieces[] = {{HEADER, sizeof(header), false},
                                   {DATA, size, into_memory},
                                   {STATUS, 1, true}};
    uint8_t *status = driver_bytes(&driver, STATUS);
    uint32_t length;

    *status = NO_STATUS;
    memcpy(driver_bytes(&driver, HEADER), &header, sizeof(header));
    length = driver_submit(&driver, 0, pieces, 3);
    if (written != NULL)
        *written = length;
    return *status;
}

static uint8_t read_sectors(uint64_t sector, uint32_t size)
{
    return request(VIRTIO_BLK_T_IN, sector, size, true, NULL);
}

static uint8_t write_sectors(uint64_t sector, uint32_t size)
{
    return request(VIRTIO_BLK_T_OUT, sector, size, false, NULL);
}

static void config_tells_the_capacity(void **state)
{
    struct device *device = virtio_mmio_device(driver.mmio);
    uint64_t capacity;
    uint8_t byte;

    (void)state;
    device->read(device, VIRTIO_MMIO_CONFIG, &capacity, sizeof(capacity));
    assert_int_equal(capacity, SECTORS);
    device->read(device, VIRTIO_MMIO_CONFIG, &byte, 1);
    assert_int_equal(byte, SECTORS);
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_CONFIG + 12), 254);
    device->read(device, VIRTIO_MMIO_SIZE - 8, &capacity, sizeof(capacity));
    assert_int_equal(capacity, 0);
    assert_true(driver_offered(&driver) & 1ull << VIRTIO_BLK_F_FLUSH);
    assert_false(driver_offered(&driver) & 1ull << VIRTIO_BLK_F_RO);
}

static void what_is_written_is_read(void **state)
{
    char *data = driver_bytes(&driver, DATA);
    char expected[4 * SECTOR_SIZE], on_disk[4 * SECTOR_SIZE];
    uint32_t written;
    int fd;

    (void)state;
    for (size_t i = 0; i < sizeof(expected); i++)
        expected[i] = (char)(i * 7 + i / 256);
    memcpy(data, expected, sizeof(expected));
    assert_int_equal(write_sectors(3, sizeof(expected)), VIRTIO_BLK_S_OK);
    assert_int_equal(request(VIRTIO_BLK_T_FLUSH, 0, 0, false, &written),
                     VIRTIO_BLK_S_OK);
    assert_int_equal(written, 1);
    memset(data, 0, sizeof(expected));
    assert_int_equal(
        request(VIRTIO_BLK_T_IN, 3, sizeof(expected), true, &written),
        VIRTIO_BLK_S_OK);
    assert_int_equal(written, sizeof(expected) + 1);
    assert_memory_equal(data, expected, sizeof(expected));
    fd = open(path, O_RDONLY);
    assert_int_equal(
        pread(fd, on_disk, sizeof(on_disk), (off_t)3 * SECTOR_SIZE),
        sizeof(on_disk));
    assert_memory_equal(on_disk, expected, sizeof(expected));
    close(fd);
}

/* Any split into pieces is fine (2.7.4.1), even of header and status. */
static void pieces_may_be_cut_anywhere(void **state)
{
    const struct virtio_blk_outhdr header = {.type = VIRTIO_BLK_T_IN,
                                             .sector = 1};
    const struct piece pieces[] = {
        {HEADER, 3, false},      {HEADER + 3, 13, false},
        {DATA, 100, true},       {DATA + 100, 412, true},
        {DATA + 512, 512, true}, {DATA + 1024, 513, true}};
    uint8_t *status = driver_bytes(&driver, DATA + 3 * SECTOR_SIZE);

    (void)state;
    memset(driver_bytes(&driver, DATA), 0xee, 4096);
    memcpy(driver_bytes(&driver, HEADER), &header, sizeof(header));
    assert_int_equal(driver_submit(&driver, 0, pieces, 6), 3 * SECTOR_SIZE + 1);
    assert_int_equal(*status, VIRTIO_BLK_S_OK);
    assert_int_equal(status[-1], 0);
    assert_int_equal(status[1], 0xee);
}

static void device_has_a_name(void **state)
{
    uint32_t written;

    (void)state;
    assert_int_equal(
        request(VIRTIO_BLK_T_GET_ID, 0, VIRTIO_BLK_ID_BYTES, true, &written),
        VIRTIO_BLK_S_OK);
    assert_int_equal(written, VIRTIO_BLK_ID_BYTES + 1);
    assert_string_equal(driver_bytes(&driver, DATA), "ringside");
}

static void sectors_outside_are_errors(void **state)
{
    static const struct {
        uint64_t sector;
        uint32_t size;
        uint8_t status;
    } cases[] = {
        {SECTORS - 1, SECTOR_SIZE, VIRTIO_BLK_S_OK},
        {SECTORS, 0, VIRTIO_BLK_S_OK},
        {0, SECTORS * SECTOR_SIZE, VIRTIO_BLK_S_OK},
        {SECTORS, SECTOR_SIZE, VIRTIO_BLK_S_IOERR},
        {SECTORS - 1, 2 * SECTOR_SIZE, VIRTIO_BLK_S_IOERR},
        {0, (SECTORS + 1) * SECTOR_SIZE, VIRTIO_BLK_S_IOERR},
        {UINT64_MAX, SECTOR_SIZE, VIRTIO_BLK_S_IOERR},
        {UINT64_MAX / SECTOR_SIZE, SECTOR_SIZE, VIRTIO_BLK_S_IOERR},
        {1ull << 55, SECTOR_SIZE, VIRTIO_BLK_S_IOERR},
        {1ull << 63, 0, VIRTIO_BLK_S_IOERR},
        {0, 1, VIRTIO_BLK_S_IOERR},
        {0, SECTOR_SIZE + 1, VIRTIO_BLK_S_IOERR},
    };
    struct stat status;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(read_sectors(cases[i].sector, cases[i].size),
                         cases[i].status);
        assert_int_equal(write_sectors(cases[i].sector, cases[i].size),
                         cases[i].status);
    }
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, SECTORS * SECTOR_SIZE);
    assert_false(driver_needs_reset(&driver));
}

static void unknown_requests_are_unsupported(void **state)
{
    static const uint32_t types[] = {
        2, 3, 9, VIRTIO_BLK_T_DISCARD, VIRTIO_BLK_T_WRITE_ZEROES, UINT32_MAX};
    uint32_t written;

    (void)state;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        assert_int_equal(request(types[i], 0, SECTOR_SIZE, true, &written),
                         VIRTIO_BLK_S_UNSUPP);
        assert_int_equal(written, 1);
    }
}

static void request_without_header_or_status_fails_the_device(void **state)
{
    const struct piece no_status[] = {{HEADER, 16, false}};
    const struct piece no_header[] = {{STATUS, 1, true}};
    const struct piece short_header[] = {{HEADER, 15, false},
                                         {STATUS, 1, true}};
    const struct {
        const struct piece *pieces;
        size_t count;
    } cases[] = {{no_status, 1}, {no_header, 1}, {short_header, 2}};
    struct vring_used_elem element;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        driver_start(&driver, 0);
        driver_add(&driver, 0, cases[i].pieces, cases[i].count);
        driver_notify(&driver, 0);
        driver_run(&driver);
        assert_true(driver_needs_reset(&driver));
        assert_false(driver_take_used(&driver, 0, &element));
    }
    driver_start(&driver, 0);
    assert_int_equal(read_sectors(0, SECTOR_SIZE), VIRTIO_BLK_S_OK);
}

static void image_cut_short_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(truncate(path, 700), 0);
    assert_int_equal(read_sectors(0, SECTOR_SIZE), VIRTIO_BLK_S_OK);
    assert_int_equal(read_sectors(1, SECTOR_SIZE), VIRTIO_BLK_S_IOERR);
    assert_int_equal(read_sectors(8, SECTOR_SIZE), VIRTIO_BLK_S_IOERR);
}

static void read_only_image_stays_as_it_is(void **state)
{
    (void)state;
    assert_true(driver_offered(&driver) & 1ull << VIRTIO_BLK_F_RO);
    assert_int_equal(read_sectors(0, SECTOR_SIZE), VIRTIO_BLK_S_OK);
    memset(driver_bytes(&driver, DATA), 'x', SECTOR_SIZE);
    assert_int_equal(write_sectors(0, SECTOR_SIZE), VIRTIO_BLK_S_IOERR);
    assert_int_equal(read_sectors(0, SECTOR_SIZE), VIRTIO_BLK_S_OK);
    assert_int_equal(*(char *)driver_bytes(&driver, DATA), 0);
}

static void driver_without_flush_is_served_too(void **state)
{
    (void)state;
    driver_start(&driver, 1ull << VIRTIO_F_VERSION_1);
    memset(driver_bytes(&driver, DATA), 'x', SECTOR_SIZE);
    assert_int_equal(write_sectors(2, SECTOR_SIZE), VIRTIO_BLK_S_OK);
    memset(driver_bytes(&driver, DATA), 0, SECTOR_SIZE);
    assert_int_equal(read_sectors(2, SECTOR_SIZE), VIRTIO_BLK_S_OK);
    assert_int_equal(*(char *)driver_bytes(&driver, DATA), 'x');
}

/* More requests than one round serves, all in the queue at once. */
static void full_queue_is_served(void **state)
{
    const struct virtio_blk_outhdr header = {.type = VIRTIO_BLK_T_IN};
    struct vring_used_elem element;
    unsigned int done = 0;

    (void)state;
    memcpy(driver_bytes(&driver, HEADER), &header, sizeof(header));
    for (uint32_t i = 0; i < DRIVER_QUEUE_SIZE / 2; i++) {
        const struct piece pieces[] = {{HEADER, sizeof(header), false},
                                       {STATUS + i, 1, true}};

        driver_add(&driver, 0, pieces, 2);
    }
    driver_notify(&driver, 0);
    driver_run(&driver);
    while (driver_take_used(&driver, 0, &element))
        done++;
    assert_int_equal(done, DRIVER_QUEUE_SIZE / 2);
    assert_int_equal(driver_take_interrupt(&driver), VIRTIO_MMIO_INT_VRING);
}

static void random_requests_do_no_harm(void **state)
{
    (void)state;
    srand(3);
    for (int i = 0; i < ITERATIONS; i++) {
        struct virtio_blk_outhdr header = {
            .type = (uint32_t)(rand() % 12),
            .sector = rand() % 4 == 0 ? (uint64_t)rand() << 33
                                      : (uint64_t)(rand() % (SECTORS + 2))};
        struct piece pieces[4];
        size_t count = 1 + (size_t)(rand() % 4);

        memcpy(driver_bytes(&driver, HEADER), &header, sizeof(header));
        for (size_t j = 0; j < count; j++) {
            pieces[j] = (struct piece){
                rand() % 50 == 0 ? DRIVER_MEMORY_SIZE - 300
                                 : HEADER + (uint64_t)j * 0x10000,
                rand() % 3 == 0 ? 16 : (uint32_t)(rand() % 5 * 512),
                rand() % 2 == 0 || j > 1};
        }
        driver_add(&driver, 0, pieces, count);
        driver_notify(&driver, 0);
        driver_run(&driver);
        if (driver_needs_reset(&driver)) {
            driver.allocated = 4096;
            driver_start(&driver, 0);
        }
    }
    driver.allocated = 4096;
    driver_start(&driver, 0);
    assert_int_equal(read_sectors(0, SECTOR_SIZE), VIRTIO_BLK_S_OK);
}

static void assert_refused(const char *image, bool as_read_only, int code,
                           const char *words)
{
    struct virtio_device *device;
    struct error error = {0};

    assert_int_equal(virtio_block_create(image, as_read_only, &device, &error),
                     -code);
    assert_non_null(strstr(error.text, image));
    assert_non_null(strstr(error.text, words));
}

static void impossible_images_are_refused(void **state)
{
    (void)state;
    make_image(SECTOR_SIZE + 1);
    assert_refused(path, true, EINVAL, "whole sectors");
    assert_int_equal(truncate(path, 0), 0);
    assert_refused(path, true, EINVAL, "at least one");
    unlink(path);
    assert_refused(path, true, ENOENT, "No such file");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_refused(path, true, EINVAL, "a file or a block device");
    unlink(path);
    assert_refused("/tmp", true, EINVAL, "a file or a block device");
    assert_refused("/dev/null", false, EINVAL, "a file or a block device");
}

/* The image of the set-up is open for writing. */
static void image_has_one_writer_or_many_readers(void **state)
{
    struct virtio_device *first, *second;
    struct error error = {0};

    (void)state;
    assert_refused(path, true, EBUSY, "open for writing");
    assert_refused(path, false, EBUSY, "in use");
    driver_release(&driver);
    assert_int_equal(virtio_block_create(path, true, &first, &error), 0);
    assert_int_equal(virtio_block_create(path, true, &second, &error), 0);
    assert_refused(path, false, EBUSY, "in use");
    virtio_device_release(first);
    virtio_device_release(second);
    plug(false, 0);
}

static void guest_that_is_being_ended_gets_no_more(void **state)
{
    (void)state;
    assert_int_equal(read_sectors(0, SECTOR_SIZE), VIRTIO_BLK_S_OK);
    io_loop_begin_end(driver.loop);
    assert_int_equal(read_sectors(0, SECTOR_SIZE), VIRTIO_BLK_S_IOERR);
    assert_int_equal(write_sectors(0, SECTOR_SIZE), VIRTIO_BLK_S_IOERR);
}

#define TEST(name, setup) cmocka_unit_test_setup_teardown(name, setup, unplug)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(config_tells_the_capacity, writable),
        TEST(what_is_written_is_read, writable),
        TEST(pieces_may_be_cut_anywhere, writable),
        TEST(device_has_a_name, writable),
        TEST(sectors_outside_are_errors, writable),
        TEST(unknown_requests_are_unsupported, writable),
        TEST(request_without_header_or_status_fails_the_device, writable),
        TEST(image_cut_short_is_an_error, writable),
        TEST(read_only_image_stays_as_it_is, read_only),
        TEST(driver_without_flush_is_served_too, writable),
        TEST(full_queue_is_served, writable),
        TEST(random_requests_do_no_harm, writable),
        TEST(guest_that_is_being_ended_gets_no_more, writable),
        cmocka_unit_test(impossible_images_are_refused),
        TEST(image_has_one_writer_or_many_readers, writable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
