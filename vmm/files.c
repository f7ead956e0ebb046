/* Reading files whole; see files.h. */
#include "vmm/files.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

int file_read_at(int fd, void *to, uint64_t length, uint64_t offset)
{
    char *at = to;

    while (length > 0) {
        ssize_t got = pread(fd, at, length, (off_t)offset);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -errno : -EIO;
        at += got;
        length -= (uint64_t)got;
        offset += (uint64_t)got;
    }
    return 0;
}
