/*
 * Running a microVM: let the processors go, wait until the guest ends, a signal
 * asks for it, or the program is not started in time; then stop everything and
 * say how it ended.
 */
#include "vmm/interrupt.h"
#include "vmm/microvm.h"
#include "vmm/microvm_processor.h"
#include "vmm/output.h"
#include "vmm/phases.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <time.h>

enum { TAIL_SIZE = 512 };

static int64_t now_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Until when the program must run, 0 for no such time. */
static int64_t boot_deadline(const struct microvm_config *config)
{
    int seconds = config->boot_seconds;

    if (seconds == 0 && config->initramfs == NULL)
        seconds = MICROVM_BOOT_SECONDS;
    return seconds == 0 ? 0 : now_ms() + (int64_t)seconds * 1000;
}

/*
 * Waits for the end. Until the program runs there is a deadline, afterwards
 * none. Returns 0, -EINTR or -ETIMEDOUT.
 */
static int wait_for_end(struct microvm *microvm)
{
    const struct guest_ports *ports = &microvm->guest_ports;
    const int64_t deadline = boot_deadline(microvm->config);

    for (;;) {
        struct pollfd fds[] = {
            {.fd = microvm->end.event, .events = POLLIN},
            {.fd = ports->phase_event, .events = POLLIN},
        };
        const bool booting = ports->stamps[RINGSIDE_PHASE_EXEC] == 0;
        int64_t left = deadline - now_ms();
        eventfd_t count;
        int ready;

        if (interrupt_pending() != 0 && booting)
            return -EINTR;
        if (interrupt_pending() != 0)
            control_signal(&microvm->control, interrupt_take());
        if (booting && deadline != 0 && left <= 0)
            return -ETIMEDOUT;
        ready = interrupt_poll(fds, sizeof(fds) / sizeof(fds[0]),
                               booting && deadline != 0 ? (int)left : -1);
        if (ready > 0 && fds[0].revents != 0)
            return 0;
        if (ready > 0)
            eventfd_read(ports->phase_event, &count);
    }
}

/* " (last console lines: ...)" for errors, where the guest said any. */
static int boot_error(const struct microvm *microvm, int code, const char *what,
                      struct error *error)
{
    char tail[TAIL_SIZE];

    serial_tail(&microvm->serial, tail, sizeof(tail));
    if (tail[0] == '\0')
        return error_set(error, code,
                         "%s; it wrote nothing on its console (try --console)",
                         what);
    return error_set(error, code, "%s; its last console lines: %s", what, tail);
}

static int tell_end(const struct microvm *microvm, int *exit_status,
                    struct error *error)
{
    const bool started = microvm->guest_ports.stamps[RINGSIDE_PHASE_EXEC] != 0;

    switch (microvm->end.reason) {
    case GUEST_EXITED:
        *exit_status = microvm->end.status;
        return 0;
    case GUEST_INIT_FAILED:
        if (microvm->control.failure[0] != '\0')
            return error_set(error, EIO, "%s", microvm->control.failure);
        return boot_error(microvm, EIO, "the guest could not run the program",
                          error);
    case GUEST_POWERED_OFF:
        *exit_status = 0;
        if (microvm->config->initramfs != NULL)
            return 0;
        return boot_error(microvm, EIO,
                          "the guest powered off without an exit status",
                          error);
    case GUEST_RESET:
        return boot_error(microvm, EIO,
                          started ? "the guest's kernel reset the machine"
                                  : "the guest reset before the program ran",
                          error);
    default:
        *error = microvm->end.error;
        return -error->code;
    }
}

/* What init stamped through its port. */
static void mark_guest_phases(const struct guest_ports *ports)
{
    static const enum phase phases[GUEST_PHASES] = {
        [RINGSIDE_PHASE_INIT] = PHASE_INIT,
        [RINGSIDE_PHASE_MODULES] = PHASE_MODULES,
        [RINGSIDE_PHASE_EXEC] = PHASE_PROGRAM,
    };

    for (int i = RINGSIDE_PHASE_INIT; i <= RINGSIDE_PHASE_EXEC; i++) {
        if (ports->stamps[i] != 0)
            phases_mark_at(phases[i], ports->stamps[i]);
    }
}

int microvm_start(struct microvm *microvm, struct error *error)
{
    int status = interrupt_watch(NULL, error);

    if (status == 0)
        status = io_loop_start(microvm->loop, error);
    return status < 0 ? status : microvm_processors_start(microvm, error);
}

int microvm_run(struct microvm *microvm, int *exit_status, struct error *error)
{
    int status;

    phases_mark(PHASE_ENTRY);
    microvm_processors_release(microvm);
    status = wait_for_end(microvm);
    phases_mark(PHASE_END);
    mark_guest_phases(&microvm->guest_ports);
    io_loop_begin_end(microvm->loop);
    if (status < 0)
        output_abandon();
    microvm_processors_stop(microvm);
    io_loop_stop(microvm->loop);
    if (status == -ETIMEDOUT)
        return boot_error(microvm, ETIMEDOUT,
                          "the guest did not start the program in time", error);
    return status < 0 ? status : tell_end(microvm, exit_status, error);
}
