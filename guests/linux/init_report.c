/* How init speaks to the VMM; see init.h and process_spec.h. */
#include "guests/linux/init.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum {
    PORT_COUNT = RINGSIDE_EXIT_PORT + 4 - RINGSIDE_PHASE_PORT,
    CONTROL_PATIENCE = 5000, /* ms that a line may wait for the host */
};

static bool ports_open_to_us;
static int control = -1;

void report_open(void)
{
    ports_open_to_us = getenv(RINGSIDE_VARIABLE_PORTS) == NULL &&
                       ioperm(RINGSIDE_PHASE_PORT, PORT_COUNT, 1) == 0;
}

void report_close(void)
{
    ioperm(RINGSIDE_PHASE_PORT, PORT_COUNT, 0);
    ports_open_to_us = false;
}

void report_phase(enum ringside_phase phase)
{
    if (ports_open_to_us)
        outb((unsigned char)phase, RINGSIDE_PHASE_PORT);
}

void report_use_control(int fd)
{
    control = fd;
}

static void send_control(const char *line, size_t size)
{
    while (control >= 0 && size > 0) {
        struct pollfd wait = {.fd = control, .events = POLLOUT};
        ssize_t n = write(control, line, size);

        if (n > 0) {
            line += n;
            size -= (size_t)n;
        } else if (n == 0 || (errno != EAGAIN && errno != EINTR) ||
                   poll(&wait, 1, CONTROL_PATIENCE) <= 0 ||
                   !(wait.revents & POLLOUT)) {
            return;
        }
    }
}

static void send_formatted(const char *prefix, const char *format,
                           va_list arguments)
{
    char line[RINGSIDE_CONTROL_LINE];
    size_t used;

    used = (size_t)snprintf(line, sizeof(line), "%s", prefix);
    vsnprintf(line + used, sizeof(line) - used - 1, format, arguments);
    used = strcspn(line, "\n");
    line[used] = '\n';
    send_control(line, used + 1);
}

void report_line(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    send_formatted("", format, arguments);
    va_end(arguments);
}

/* The exit port, then the end of the machine by ACPI where nobody listens. */
static _Noreturn void power_off(uint32_t value)
{
    sync();
    tcdrain(STDERR_FILENO); /* the console: what it has, the host shall have */
    if (ports_open_to_us)
        outl(RINGSIDE_EXIT_VALID | value, RINGSIDE_EXIT_PORT);
    reboot(getenv(RINGSIDE_VARIABLE_END) != NULL ? RB_AUTOBOOT : RB_POWER_OFF);
    for (;;)
        pause();
}

void report_end(int status)
{
    if (WIFSIGNALED(status)) {
        int number = WTERMSIG(status);

        report_line("signal %d", number);
        power_off(RINGSIDE_EXIT_SIGNAL | (128u + (unsigned int)number));
    }
    report_line("exit %d", WEXITSTATUS(status));
    power_off((uint32_t)WEXITSTATUS(status));
}

void init_fail(const char *format, ...)
{
    va_list arguments, again;

    va_start(arguments, format);
    va_copy(again, arguments);
    send_formatted("error ", format, arguments);
    dprintf(STDERR_FILENO, "ringside-init: ");
    vdprintf(STDERR_FILENO, format, again);
    dprintf(STDERR_FILENO, "\n");
    va_end(again);
    va_end(arguments);
    power_off(RINGSIDE_EXIT_ERROR | 1);
}
