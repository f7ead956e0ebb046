/* A pseudo-terminal for the VMM; see console.h. Source: pty(7), ioctl_tty(2).
 */
#include "vmm/console.h"

#include "oci/cleanup.h"
#include "oci/console_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int open_pair(const struct bundle_process *process, int *master,
                     int *slave, struct error *error)
{
    const struct winsize size = {.ws_row = process->console_height,
                                 .ws_col = process->console_width};
    int unlock = 0;

    *master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*master < 0 || ioctl(*master, TIOCSPTLCK, &unlock) < 0)
        return error_errno(error, errno,
                           "process.terminal: cannot make a terminal");
    *slave = ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*slave < 0)
        return error_errno(error, errno, "process.terminal: cannot open it");
    if (size.ws_row != 0 && size.ws_col != 0 &&
        ioctl(*slave, TIOCSWINSZ, &size) < 0)
        return error_errno(error, errno, "process.consoleSize: cannot set it");
    return 0;
}

/* Who stays in the foreground has a session, and may have a terminal. */
static int become_standard(int slave, bool attached, struct error *error)
{
    if (ioctl(slave, TIOCSCTTY, 0) < 0 && !attached)
        return error_errno(error, errno,
                           "process.terminal: cannot take control of it");
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (dup2(slave, fd) < 0)
            return error_errno(error, errno, "process.terminal");
    }
    return 0;
}

int console_take(const struct run_request *request, struct error *error)
{
    _cleanup_close_ int master = -1, slave = -1, socket = -1;
    int status;

    if (!request->bundle->process.terminal)
        return 0;
    if (request->console_socket == NULL)
        return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)
                   ? 0
                   : error_set(error, ENOTTY,
                               "config.json: process.terminal: standard input "
                               "and output are no terminal, and there is no "
                               "--console-socket");
    socket = console_socket_connect(request->console_socket, error);
    if (socket < 0)
        return socket;
    status = open_pair(&request->bundle->process, &master, &slave, error);
    if (status < 0)
        return status;
    status = console_socket_send(socket, master);
    if (status < 0)
        return error_errno(error, -status,
                           "process.terminal: cannot hand it over");
    return become_standard(slave, request->attached, error);
}
