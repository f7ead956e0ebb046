/* Network namespaces; see netns.h. */
#include "vmm/netns.h"

#include "oci/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>

int netns_enter(const char *path, struct error *error)
{
    _cleanup_close_ int fd = -1;

    if (path == NULL)
        return unshare(CLONE_NEWNET) == 0
                   ? 0
                   : error_errno(error, errno,
                                 "cannot make a network namespace");
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_errno(error, errno, "network namespace %s", path);
    if (setns(fd, CLONE_NEWNET) < 0)
        return error_errno(error, errno, "cannot enter network namespace %s",
                           path);
    return 0;
}
