/* The client's side of a pool; see pool_client.h. */
#include "vmm/pool_client.h"

#include "oci/cleanup.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

int pool_connect(const char *path, struct error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    _cleanup_close_ int fd = -1;

    if (strlen(path) >= sizeof(address.sun_path))
        return error_errno(error, ENAMETOOLONG, "%s: cannot be a socket", path);
    strcpy(address.sun_path, path);
    fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return error_errno(error, errno, "socket");
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
        return error_errno(error, errno, "%s: no pool answers there", path);
    return take_fd(&fd);
}

static int send_request(int fd, const struct pool_request *request)
{
    const int streams[POOL_STREAMS] = {0, 1, 2};
    union {
        struct cmsghdr head;
        char storage[CMSG_SPACE(sizeof(streams))];
    } control = {
        .head = {.cmsg_level = SOL_SOCKET,
                 .cmsg_type = SCM_RIGHTS,
                 .cmsg_len = CMSG_LEN(sizeof(streams))},
    };
    struct iovec part = {(void *)request,
                         offsetof(struct pool_request, bundle) +
                             strlen(request->bundle) + 1};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };

    memcpy(CMSG_DATA(&control.head), streams, sizeof(streams));
    return sendmsg(fd, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int pool_run(const char *path, const char *bundle, struct pool_answer *answer,
             struct error *error)
{
    struct pool_request request = {.magic = POOL_MAGIC};
    _cleanup_close_ int fd = -1;
    ssize_t n;
    int status;

    if (strlen(bundle) >= sizeof(request.bundle))
        return error_set(error, EINVAL, "%.80s...: the path is too long",
                         bundle);
    strcpy(request.bundle, bundle);
    fd = pool_connect(path, error);
    if (fd < 0)
        return fd;
    status = send_request(fd, &request);
    if (status < 0)
        return error_errno(error, -status, "%s: cannot send", path);
    do {
        n = recv(fd, answer, sizeof(*answer), 0);
    } while (n < 0 && errno == EINTR);
    if (n == 0 || (n < 0 && errno == ECONNRESET))
        return error_set(error, ECONNRESET,
                         "%s: the pool was ended before the guest was", path);
    if (n < 0)
        return error_errno(error, errno, "%s", path);
    if (n != sizeof(*answer) || answer->magic != POOL_MAGIC)
        return error_set(error, EPROTO, "%s: this is no pool of ours", path);
    answer->text[sizeof(answer->text) - 1] = '\0';
    if (answer->failed != 0)
        return error_set(error, EIO, "%s", answer->text);
    return 0;
}
