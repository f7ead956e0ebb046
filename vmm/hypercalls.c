/*
 * Hypercall handlers, one a row. Each works on a copy of the guest's
 * structure that the guest cannot change any more; only `result` goes back.
 */
#include "vmm/hypercalls.h"

#include "guests/unikernel/hypercall.h"
#include "guests/unikernel/layout.h"
#include "vmm/fault.h"
#include "vmm/phases.h"
#include "vmm/recorder.h"
#include "vmm/terminal.h"
#include "vmm/upcall.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { SIGNAL_BASE = 128, SIGNAL_MAX = 64, STREAMS = 3 };

typedef int64_t hypercall_handler(struct unikernel *unikernel,
                                  const void *structure);

static int64_t serve_exit(struct unikernel *unikernel, const void *structure)
{
    const struct hypercall_exit *call = structure;

    unikernel->end.ended = true;
    unikernel->end.exit_status = call->status & 0xff;
    if (call->signal > 0 && call->signal <= SIGNAL_MAX)
        unikernel->end.exit_status = SIGNAL_BASE + (int)call->signal;
    return 0;
}

static int64_t serve_fault(struct unikernel *unikernel, const void *structure)
{
    const struct hypercall_fault *call = structure;

    unikernel->end.ended = true;
    unikernel->end.exit_status = SIGNAL_BASE + fault_signal(call);
    fault_describe(call, &unikernel->end.diagnostic);
    return 0;
}

static void *console_buffer(const struct unikernel *unikernel,
                            const struct hypercall_console *call)
{
    if (call->length > HYPERCALL_CONSOLE_MAX)
        return NULL;
    return guest_memory_slice(&unikernel->memory,
                              (struct guest_addr){call->address}, call->length);
}

/* Repeats a transfer that a signal broke off, unless the guest must know. */
static bool try_again(ssize_t moved)
{
    return moved < 0 && errno == EINTR && !upcall_due();
}

static int64_t record(struct unikernel *unikernel,
                      const struct hypercall_console *call, const void *buffer)
{
    int64_t result =
        recorder_write(unikernel->recorder, call->stream, buffer, call->length);

    unikernel->paused = unikernel->recorder->ready;
    if (result == -ENOSPC)
        error_set(&unikernel->failure, ENOSPC,
                  "the program wrote more than %d KiB before its line "
                  "\"ringside ready\"",
                  RECORDER_MAX >> 10);
    return result;
}

static int64_t serve_console_write(struct unikernel *unikernel,
                                   const void *structure)
{
    const struct hypercall_console *call = structure;
    const void *buffer = console_buffer(unikernel, call);
    ssize_t moved;

    if (buffer == NULL)
        return -EFAULT;
    if (call->stream != STDOUT_FILENO && call->stream != STDERR_FILENO)
        return -EBADF;
    if (unikernel->recorder != NULL)
        return record(unikernel, call, buffer);
    phases_mark_first(PHASE_OUTPUT);
    do {
        moved = write((int)call->stream, buffer, call->length);
    } while (try_again(moved));
    return moved < 0 ? -errno : moved;
}

static int64_t serve_console_read(struct unikernel *unikernel,
                                  const void *structure)
{
    const struct hypercall_console *call = structure;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    const struct timespec now = {0};
    void *buffer = console_buffer(unikernel, call);
    ssize_t moved;

    if (buffer == NULL)
        return -EFAULT;
    if (ppoll(&input, 1, &now, NULL) == 0)
        return -EAGAIN;
    do {
        moved = read(STDIN_FILENO, buffer, call->length);
    } while (try_again(moved));
    return moved < 0 ? -errno : moved;
}

/*
 * Signals stay blocked but during the wait itself, so that none can come
 * between looking for one and waiting.
 */
static int64_t serve_poll(struct unikernel *unikernel, const void *structure)
{
    const struct hypercall_poll *call = structure;
    const struct timespec time = {
        .tv_sec = (time_t)(call->duration_ns / 1000000000),
        .tv_nsec = (long)(call->duration_ns % 1000000000),
    };
    struct pollfd streams[STREAMS];
    sigset_t all, before;
    int64_t ready = 0;

    (void)unikernel;
    for (int i = 0; i < STREAMS; i++) {
        streams[i].fd = call->streams & 1u << i ? i : -1;
        streams[i].events = i == STDIN_FILENO ? POLLIN : POLLOUT;
        streams[i].revents = 0;
    }
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    if (!upcall_due())
        ppoll(streams, STREAMS, call->duration_ns == UINT64_MAX ? NULL : &time,
              &before);
    sigprocmask(SIG_SETMASK, &before, NULL);
    for (int i = 0; i < STREAMS; i++)
        ready |= streams[i].revents != 0 ? 1 << i : 0;
    return ready;
}

static int64_t serve_discard(struct unikernel *unikernel, const void *structure)
{
    const struct hypercall_discard *call = structure;
    void *slice = guest_memory_slice(
        &unikernel->memory, (struct guest_addr){call->address}, call->length);

    if (slice == NULL || call->address < WINDOW_PHYSICAL)
        return -EFAULT;
    if (call->address % PAGE_SIZE != 0 || call->length % PAGE_SIZE != 0)
        return -EINVAL;
    return madvise(slice, call->length, MADV_DONTNEED) < 0 ? -errno : 0;
}

static int64_t serve_attach_root(struct unikernel *unikernel,
                                 const void *structure)
{
    (void)structure;
    return unikernel_attach_root(unikernel);
}

static int64_t serve_timer(struct unikernel *unikernel, const void *structure)
{
    const struct hypercall_timer *call = structure;

    (void)unikernel;
    return upcall_set_timer(call->duration_ns);
}

static int64_t serve_add_memory(struct unikernel *unikernel,
                                const void *structure)
{
    (void)structure;
    return vm_add_held_memory(&unikernel->vm, &unikernel->memory,
                              &unikernel->failure);
}

static int64_t serve_trace(struct unikernel *unikernel, const void *structure)
{
    if (unikernel->trace != NULL)
        unikernel->trace->tell(unikernel->trace, structure, &unikernel->vcpu,
                               &unikernel->memory, stderr);
    return 0;
}

static int64_t serve_terminal(struct unikernel *unikernel,
                              const void *structure)
{
    return terminal_serve(&unikernel->memory, structure);
}

/* Every structure begins with its result. */
union hypercall_structure {
    int64_t result;
    struct hypercall_exit exit;
    struct hypercall_fault fault;
    struct hypercall_console console;
    struct hypercall_poll poll;
    struct hypercall_discard discard;
    struct hypercall_timer timer;
    struct hypercall_attach_root attach_root;
    struct hypercall_add_memory add_memory;
    struct hypercall_trace trace;
    struct hypercall_terminal terminal;
};

static const struct {
    size_t size;
    hypercall_handler *serve;
} hypercalls[HYPERCALL_COUNT] = {
    [HYPERCALL_EXIT] = {sizeof(struct hypercall_exit), serve_exit},
    [HYPERCALL_FAULT] = {sizeof(struct hypercall_fault), serve_fault},
    [HYPERCALL_CONSOLE_WRITE] = {sizeof(struct hypercall_console),
                                 serve_console_write},
    [HYPERCALL_CONSOLE_READ] = {sizeof(struct hypercall_console),
                                serve_console_read},
    [HYPERCALL_POLL] = {sizeof(struct hypercall_poll), serve_poll},
    [HYPERCALL_DISCARD] = {sizeof(struct hypercall_discard), serve_discard},
    [HYPERCALL_TIMER] = {sizeof(struct hypercall_timer), serve_timer},
    [HYPERCALL_ATTACH_ROOT] = {sizeof(struct hypercall_attach_root),
                               serve_attach_root},
    [HYPERCALL_ADD_MEMORY] = {sizeof(struct hypercall_add_memory),
                              serve_add_memory},
    [HYPERCALL_TRACE] = {sizeof(struct hypercall_trace), serve_trace},
    [HYPERCALL_TERMINAL] = {sizeof(struct hypercall_terminal), serve_terminal},
};

int hypercall_serve(struct unikernel *unikernel, unsigned int number,
                    struct guest_addr address)
{
    union hypercall_structure structure;
    int64_t result;

    if (number >= HYPERCALL_COUNT || address.value % sizeof(int64_t) != 0)
        return -EINVAL;
    if (guest_memory_read(&unikernel->memory, address, &structure,
                          hypercalls[number].size) < 0)
        return -EFAULT;
    result = hypercalls[number].serve(unikernel, &structure);
    if (unikernel->paused) {
        unikernel->pending.number = number;
        unikernel->pending.address = (uint32_t)address.value;
        return 0;
    }
    return guest_memory_write(&unikernel->memory, address, &result,
                              sizeof(result));
}
