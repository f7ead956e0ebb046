/* Terminal requests of a guest; see terminal.h. */
#include "vmm/terminal.h"

#include <asm/termbits.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { STREAMS = 3 };

/* <termios.h> has another struct termios than the kernel. */
static struct {
    struct termios attributes;
    bool saved;
} before[STREAMS];

static bool sets_attributes(uint64_t request)
{
    return request == TCSETS || request == TCSETSW || request == TCSETSF;
}

/* The argument's size; 0 where the guest may not ask for this. */
static size_t size_of_request(uint64_t request)
{
    if (request == TCGETS || sets_attributes(request))
        return sizeof(struct termios);
    if (request == TIOCGWINSZ)
        return sizeof(struct winsize);
    return request == FIONREAD ? sizeof(int) : 0;
}

int64_t terminal_serve(const struct guest_memory *memory,
                       const struct hypercall_terminal *call)
{
    const size_t size = size_of_request(call->request);
    void *argument;

    if (call->stream >= STREAMS || size == 0)
        return -ENOTTY;
    if (call->length != size)
        return -EINVAL;
    argument = guest_memory_slice(memory, (struct guest_addr){call->address},
                                  call->length);
    if (argument == NULL)
        return -EFAULT;
    if (sets_attributes(call->request) && !before[call->stream].saved)
        before[call->stream].saved =
            ioctl((int)call->stream, TCGETS,
                  &before[call->stream].attributes) == 0;
    return ioctl((int)call->stream, call->request, argument) < 0 ? -errno : 0;
}

/* A process in the background that does this would be stopped (SIGTTOU). */
void terminal_restore(void)
{
    for (int stream = 0; stream < STREAMS; stream++) {
        if (!before[stream].saved)
            continue;
        signal(SIGTTOU, SIG_IGN);
        ioctl(stream, TCSETSW, &before[stream].attributes);
        before[stream].saved = false;
    }
}
