/*
 * Virtio console with several ports; see virtio_console.h.
 *
 * A port comes to life by a conversation on the control queues (5.3.6): the
 * driver says DEVICE_READY, each port is announced by PORT_ADD, the driver
 * answers PORT_READY and is told the rest. Linux throws away what comes for a
 * port that nobody has opened yet, so input starts with the guest's PORT_OPEN.
 */
#include "vmm/virtio_console.h"

#include "vmm/output.h"

#include <errno.h>
#include <linux/virtio_console.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum {
    CONTROL_RECEIVE_QUEUE = 2, /* 5.3.2 */
    CONTROL_TRANSMIT_QUEUE = 3,
    /*
     * The most that one request may write: a chain may name the same memory
     * over and over, and what a guest has left to write when it ends is still
     * written. Linux never asks for more (a pipe's worth, F_SETPIPE_SZ).
     */
    OUTPUT_MAX = 1 << 20,
};

/*
 * What a port has to tell the driver, in this order. The name comes last: who
 * waits for it in the guest finds the port open, where Linux would give an
 * early reader end of file.
 */
enum message {
    MESSAGE_ADD,
    MESSAGE_CONSOLE,
    MESSAGE_OPEN,
    MESSAGE_NAME,
    MESSAGE_COUNT,
};

struct virtio_console;

struct port {
    struct virtio_console_port host;
    struct virtio_console *console;
    uint32_t id;
    bool guest_open;
    bool host_open;
    unsigned int unsent; /* bits of enum message */
    struct io_source source;
};

struct virtio_console {
    struct virtio_device device; /* first: ops hand it back */
    struct virtio_console_config config;
    uint32_t port_count;
    struct port ports[VIRTIO_CONSOLE_PORTS_MAX];
};

/* Port 0 has the first two queues, the control queues the next two. */
static unsigned int receive_queue(const struct port *port)
{
    return port->id == 0 ? 0 : 2 * port->id + 2;
}

static struct port *port_of_queue(struct virtio_console *console,
                                  unsigned int queue)
{
    return &console->ports[queue < 2 ? 0 : queue / 2 - 1];
}

static bool has_several_ports(const struct virtio_console *console)
{
    return virtio_device_has(&console->device, VIRTIO_CONSOLE_F_MULTIPORT);
}

/*
 * Writes one message into a control buffer. One that does not fit says that
 * the driver is not of this world: Linux gives a page.
 */
static void put_message(struct port *port, enum message message,
                        struct virtqueue_chain *chain)
{
    static const uint16_t events[MESSAGE_COUNT] = {
        [MESSAGE_ADD] = VIRTIO_CONSOLE_PORT_ADD,
        [MESSAGE_CONSOLE] = VIRTIO_CONSOLE_CONSOLE_PORT,
        [MESSAGE_OPEN] = VIRTIO_CONSOLE_PORT_OPEN,
        [MESSAGE_NAME] = VIRTIO_CONSOLE_PORT_NAME,
    };
    struct virtio_device *device = &port->console->device;
    struct virtio_console_control control = {
        .id = port->id,
        .event = events[message],
        .value = message != MESSAGE_OPEN || port->host_open,
    };
    size_t name_size = message == MESSAGE_NAME ? strlen(port->host.name) : 0;
    size_t size = sizeof(control) + name_size;

    if (chain->writable.size < size) {
        virtio_device_fail(device);
        return;
    }
    segments_write(&chain->writable, &control, sizeof(control));
    segments_write(&chain->writable, port->host.name, name_size);
    virtqueue_push(&device->queues[CONTROL_RECEIVE_QUEUE], chain,
                   (uint32_t)size);
}

/* Sends as much as there are buffers for; the rest waits for more. */
static void send_messages(struct virtio_console *console)
{
    struct virtio_device *device = &console->device;
    struct virtqueue_chain chain;

    for (uint32_t i = 0; i < console->port_count; i++) {
        struct port *port = &console->ports[i];

        while (port->unsent != 0 &&
               virtio_device_pop(device, CONTROL_RECEIVE_QUEUE, &chain)) {
            enum message message = (enum message)__builtin_ctz(port->unsent);

            put_message(port, message, &chain);
            port->unsent &= ~(1u << message);
        }
    }
    virtio_device_interrupt(device, CONTROL_RECEIVE_QUEUE);
}

static void tell(struct port *port, enum message message)
{
    port->unsent |= 1u << message;
}

static void stop_input(struct port *port)
{
    io_loop_remove(port->console->device.loop, &port->source);
}

/* The other end is gone: the guest reads what it has, then end of file. */
static void close_port(struct port *port)
{
    stop_input(port);
    port->host_open = false;
    if (has_several_ports(port->console)) {
        tell(port, MESSAGE_OPEN);
        send_messages(port->console);
    }
}

/*
 * Waits for input if there can be any and the guest listens. A descriptor
 * that cannot be waited for cannot be read in time either.
 */
static void start_input(struct port *port)
{
    if (!port->guest_open || !port->host_open || port->host.input < 0)
        return;
    if (io_loop_add(port->console->device.loop, &port->source) < 0)
        close_port(port);
}

/* One read, straight into the guest's next buffer. */
static void read_input(struct port *port)
{
    struct virtio_device *device = &port->console->device;
    unsigned int queue = receive_queue(port);
    struct virtqueue_chain chain;
    ssize_t got;

    if (!virtio_device_pop(device, queue, &chain)) {
        stop_input(port);
        return;
    }
    if (chain.writable.count == 0) {
        virtio_device_fail(device);
        return;
    }
    got = readv(port->host.input, chain.writable.first,
                (int)chain.writable.count);
    if (got > 0) {
        virtqueue_push(&device->queues[queue], &chain, (uint32_t)got);
        virtio_device_interrupt(device, queue);
        return;
    }
    virtqueue_unpop(&device->queues[queue]);
    if (got == 0 || (errno != EINTR && errno != EAGAIN))
        close_port(port);
}

static void input_ready(void *context, uint32_t events)
{
    struct port *port = context;
    struct virtio_device *device = &port->console->device;

    (void)events;
    pthread_mutex_lock(&device->lock);
    if (virtio_device_running(device) && port->guest_open && port->host_open)
        read_input(port);
    else
        stop_input(port);
    pthread_mutex_unlock(&device->lock);
}

/* One piece of what the guest wrote, to whoever takes it. */
static void pass_on(struct port *port, const void *data, size_t size)
{
    if (port->host.receive != NULL)
        port->host.receive(port->host.context, data, size);
    else if (port->host.output > 0 && port->host_open &&
             output_write(port->host.output, data, size) < 0)
        close_port(port);
}

static uint32_t serve_output(struct virtio_device *device, unsigned int queue,
                             struct virtqueue_chain *chain)
{
    struct port *port = port_of_queue((struct virtio_console *)device, queue);

    if (chain->readable.size > OUTPUT_MAX) {
        virtio_device_fail(device);
        return 0;
    }
    for (unsigned int i = 0; i < chain->readable.count; i++)
        pass_on(port, chain->readable.first[i].iov_base,
                chain->readable.first[i].iov_len);
    return 0;
}

static void device_ready(struct virtio_console *console, uint32_t id,
                         bool value)
{
    (void)id;
    for (uint32_t i = 0; value && i < console->port_count; i++)
        tell(&console->ports[i], MESSAGE_ADD);
}

static void port_ready(struct virtio_console *console, uint32_t id, bool value)
{
    struct port *port = &console->ports[id];

    if (!value)
        return;
    if (port->host.console)
        tell(port, MESSAGE_CONSOLE);
    if (port->host_open)
        tell(port, MESSAGE_OPEN);
    tell(port, MESSAGE_NAME);
}

static void port_open(struct virtio_console *console, uint32_t id, bool value)
{
    struct port *port = &console->ports[id];

    port->guest_open = value;
    if (value)
        start_input(port);
    else
        stop_input(port);
}

/* What drivers may say (5.3.6.2); anything else is not for us. */
static const struct {
    uint16_t event;
    bool about_port; /* id must name one */
    void (*handle)(struct virtio_console *console, uint32_t id, bool value);
} control_events[] = {
    {VIRTIO_CONSOLE_DEVICE_READY, false, device_ready},
    {VIRTIO_CONSOLE_PORT_READY, true, port_ready},
    {VIRTIO_CONSOLE_PORT_OPEN, true, port_open},
};

static uint32_t serve_control(struct virtio_device *device, unsigned int queue,
                              struct virtqueue_chain *chain)
{
    struct virtio_console *console = (struct virtio_console *)device;
    const size_t count = sizeof(control_events) / sizeof(control_events[0]);
    struct virtio_console_control control;

    (void)queue;
    if (segments_read(&chain->readable, &control, sizeof(control)) <
        sizeof(control))
        return 0;
    for (size_t i = 0; i < count; i++) {
        if (control_events[i].event == control.event &&
            (!control_events[i].about_port || control.id < console->port_count))
            control_events[i].handle(console, control.id, control.value != 0);
    }
    return 0;
}

static void notify(struct virtio_device *device, unsigned int queue)
{
    struct virtio_console *console = (struct virtio_console *)device;

    if (queue == CONTROL_TRANSMIT_QUEUE)
        virtio_device_serve(device, queue, serve_control);
    if (queue == CONTROL_TRANSMIT_QUEUE || queue == CONTROL_RECEIVE_QUEUE)
        send_messages(console);
    else if (queue % 2 == 0)
        start_input(port_of_queue(console, queue));
    else
        virtio_device_serve(device, queue, serve_output);
}

/* Without several ports there is nobody to say that port 0 is open. */
static void start(struct virtio_device *device)
{
    struct virtio_console *console = (struct virtio_console *)device;

    console->ports[0].guest_open = !has_several_ports(console);
    start_input(&console->ports[0]);
}

static void reset(struct virtio_device *device)
{
    struct virtio_console *console = (struct virtio_console *)device;

    for (uint32_t i = 0; i < console->port_count; i++) {
        stop_input(&console->ports[i]);
        console->ports[i].guest_open = false;
        console->ports[i].unsent = 0;
    }
}

static void release(struct virtio_device *device)
{
    free(device);
}

static const struct virtio_device_ops ops = {
    .name = "virtio-console",
    .id = VIRTIO_ID_CONSOLE,
    .start = start,
    .notify = notify,
    .reset = reset,
    .release = release,
};

static void fill_port(struct virtio_console *console, uint32_t id,
                      const struct virtio_console_port *host)
{
    struct port *port = &console->ports[id];

    *port = (struct port){
        .host = *host,
        .console = console,
        .id = id,
        .host_open = true,
        .source = {.fd = host->input,
                   .events = EPOLLIN,
                   .handle = input_ready,
                   .context = port},
    };
}

int virtio_console_create(const struct virtio_console_port *ports, size_t count,
                          struct virtio_device **device, struct error *error)
{
    struct virtio_console *made;

    if (count == 0 || count > VIRTIO_CONSOLE_PORTS_MAX || !ports[0].console)
        return error_set(error, EINVAL,
                         "a virtio console has 1 to %d ports, "
                         "and the first is a console",
                         VIRTIO_CONSOLE_PORTS_MAX);
    made = calloc(1, sizeof(*made));
    if (made == NULL)
        return error_errno(error, ENOMEM, "cannot make the %s device",
                           ops.name);
    made->device.ops = &ops;
    made->device.host_fd = -1;
    made->device.features = 1ull << VIRTIO_CONSOLE_F_MULTIPORT;
    made->device.config = &made->config;
    made->device.config_size = sizeof(made->config);
    made->device.queue_count = 2 * ((unsigned int)count + 1);
    made->config.max_nr_ports = (uint32_t)count;
    made->port_count = (uint32_t)count;
    for (uint32_t i = 0; i < count; i++)
        fill_port(made, i, &ports[i]);
    *device = &made->device;
    return 0;
}
