/* The UART; see serial.h. Everything is sent the moment it is written. */
#include "vmm/serial.h"

#include "oci/cleanup.h"

#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

enum {
    REGISTERS = 8,
    DATA = 0,
    INTERRUPT_ENABLE = 1,
    INTERRUPT_IDENTITY = 2,
    LINE_CONTROL = 3,
    MODEM_CONTROL = 4,
    LINE_STATUS = 5,
    MODEM_STATUS = 6,
    SCRATCH = 7,
    ENABLE_TRANSMIT = 1 << 1,
    IDENTITY_NONE = 0x01,
    IDENTITY_TRANSMIT = 0x02,
    IDENTITY_FIFO = 0xc0,
    DIVISOR_ACCESS = 1 << 7,
    LOOPBACK = 1 << 4,
    LINE_IDLE = 0x60,       /* transmitter and its register empty */
    MODEM_CONNECTED = 0xb0, /* carrier, data set ready, clear to send */
};

static void raise_transmit(struct serial *serial)
{
    if (!(serial->interrupt_enable & ENABLE_TRANSMIT))
        return;
    serial->transmit_pending = true;
    eventfd_write(serial->interrupt_fd, 1);
}

static void transmit(struct serial *serial, uint8_t byte)
{
    if (serial->modem_control & LOOPBACK)
        return;
    serial->tail[serial->written++ % sizeof(serial->tail)] = (char)byte;
    if (serial->output_fd >= 0 && write(serial->output_fd, &byte, 1) < 0)
        serial->output_fd = -1; /* whoever read it is gone */
    raise_transmit(serial);
}

static uint8_t identity(struct serial *serial)
{
    bool pending = serial->transmit_pending;

    serial->transmit_pending = false;
    return IDENTITY_FIFO | (pending ? IDENTITY_TRANSMIT : IDENTITY_NONE);
}

static uint8_t read_register(struct serial *serial, uint64_t number)
{
    const bool divisor = serial->line_control & DIVISOR_ACCESS;

    switch (number) {
    case DATA:
        return divisor ? serial->divisor[0] : 0;
    case INTERRUPT_ENABLE:
        return divisor ? serial->divisor[1] : serial->interrupt_enable;
    case INTERRUPT_IDENTITY:
        return identity(serial);
    case LINE_CONTROL:
        return serial->line_control;
    case MODEM_CONTROL:
        return serial->modem_control;
    case LINE_STATUS:
        return LINE_IDLE;
    case MODEM_STATUS:
        return MODEM_CONNECTED;
    default:
        return serial->scratch;
    }
}

static void write_register(struct serial *serial, uint64_t number, uint8_t byte)
{
    const bool divisor = serial->line_control & DIVISOR_ACCESS;

    switch (number) {
    case DATA:
        if (divisor)
            serial->divisor[0] = byte;
        else
            transmit(serial, byte);
        break;
    case INTERRUPT_ENABLE:
        if (divisor) {
            serial->divisor[1] = byte;
        } else {
            serial->interrupt_enable = byte & 0x0f;
            raise_transmit(serial);
        }
        break;
    case LINE_CONTROL:
        serial->line_control = byte;
        break;
    case MODEM_CONTROL:
        serial->modem_control = byte;
        break;
    case SCRATCH:
        serial->scratch = byte;
        break;
    default:
        break;
    }
}

static void serial_read(struct device *device, uint64_t offset, void *data,
                        unsigned int size)
{
    struct serial *serial = (struct serial *)device;
    uint8_t *bytes = data;

    for (unsigned int i = 0; i < size; i++)
        bytes[i] = read_register(serial, offset + i);
}

static void serial_write(struct device *device, uint64_t offset,
                         const void *data, unsigned int size)
{
    struct serial *serial = (struct serial *)device;
    const uint8_t *bytes = data;

    for (unsigned int i = 0; i < size; i++)
        write_register(serial, offset + i, bytes[i]);
}

int serial_create(struct serial *serial, uint16_t port, int output_fd,
                  struct error *error)
{
    _Static_assert(offsetof(struct serial, device) == 0, "cast from device");

    *serial = (struct serial){
        .device =
            {
                .name = "serial",
                .base = port,
                .size = REGISTERS,
                .read = serial_read,
                .write = serial_write,
            },
        .interrupt_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
        .output_fd = output_fd,
    };
    if (serial->interrupt_fd < 0)
        return error_errno(error, errno, "eventfd");
    return 0;
}

void serial_release(struct serial *serial)
{
    cleanup_close(&serial->interrupt_fd);
    serial->interrupt_fd = -1;
}

/* The ring as a string, zero bytes in it made blank. */
static void unroll(const struct serial *serial, char text[SERIAL_TAIL_SIZE + 1])
{
    const size_t kept = sizeof(serial->tail);
    const size_t oldest = serial->written > kept ? serial->written - kept : 0;
    size_t used = 0;

    for (size_t at = oldest; at < serial->written; at++) {
        text[used] = serial->tail[at % kept];
        if (text[used++] == '\0')
            text[used - 1] = ' ';
    }
    text[used] = '\0';
}

/* Where the last `lines` lines of the text begin. */
static const char *last_lines(const char *text, unsigned int lines)
{
    const char *end = text + strlen(text), *at = end;

    while (at > text && (at[-1] != '\n' || at == end || --lines > 0))
        at--;
    return at;
}

void serial_tail(const struct serial *serial, char *text, size_t size)
{
    enum { LINES = 4 };
    char all[SERIAL_TAIL_SIZE + 1];
    unsigned int lines = LINES;
    size_t used = 0;
    const char *at;

    unroll(serial, all);
    /* A panic says why first, and then much that only its authors can use. */
    at = strstr(all, "Kernel panic");
    if (at == NULL)
        at = last_lines(all, LINES);
    for (; *at != '\0' && used + 4 < size; at++) {
        if (*at == '\n' && (at[1] == '\0' || --lines == 0))
            break;
        if (*at == '\n')
            used += (size_t)snprintf(text + used, size - used, " | ");
        else if ((unsigned char)*at >= ' ' && *at != 0x7f)
            text[used++] = *at;
    }
    text[used] = '\0';
}
