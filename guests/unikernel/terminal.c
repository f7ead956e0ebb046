/*
 * Terminals. Attributes and size are those of the host's terminal, so that
 * line editors and full-screen programs work; job control has one process to
 * tell of, which is always in the foreground.
 */
#include "guests/unikernel/terminal.h"

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/errno.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <asm/termios.h>

/* Gets from the host into the program's memory. */
static int64_t get(uint64_t stream, uint64_t request, uint64_t argument,
                   uint64_t size)
{
    static uint8_t buffer[sizeof(struct termios)];
    int64_t status;

    if (user_check_write(argument, size) < 0)
        return -EFAULT;
    status = vmm_terminal(stream, request, (uint64_t)buffer, size);
    return status < 0 ? status : user_copy_out(argument, buffer, size);
}

static int64_t set(uint64_t stream, uint64_t request, uint64_t argument)
{
    static struct termios attributes;

    if (user_copy_in(&attributes, argument, sizeof(attributes)) < 0)
        return -EFAULT;
    return vmm_terminal(stream, request, (uint64_t)&attributes,
                        sizeof(attributes));
}

static int64_t get_process(uint64_t argument)
{
    const int32_t process = PROCESS_ID;

    return user_copy_out(argument, &process, sizeof(process));
}

static int64_t set_process(uint64_t argument)
{
    int32_t process;

    if (user_copy_in(&process, argument, sizeof(process)) < 0)
        return -EFAULT;
    if (process < 0)
        return -EINVAL;
    return process == PROCESS_ID ? 0 : -ESRCH;
}

int64_t terminal_control(uint64_t stream, uint64_t request, uint64_t argument)
{
    switch (request) {
    case TCGETS:
        return get(stream, request, argument, sizeof(struct termios));
    case TIOCGWINSZ:
        return get(stream, request, argument, sizeof(struct winsize));
    case FIONREAD:
        return get(stream, request, argument, sizeof(int32_t));
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        return set(stream, request, argument);
    case TCSBRK:
    case TCXONC:
    case TCFLSH:
    case TIOCSCTTY:
        return 0;
    case TIOCGPGRP:
    case TIOCGSID:
        return get_process(argument);
    case TIOCSPGRP:
        return set_process(argument);
    default:
        return -ENOTTY;
    }
}
