/* Lines to and from init; see control.h. */
#include "vmm/control.h"

#include "oci/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int control_create(struct control *control, struct error *error)
{
    *control = CONTROL_NONE;
    if (pipe2(control->to_guest, O_CLOEXEC | O_NONBLOCK) < 0)
        return error_errno(error, errno, "pipe");
    return 0;
}

void control_release(struct control *control)
{
    cleanup_close(&control->to_guest[0]);
    cleanup_close(&control->to_guest[1]);
    *control = CONTROL_NONE;
}

static void take_line(struct control *control)
{
    static const char prefix[] = "error ";
    const size_t skip = sizeof(prefix) - 1;

    control->line[control->used] = '\0';
    if (control->failure[0] == '\0' &&
        strncmp(control->line, prefix, skip) == 0)
        memcpy(control->failure, control->line + skip,
               control->used - skip + 1);
    control->used = 0;
}

/* Of a line that is too long the rest is dropped. */
void control_receive(void *context, const void *data, size_t size)
{
    struct control *control = context;
    const char *bytes = data;

    for (size_t i = 0; i < size; i++) {
        const char byte = bytes[i]; /* guest memory: read once */

        if (byte == '\n')
            take_line(control);
        else if (control->used < sizeof(control->line) - 1)
            control->line[control->used++] = byte;
    }
}

/* A full pipe means a guest that reads no signals: then it gets none. Not by
 * dprintf(3), which asks about the descriptor: a jail forbids that. */
void control_signal(const struct control *control, int signal)
{
    char line[32];
    int length = snprintf(line, sizeof(line), "signal %d\n", signal);

    if (control->to_guest[1] >= 0)
        (void)!write(control->to_guest[1], line, (size_t)length);
}
