/*
 * The console with several ports, spoken to as Linux's driver does: the
 * handshake on the control queues, then bytes both ways and their end.
 */
#include "virtio_driver.h"

#include "vmm/interrupt.h"
#include "vmm/virtio_console.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/virtio_console.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    CONTROL_RECEIVE = 2,
    CONTROL_TRANSMIT = 3,
    PORT_COUNT = 3,
    STDIN_PORT = 1,
    STDIN_RECEIVE = 4,
    STDOUT_PORT = 2,
    STDOUT_TRANSMIT = 7,
    BUFFER_SIZE = 256,
    CONTROL_BUFFERS = 0x100000, /* guest-physical */
    INPUT_BUFFERS = 0x120000,
    OUTPUT = 0x140000,
    ITERATIONS = 20000,
};

static struct driver driver;
static int input[2]; /* a pipe whose read end is the stdin port's */
static char received[PORT_COUNT][4096];
static size_t received_size[PORT_COUNT];

static void receive(void *context, const void *data, size_t size)
{
    size_t port = *(const size_t *)context, left;

    left = sizeof(received[port]) - received_size[port];
    if (size > left)
        size = left;
    memcpy(received[port] + received_size[port], data, size);
    received_size[port] += size;
}

static void plug_with(int descriptor, int stdout_end)
{
    static size_t numbers[PORT_COUNT] = {0, 1, 2};
    const struct virtio_console_port ports[PORT_COUNT] = {
        {"ringside.console", true, receive, &numbers[0], -1, -1},
        {"ringside.stdin", false, receive, &numbers[1], -1, descriptor},
        {"ringside.stdout", false, stdout_end < 0 ? receive : NULL, &numbers[2],
         stdout_end, -1},
    };
    struct virtio_device *device;
    struct error error = {0};

    memset(received_size, 0, sizeof(received_size));
    assert_int_equal(virtio_console_create(ports, PORT_COUNT, &device, &error),
                     0);
    driver_create(&driver, device);
}

static int plug(void **state)
{
    (void)state;
    if (pipe2(input, O_CLOEXEC) < 0)
        return -1;
    plug_with(input[0], -1);
    return 0;
}

static void close_input(int end)
{
    if (input[end] >= 0)
        close(input[end]);
    input[end] = -1;
}

static int unplug(void **state)
{
    (void)state;
    driver_release(&driver);
    close_input(0);
    close_input(1);
    return 0;
}

static void give_control_buffers(unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        uint64_t slot = driver.queues[CONTROL_RECEIVE].available % 32;
        struct piece piece = {CONTROL_BUFFERS + slot * BUFFER_SIZE, BUFFER_SIZE,
                              true};

        driver_add(&driver, CONTROL_RECEIVE, &piece, 1);
    }
    driver_notify(&driver, CONTROL_RECEIVE);
}

static void say(uint32_t id, uint16_t event, uint16_t value)
{
    const struct virtio_console_control control = {id, event, value};

    memcpy(driver_bytes(&driver, OUTPUT), &control, sizeof(control));
    driver_submit(&driver, CONTROL_TRANSMIT,
                  &(struct piece){OUTPUT, sizeof(control), false}, 1);
}

/* The next control message, which must be this one; name is for PORT_NAME. */
static void expect_message(uint32_t id, uint16_t event, uint16_t value,
                           const char *name)
{
    uint64_t slot = driver.queues[CONTROL_RECEIVE].used % 32;
    const struct virtio_console_control *control =
        driver_bytes(&driver, CONTROL_BUFFERS + slot * BUFFER_SIZE);
    struct vring_used_elem element = {0};

    assert_true(driver_take_used(&driver, CONTROL_RECEIVE, &element));
    assert_int_equal(control->id, id);
    assert_int_equal(control->event, event);
    assert_int_equal(control->value, value);
    assert_int_equal(element.len, sizeof(*control) + strlen(name));
    assert_memory_equal(control + 1, name, strlen(name));
}

static void expect_no_message(void)
{
    struct vring_used_elem element;

    assert_false(driver_take_used(&driver, CONTROL_RECEIVE, &element));
}

/* As far as Linux goes when it finds the device. */
static void shake_hands(void)
{
    driver_start(&driver, 0);
    give_control_buffers(32);
    say(VIRTIO_CONSOLE_BAD_ID, VIRTIO_CONSOLE_DEVICE_READY, 1);
    for (uint32_t i = 0; i < PORT_COUNT; i++)
        expect_message(i, VIRTIO_CONSOLE_PORT_ADD, 1, "");
    say(0, VIRTIO_CONSOLE_PORT_READY, 1);
    expect_message(0, VIRTIO_CONSOLE_CONSOLE_PORT, 1, "");
    expect_message(0, VIRTIO_CONSOLE_PORT_OPEN, 1, "");
    expect_message(0, VIRTIO_CONSOLE_PORT_NAME, 1, "ringside.console");
    say(0, VIRTIO_CONSOLE_PORT_OPEN, 1);
    say(STDIN_PORT, VIRTIO_CONSOLE_PORT_READY, 1);
    expect_message(STDIN_PORT, VIRTIO_CONSOLE_PORT_OPEN, 1, "");
    expect_message(STDIN_PORT, VIRTIO_CONSOLE_PORT_NAME, 1, "ringside.stdin");
    say(STDOUT_PORT, VIRTIO_CONSOLE_PORT_READY, 1);
    expect_message(STDOUT_PORT, VIRTIO_CONSOLE_PORT_OPEN, 1, "");
    expect_message(STDOUT_PORT, VIRTIO_CONSOLE_PORT_NAME, 1, "ringside.stdout");
    expect_no_message();
}

static void give_input_buffer(uint64_t slot)
{
    struct piece piece = {INPUT_BUFFERS + slot * BUFFER_SIZE, BUFFER_SIZE,
                          true};

    driver_add(&driver, STDIN_RECEIVE, &piece, 1);
    driver_notify(&driver, STDIN_RECEIVE);
    driver_run(&driver);
}

static void expect_input(uint64_t slot, const char *text)
{
    struct vring_used_elem element = {0};

    driver_run(&driver);
    assert_true(driver_take_used(&driver, STDIN_RECEIVE, &element));
    assert_int_equal(element.len, strlen(text));
    assert_memory_equal(
        driver_bytes(&driver, INPUT_BUFFERS + slot * BUFFER_SIZE), text,
        strlen(text));
}

static void expect_no_input(void)
{
    struct vring_used_elem element;

    driver_run(&driver);
    assert_false(driver_take_used(&driver, STDIN_RECEIVE, &element));
}

static void type(const char *text)
{
    assert_int_equal(write(input[1], text, strlen(text)), strlen(text));
}

static void config_tells_the_ports(void **state)
{
    (void)state;
    assert_int_equal(driver_read(&driver, VIRTIO_MMIO_CONFIG + 4), PORT_COUNT);
    assert_int_equal(virtio_mmio_queue_count(driver.mmio),
                     2 * (PORT_COUNT + 1));
    assert_true(driver_offered(&driver) & 1ull << VIRTIO_CONSOLE_F_MULTIPORT);
}

static void ports_come_up_as_linux_asks(void **state)
{
    (void)state;
    shake_hands();
}

static void messages_wait_for_buffers(void **state)
{
    (void)state;
    driver_start(&driver, 0);
    say(VIRTIO_CONSOLE_BAD_ID, VIRTIO_CONSOLE_DEVICE_READY, 1);
    expect_no_message();
    give_control_buffers(2);
    driver_run(&driver);
    expect_message(0, VIRTIO_CONSOLE_PORT_ADD, 1, "");
    expect_message(1, VIRTIO_CONSOLE_PORT_ADD, 1, "");
    expect_no_message();
    say(0, VIRTIO_CONSOLE_PORT_READY, 1);
    give_control_buffers(4);
    driver_run(&driver);
    expect_message(0, VIRTIO_CONSOLE_CONSOLE_PORT, 1, "");
    expect_message(0, VIRTIO_CONSOLE_PORT_OPEN, 1, "");
    expect_message(0, VIRTIO_CONSOLE_PORT_NAME, 1, "ringside.console");
    expect_message(2, VIRTIO_CONSOLE_PORT_ADD, 1, "");
}

static void output_arrives_in_order(void **state)
{
    const struct piece pieces[] = {{OUTPUT, 6, false}, {OUTPUT + 6, 5, false}};

    (void)state;
    shake_hands();
    memcpy(driver_bytes(&driver, OUTPUT), "hello world", 11);
    driver_submit(&driver, STDOUT_TRANSMIT, pieces, 2);
    driver_submit(&driver, STDOUT_TRANSMIT, pieces, 1);
    driver_submit(&driver, 1, pieces, 1);
    assert_int_equal(received_size[STDOUT_PORT], 17);
    assert_memory_equal(received[STDOUT_PORT], "hello worldhello ", 17);
    assert_int_equal(received_size[0], 6);
    assert_int_equal(received_size[STDIN_PORT], 0);
}

static void input_waits_for_the_guest_to_open(void **state)
{
    (void)state;
    shake_hands();
    type("early");
    give_input_buffer(0);
    expect_no_input();
    say(STDIN_PORT, VIRTIO_CONSOLE_PORT_OPEN, 1);
    expect_input(0, "early");
    expect_no_input();
    type("late");
    give_input_buffer(1);
    expect_input(1, "late");
    say(STDIN_PORT, VIRTIO_CONSOLE_PORT_OPEN, 0);
    type("unheard");
    give_input_buffer(2);
    expect_no_input();
    say(STDIN_PORT, VIRTIO_CONSOLE_PORT_OPEN, 1);
    expect_input(2, "unheard");
}

static void input_waits_for_buffers(void **state)
{
    char text[BUFFER_SIZE + 5] = "";

    (void)state;
    shake_hands();
    say(STDIN_PORT, VIRTIO_CONSOLE_PORT_OPEN, 1);
    memset(text, 'y', sizeof(text) - 1);
    type(text);
    expect_no_input();
    give_input_buffer(0);
    text[BUFFER_SIZE] = '\0';
    expect_input(0, text);
    give_input_buffer(1);
    expect_input(1, "yyyy");
}

static void end_of_input_closes_the_port(void **state)
{
    (void)state;
    shake_hands();
    say(STDIN_PORT, VIRTIO_CONSOLE_PORT_OPEN, 1);
    type("last words");
    close_input(1);
    expect_no_message();
    give_input_buffer(0);
    give_input_buffer(1);
    expect_input(0, "last words");
    expect_message(STDIN_PORT, VIRTIO_CONSOLE_PORT_OPEN, 0, "");
    expect_no_input();
    expect_no_message();
    say(STDIN_PORT, VIRTIO_CONSOLE_PORT_OPEN, 0);
    say(STDIN_PORT, VIRTIO_CONSOLE_PORT_OPEN, 1);
    expect_no_input();
}

/* epoll refuses regular files and /dev/null; a guest reads them all the same.
 */
static void input_may_be_a_file(void **state)
{
    char path[] = "/tmp/ringside-console-XXXXXX";
    int file = mkstemp(path);

    (void)state;
    assert_int_equal(write(file, "from a file", 11), 11);
    assert_int_equal(lseek(file, 0, SEEK_SET), 0);
    plug_with(file, -1);
    shake_hands();
    give_input_buffer(0);
    give_input_buffer(1);
    say(STDIN_PORT, VIRTIO_CONSOLE_PORT_OPEN, 1);
    expect_input(0, "from a file");
    expect_message(STDIN_PORT, VIRTIO_CONSOLE_PORT_OPEN, 0, "");
    driver_release(&driver);
    close(file);
    unlink(path);
}

static void closed_descriptor_is_end_of_input(void **state)
{
    (void)state;
    plug_with(1000000, -1);
    shake_hands();
    say(STDIN_PORT, VIRTIO_CONSOLE_PORT_OPEN, 1);
    expect_message(STDIN_PORT, VIRTIO_CONSOLE_PORT_OPEN, 0, "");
    driver_release(&driver);
}

static void reset_starts_the_conversation_anew(void **state)
{
    (void)state;
    shake_hands();
    say(STDIN_PORT, VIRTIO_CONSOLE_PORT_OPEN, 1);
    type("kept");
    driver_write(&driver, VIRTIO_MMIO_STATUS, 0);
    driver_run(&driver);
    shake_hands();
    give_input_buffer(0);
    expect_no_input();
    say(STDIN_PORT, VIRTIO_CONSOLE_PORT_OPEN, 1);
    expect_input(0, "kept");
}

/* A driver that knows one port only: the console, open from the start. */
static void single_port_needs_no_conversation(void **state)
{
    (void)state;
    driver_start(&driver, 1ull << VIRTIO_F_VERSION_1);
    memcpy(driver_bytes(&driver, OUTPUT), "hvc", 3);
    driver_submit(&driver, 1, &(struct piece){OUTPUT, 3, false}, 1);
    assert_int_equal(received_size[0], 3);
}

/* As a pipeline does when its reader leaves: the guest finds the port shut. */
static void reader_that_goes_away_closes_the_port(void **state)
{
    const struct piece piece = {OUTPUT, 5, false};
    char text[8] = "";
    int output[2];

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe2(output, O_CLOEXEC), 0);
    plug_with(-1, output[1]);
    shake_hands();
    memcpy(driver_bytes(&driver, OUTPUT), "hello", 5);
    driver_submit(&driver, STDOUT_TRANSMIT, &piece, 1);
    assert_int_equal(read(output[0], text, sizeof(text)), 5);
    assert_string_equal(text, "hello");
    expect_no_message();
    close(output[0]);
    driver_submit(&driver, STDOUT_TRANSMIT, &piece, 1);
    driver_submit(&driver, STDOUT_TRANSMIT, &piece, 1);
    expect_message(STDOUT_PORT, VIRTIO_CONSOLE_PORT_OPEN, 0, "");
    expect_no_message();
    driver_release(&driver);
    close(output[1]);
}

/* The thread waits for a reader that does not read, until a signal comes. */
/* The same memory over and over, as a hostile chain has it. */
static void endless_output_fails_the_device(void **state)
{
    struct piece pieces[5];

    (void)state;
    for (size_t i = 0; i < 5; i++)
        pieces[i] = (struct piece){OUTPUT, 256 << 10, false};
    shake_hands();
    driver_add(&driver, 1, pieces, 5);
    driver_notify(&driver, 1);
    driver_run(&driver);
    assert_true(driver_needs_reset(&driver));
    assert_int_equal(received_size[0], 0);
}

static void unwilling_reader_does_not_keep_the_thread(void **state)
{
    const struct piece piece = {OUTPUT, 256 << 10, false};
    struct error error = {0};
    int output[2];

    (void)state;
    assert_int_equal(pipe2(output, O_CLOEXEC), 0);
    plug_with(-1, output[1]);
    shake_hands();
    assert_int_equal(interrupt_watch(NULL, &error), 0);
    assert_int_equal(io_loop_start(driver.loop, &error), 0);
    driver_add(&driver, STDOUT_TRANSMIT, &piece, 1);
    driver_notify(&driver, STDOUT_TRANSMIT);
    raise(SIGTERM);
    io_loop_stop(driver.loop);
    assert_int_equal(interrupt_pending(), SIGTERM);
    driver_release(&driver);
    close(output[0]);
    close(output[1]);
}

static void senseless_messages_are_ignored(void **state)
{
    static const struct virtio_console_control messages[] = {
        {PORT_COUNT, VIRTIO_CONSOLE_PORT_READY, 1},
        {PORT_COUNT, VIRTIO_CONSOLE_PORT_OPEN, 1},
        {UINT32_MAX, VIRTIO_CONSOLE_PORT_OPEN, 1},
        {1u << 31, VIRTIO_CONSOLE_PORT_READY, 1},
        {0, VIRTIO_CONSOLE_PORT_ADD, 1},
        {0, VIRTIO_CONSOLE_PORT_NAME, 1},
        {0, UINT16_MAX, UINT16_MAX},
        {0, VIRTIO_CONSOLE_PORT_READY, 0},
        {0, VIRTIO_CONSOLE_DEVICE_READY, 0},
    };

    (void)state;
    shake_hands();
    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
        say(messages[i].id, messages[i].event, messages[i].value);
    driver_submit(&driver, CONTROL_TRANSMIT, &(struct piece){OUTPUT, 7, false},
                  1);
    driver_submit(&driver, CONTROL_TRANSMIT, &(struct piece){OUTPUT, 8, true},
                  1);
    expect_no_message();
    assert_false(driver_needs_reset(&driver));
}

static void buffers_that_take_nothing_fail_the_device(void **state)
{
    (void)state;
    driver_start(&driver, 0);
    driver_add(&driver, CONTROL_RECEIVE,
               &(struct piece){CONTROL_BUFFERS, 7, true}, 1);
    say(0, VIRTIO_CONSOLE_DEVICE_READY, 1);
    assert_true(driver_needs_reset(&driver));
    shake_hands();
    say(STDIN_PORT, VIRTIO_CONSOLE_PORT_OPEN, 1);
    type("x");
    driver_add(&driver, STDIN_RECEIVE, &(struct piece){INPUT_BUFFERS, 8, false},
               1);
    driver_notify(&driver, STDIN_RECEIVE);
    driver_run(&driver);
    assert_true(driver_needs_reset(&driver));
}

static void random_conversations_do_no_harm(void **state)
{
    (void)state;
    srand(4);
    driver_start(&driver, 0);
    for (int i = 0; i < ITERATIONS; i++) {
        unsigned int queue = (unsigned int)(rand() % (2 * PORT_COUNT + 2));
        struct virtio_console_control control = {
            .id = (uint32_t)(rand() % (PORT_COUNT + 1)),
            .event = (uint16_t)(rand() % 9),
            .value = (uint16_t)(rand() % 2)};
        struct piece piece = {
            rand() % 40 == 0 ? DRIVER_MEMORY_SIZE - 8 : OUTPUT,
            (uint32_t)(rand() % 10 == 0 ? rand() % 4096 : BUFFER_SIZE),
            rand() % 10 == 0 ? queue % 2 == 1 : queue % 2 == 0};

        memcpy(driver_bytes(&driver, OUTPUT), &control, sizeof(control));
        driver_add(&driver, queue, &piece, 1);
        driver_notify(&driver, queue);
        if (rand() % 20 == 0)
            type("input");
        driver_run(&driver);
        if (driver_needs_reset(&driver)) {
            driver.allocated = 4096;
            driver_start(&driver, 0);
        }
    }
    driver.allocated = 4096;
    shake_hands();
}

static void impossible_ports_are_refused(void **state)
{
    struct virtio_console_port ports[VIRTIO_CONSOLE_PORTS_MAX + 1] = {
        {.name = "x", .console = true, .input = -1}};
    struct virtio_device *device;
    struct error error = {0};

    (void)state;
    assert_int_equal(virtio_console_create(ports, 0, &device, &error), -EINVAL);
    assert_int_equal(virtio_console_create(ports, VIRTIO_CONSOLE_PORTS_MAX + 1,
                                           &device, &error),
                     -EINVAL);
    ports[0].console = false;
    assert_int_equal(virtio_console_create(ports, 1, &device, &error), -EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, plug, unplug)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(config_tells_the_ports),
        TEST(ports_come_up_as_linux_asks),
        TEST(messages_wait_for_buffers),
        TEST(output_arrives_in_order),
        TEST(input_waits_for_the_guest_to_open),
        TEST(input_waits_for_buffers),
        TEST(end_of_input_closes_the_port),
        cmocka_unit_test(input_may_be_a_file),
        cmocka_unit_test(closed_descriptor_is_end_of_input),
        TEST(reset_starts_the_conversation_anew),
        TEST(single_port_needs_no_conversation),
        cmocka_unit_test(reader_that_goes_away_closes_the_port),
        TEST(senseless_messages_are_ignored),
        TEST(buffers_that_take_nothing_fail_the_device),
        TEST(endless_output_fails_the_device),
        TEST(random_conversations_do_no_harm),
        cmocka_unit_test(impossible_ports_are_refused),
        /* Last: the signal stays pending. */
        cmocka_unit_test(unwilling_reader_does_not_keep_the_thread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
