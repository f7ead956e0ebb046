/* The terminal of a container; see console.h. */
#include "container/console.h"

#include "container/mounts.h"
#include "oci/cleanup.h"
#include "oci/console_socket.h"
#include "oci/root_path.h"
#include "oci/socket.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

int console_prepare(const struct bundle_process *process, const char *path,
                    int *sender, int *receiver, struct error *error)
{
    if (!process->terminal)
        return 0;
    if (path != NULL) {
        *sender = console_socket_connect(path, error);
        return *sender < 0 ? *sender : 0;
    }
    return socket_pair(receiver, sender, error);
}

/* A new master; what is not a pseudo-terminal is refused. */
static int open_master(int root, struct error *error)
{
    const struct open_how how = {
        .flags = O_RDWR | O_NOCTTY | O_CLOEXEC,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS,
    };
    _cleanup_close_ int master =
        (int)syscall(SYS_openat2, root, "dev/pts/ptmx", &how, sizeof(how));
    struct statfs status;
    int unlock = 0;

    if (master < 0)
        return error_errno(error, errno,
                           "process.terminal: cannot open /dev/pts/ptmx");
    if (fstatfs(master, &status) < 0 || status.f_type != DEVPTS_SUPER_MAGIC ||
        ioctl(master, TIOCSPTLCK, &unlock) < 0)
        return error_set(error, EINVAL,
                         "process.terminal: /dev/pts is not a devpts");
    return take_fd(&master);
}

int console_receive(int socket)
{
    return socket_receive_descriptor(socket, MSG_DONTWAIT);
}

/* Without a wish, that of the terminal we are run in: the program may look
 * before anybody has a chance to set it. */
static struct winsize choose_size(const struct bundle_process *process)
{
    struct winsize size = {.ws_row = process->console_height,
                           .ws_col = process->console_width};

    if (size.ws_row == 0 || size.ws_col == 0)
        (void)ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
    return size;
}

int console_open(int root, const struct bundle_process *process, int socket,
                 struct error *error)
{
    const struct winsize size = choose_size(process);
    _cleanup_close_ int master = open_master(root, error);
    _cleanup_close_ int slave = -1;
    int status;

    if (master < 0)
        return master;
    slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0)
        return error_errno(error, errno, "process.terminal: cannot open it");
    if (process->uid != 0 && fchown(slave, process->uid, (gid_t)-1) < 0)
        return error_errno(error, errno,
                           "process.terminal: cannot give it to user %u",
                           process->uid);
    if (size.ws_row != 0 && size.ws_col != 0 &&
        ioctl(slave, TIOCSWINSZ, &size) < 0)
        return error_errno(error, errno, "process.consoleSize: cannot set it");
    status = console_socket_send(socket, master);
    if (status < 0)
        return error_errno(error, -status,
                           "process.terminal: cannot hand it over");
    return take_fd(&slave);
}

int console_bind(int root, int slave, struct error *error)
{
    _cleanup_close_ int target =
        root_open_or_make(root, "/dev/console", ROOT_FILE, error);
    _cleanup_close_ int mount = -1;
    int status;

    if (target < 0)
        return target;
    mount = mount_clone(slave, false);
    status = mount < 0 ? mount : mount_attach(mount, target);
    return error_status(error, status,
                        "/dev/console: cannot mount the terminal");
}

int console_attach(int slave, struct error *error)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (dup2(slave, fd) < 0)
            return error_errno(error, errno, "process.terminal");
    }
    close(slave);
    return 0;
}

int console_lead_session(const struct bundle_process *process,
                         struct error *error)
{
    setsid();
    if (process->terminal && ioctl(STDIN_FILENO, TIOCSCTTY, 0) < 0)
        return error_errno(error, errno,
                           "process.terminal: cannot take control of it");
    return 0;
}
