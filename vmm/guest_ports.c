/* Phase and exit ports; see guest_ports.h. */
#include "vmm/guest_ports.h"

#include "oci/cleanup.h"

#include <string.h>
#include <sys/eventfd.h>
#include <time.h>

enum { PORTS_SIZE = RINGSIDE_EXIT_PORT + 4 - RINGSIDE_PHASE_PORT };

static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

static void reach_phase(struct guest_ports *ports, uint8_t phase)
{
    if (phase == 0 || phase >= GUEST_PHASES || ports->stamps[phase] != 0)
        return;
    ports->stamps[phase] = now();
    eventfd_write(ports->phase_event, 1);
}

static void take_exit(struct guest_ports *ports, uint32_t value)
{
    if (!(value & RINGSIDE_EXIT_VALID))
        return;
    guest_end_set(ports->end,
                  value & RINGSIDE_EXIT_ERROR ? GUEST_INIT_FAILED
                                              : GUEST_EXITED,
                  (int)(value & RINGSIDE_EXIT_STATUS_MASK), NULL);
}

static void ports_read(struct device *device, uint64_t offset, void *data,
                       unsigned int size)
{
    (void)device;
    (void)offset;
    memset(data, 0, size);
}

static void ports_write(struct device *device, uint64_t offset,
                        const void *data, unsigned int size)
{
    struct guest_ports *ports = (struct guest_ports *)device;
    const uint64_t exit_offset = RINGSIDE_EXIT_PORT - RINGSIDE_PHASE_PORT;
    uint32_t value;

    if (offset == 0 && size == 1) {
        reach_phase(ports, *(const uint8_t *)data);
    } else if (offset == exit_offset && size == sizeof(value)) {
        memcpy(&value, data, sizeof(value));
        take_exit(ports, value);
    }
}

int guest_ports_create(struct guest_ports *ports, struct guest_end_signal *end,
                       struct error *error)
{
    _Static_assert(offsetof(struct guest_ports, device) == 0, "cast");

    *ports = (struct guest_ports){
        .device =
            {
                .name = "guest ports",
                .base = RINGSIDE_PHASE_PORT,
                .size = PORTS_SIZE,
                .read = ports_read,
                .write = ports_write,
            },
        .end = end,
        .phase_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
    };
    if (ports->phase_event < 0)
        return error_errno(error, errno, "eventfd");
    return 0;
}

void guest_ports_release(struct guest_ports *ports)
{
    cleanup_close(&ports->phase_event);
    ports->phase_event = -1;
}
