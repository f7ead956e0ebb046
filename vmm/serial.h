/*
 * The serial console: a 16550 UART without its timing. What the guest writes
 * goes to a sink; the last lines are kept for the report of a guest that does
 * not boot.
 * Source: National Semiconductor PC16550D data sheet, 8.0 (registers).
 */
#ifndef RINGSIDE_VMM_SERIAL_H
#define RINGSIDE_VMM_SERIAL_H

#include "vmm/device.h"

enum { SERIAL_TAIL_SIZE = 4096 };

struct serial {
    struct device device;
    int interrupt_fd; /* eventfd, raised when the transmitter is empty */
    int output_fd;    /* -1: nowhere */
    uint8_t interrupt_enable, line_control, modem_control, scratch;
    uint8_t divisor[2];
    bool transmit_pending;
    char tail[SERIAL_TAIL_SIZE]; /* ring of what was written last */
    size_t written;
};

/* A serial port at this I/O port. Errors: of eventfd(2). */
int serial_create(struct serial *serial, uint16_t port, int output_fd,
                  struct error *error);
void serial_release(struct serial *serial);

/*
 * The last four lines that were written, or those that begin a kernel's panic
 * where one is among the last that are kept; oldest first, at most size - 1
 * bytes and NUL-terminated, with line ends as " | ".
 */
void serial_tail(const struct serial *serial, char *text, size_t size);

#endif
