/*
 * Finding the virtio-console ports; see init.h. Their names arrive by
 * messages from the device after the driver was loaded, so they are waited
 * for, but only where there is such a device.
 * Source: Linux drivers/char/virtio_console.c; VIRTIO 1.2, section 5.3.
 */
#include "guests/linux/init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define VIRTIO_DEVICES "/sys/bus/virtio/devices"
#define VIRTIO_PORTS   "/sys/class/virtio-ports"

enum {
    VIRTIO_CONSOLE_ID = 3,
    LINE_SIZE = 128,
    NAP = 200 * 1000, /* ns between two looks */
    LOOKS = 25000,    /* 5 s */
};

/* The first line of a file in sysfs; empty when there is none. */
static void read_line(const char *directory, const char *entry,
                      const char *name, char line[LINE_SIZE])
{
    char path[512];
    ssize_t n = 0;
    int fd;

    snprintf(path, sizeof(path), "%s/%s/%s", directory, entry, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        n = read(fd, line, LINE_SIZE - 1);
        close(fd);
    }
    line[n > 0 ? n : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
}

static bool has_virtio_console(void)
{
    DIR *devices = opendir(VIRTIO_DEVICES);
    const struct dirent *device;
    bool found = false;

    while (devices != NULL && !found && (device = readdir(devices)) != NULL) {
        char id[LINE_SIZE];

        if (device->d_name[0] == '.')
            continue;
        read_line(VIRTIO_DEVICES, device->d_name, "device", id);
        found = strtoul(id, NULL, 16) == VIRTIO_CONSOLE_ID;
    }
    if (devices != NULL)
        closedir(devices);
    return found;
}

/* Name of the device node of the port; false while there is none. */
static bool find_port(const char *wanted, char *node, size_t size)
{
    DIR *ports = opendir(VIRTIO_PORTS);
    const struct dirent *port;
    bool found = false;

    while (ports != NULL && !found && (port = readdir(ports)) != NULL) {
        char name[LINE_SIZE];

        if (port->d_name[0] == '.')
            continue;
        read_line(VIRTIO_PORTS, port->d_name, "name", name);
        found = strcmp(name, wanted) == 0;
        if (found)
            snprintf(node, size, "/dev/%s", port->d_name);
    }
    if (ports != NULL)
        closedir(ports);
    return found;
}

static void await_port(const char *name, char *node, size_t size)
{
    for (unsigned int looks = 0; !find_port(name, node, size); looks++) {
        const struct timespec nap = {.tv_nsec = NAP};

        if (looks == LOOKS)
            init_fail("the virtio console has no port \"%s\"", name);
        nanosleep(&nap, NULL);
    }
}

static int open_port(const char *name, int mode)
{
    char node[300];
    int fd;

    await_port(name, node, sizeof(node));
    fd = open(node, mode | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        init_fail("%s (%s): %s", node, name, strerror(errno));
    return fd;
}

/*
 * The terminal that a variable of our environment names, and without it the
 * kernel's console; its bytes as they are: no carriage returns put in.
 */
static int open_terminal(const char *variable, int mode)
{
    const char *named = getenv(variable);
    const char *path = named != NULL ? named : "/dev/console";
    int fd = open(path, mode | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    struct termios settings;

    if (fd < 0)
        init_fail("%s: %s", path, strerror(errno));
    if (tcgetattr(fd, &settings) == 0) {
        cfmakeraw(&settings);
        tcsetattr(fd, TCSANOW, &settings);
    }
    return fd;
}

static void open_terminals(struct host_ports *ports)
{
    ports->control = -1;
    if (getenv(RINGSIDE_VARIABLE_CONTROL) != NULL) {
        ports->control = open_terminal(RINGSIDE_VARIABLE_CONTROL, O_RDWR);
        report_use_control(ports->control);
    }
    ports->input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    ports->output = open_terminal(RINGSIDE_VARIABLE_STDOUT, O_WRONLY);
    ports->errors = open_terminal(RINGSIDE_VARIABLE_STDERR, O_WRONLY);
}

void ports_open(struct host_ports *ports)
{
    if (getenv(RINGSIDE_VARIABLE_STDOUT) != NULL || !has_virtio_console()) {
        open_terminals(ports);
        return;
    }
    /* The last to be announced comes first: then the others are complete. */
    ports->control = open_port(RINGSIDE_PORT_CONTROL, O_RDWR);
    report_use_control(ports->control);
    ports->input = open_port(RINGSIDE_PORT_STDIN, O_RDONLY);
    ports->output = open_port(RINGSIDE_PORT_STDOUT, O_WRONLY);
    ports->errors = open_port(RINGSIDE_PORT_STDERR, O_WRONLY);
}
