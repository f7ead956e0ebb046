/* A service manager's part; see service.h. */
#include "oci/service.h"

#include "oci/cleanup.h"
#include "oci/descriptors.h"
#include "oci/file.h"
#include "oci/path.h"

#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

static const char inside[] = "/run/notify";
static const char socket_name[] = "notify.sock";

int service_pass_listening(struct run_request *request, struct bundle *bundle,
                           struct error *error)
{
    const char *count = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");
    int n =
        count != NULL && pid != NULL && atoi(pid) == getpid() ? atoi(count) : 0;
    int status = 0;

    if (n <= 0 || n > INT16_MAX)
        return 0;
    for (int fd = 3; fd < 3 + n + request->preserve_fds; fd++) {
        if (fcntl(fd, F_GETFD) < 0)
            return error_errno(error, errno, "LISTEN_FDS: descriptor %d", fd);
        /* systemd passes them to be closed on exec. */
        (void)fcntl(fd, F_SETFD, 0);
    }
    request->preserve_fds += n;
    status =
        bundle_add_environment(&bundle->process, error, "LISTEN_FDS=%d", n);
    return status == 0
               ? bundle_add_environment(&bundle->process, error, "LISTEN_PID=1")
               : status;
}

static const char *manager_socket(void)
{
    const char *path = getenv("NOTIFY_SOCKET");

    return path != NULL && (path[0] == '/' || path[0] == '@') ? path : NULL;
}

int service_offer_notify(const struct run_request *request,
                         struct bundle *bundle, struct error *error)
{
    _cleanup_free_ char *directory = NULL;
    int status;

    if (manager_socket() == NULL)
        return 0;
    directory = path_join(request->state_directory, "notify");
    if (directory == NULL)
        return error_errno(error, ENOMEM, "NOTIFY_SOCKET");
    status = directory_make(directory, 0755, error);
    if (status == 0)
        status = bundle_add_bind(bundle, directory, inside, error);
    return status == 0 ? bundle_add_environment(&bundle->process, error,
                                                "NOTIFY_SOCKET=%s/%s", inside,
                                                socket_name)
                       : status;
}

int service_listen(const char *state_directory, int *listener,
                   struct error *error)
{
    _cleanup_close_ int fd = -1;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat status;
    int n;

    n = snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify/%s",
                 state_directory, socket_name);
    *listener = -1;
    if (manager_socket() == NULL)
        return 0;
    if (n >= (int)sizeof(address.sun_path))
        return error_set(error, ENAMETOOLONG,
                         "NOTIFY_SOCKET: the state directory %s is too long "
                         "for a socket",
                         state_directory);
    *strrchr(address.sun_path, '/') = '\0';
    if (stat(address.sun_path, &status) < 0)
        return 0; /* made where nobody was to be told */
    address.sun_path[strlen(address.sun_path)] = '/';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
        chmod(address.sun_path, 0777) < 0)
        return error_errno(error, errno, "NOTIFY_SOCKET: cannot listen at %s",
                           address.sun_path);
    *listener = take_fd(&fd);
    return 0;
}

/* Tells the manager, in the name of the process sender; it is not worth an
 * error that it does not hear. */
static void tell_manager(const char *text, pid_t sender)
{
    const char *path = manager_socket();
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(struct ucred))];
    } control = {.header = {.cmsg_len = CMSG_LEN(sizeof(struct ucred)),
                            .cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_CREDENTIALS}};
    const struct ucred who = {sender, geteuid(), getegid()};
    struct iovec data = {.iov_base = (char *)text, .iov_len = strlen(text)};
    struct msghdr message = {.msg_name = &address,
                             .msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof(control)};
    _cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || length >= sizeof(address.sun_path))
        return;
    memcpy(address.sun_path, path, length);
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    message.msg_namelen =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    memcpy(CMSG_DATA(&control.header), &who, sizeof(who));
    if (sendmsg(fd, &message, MSG_NOSIGNAL) >= 0)
        return;
    /* Without the right to speak for another: in our own name. */
    message.msg_control = NULL;
    message.msg_controllen = 0;
    (void)sendmsg(fd, &message, MSG_NOSIGNAL);
}

/* One message of the container's: lines, of which one counts. */
static bool says_ready(int socket, int flags)
{
    static const char ready[] = "READY=1";
    char text[4096], *rest = NULL;
    ssize_t n = recv(socket, text, sizeof(text) - 1, flags);

    text[n > 0 ? n : 0] = '\0';
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        if (strcmp(line, ready) == 0)
            return true;
    }
    return false;
}

void service_await_ready(int socket, const struct process_identity *init)
{
    _cleanup_close_ int process = process_open(init), receiver = socket;
    char text[64];

    do {
        struct pollfd ready[] = {{.fd = receiver, .events = POLLIN},
                                 {.fd = process, .events = POLLIN}};

        /* One that has ended already may have said it before. */
        if (poll(ready, 2, process < 0 ? 0 : -1) < 0)
            continue;
        if (ready[0].revents == 0)
            return;
    } while (!says_ready(receiver, MSG_DONTWAIT));
    snprintf(text, sizeof(text), "READY=1\nMAINPID=%d", (int)init->pid);
    tell_manager(text, getpid());
}

/* Until the container is ready, or hold, the other end of a pipe, is closed. */
static _Noreturn void relay_ready(int socket, int hold, pid_t runtime)
{
    const int needed[] = {socket, hold};
    const struct descriptor_list kept = {needed, 2};
    struct pollfd ready[] = {{.fd = socket, .events = POLLIN}, {.fd = hold}};

    descriptors_close_except(0, &kept, 1);
    while (poll(ready, 2, -1) < 0 || ready[0].revents != 0) {
        if (!says_ready(socket, MSG_DONTWAIT))
            continue;
        tell_manager("READY=1", runtime);
        break;
    }
    _exit(0);
}

int service_relay_start(int socket, struct service_relay *relay,
                        struct error *error)
{
    _cleanup_close_ int receiver = socket, reader = -1, writer = -1;
    pid_t runtime = getpid();
    int ends[2];

    relay->pid = 0;
    if (socket < 0)
        return 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_errno(error, errno, "cannot make a pipe");
    reader = ends[0];
    writer = ends[1];
    relay->pid = fork();
    if (relay->pid < 0)
        return error_errno(error, errno, "cannot make a process");
    if (relay->pid == 0)
        relay_ready(receiver, reader, runtime);
    relay->hold = take_fd(&writer);
    return 0;
}

void service_relay_end(struct service_relay *relay)
{
    if (relay->pid <= 0)
        return;
    close(relay->hold);
    waitpid(relay->pid, NULL, 0);
}
