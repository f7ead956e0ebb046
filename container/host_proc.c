/* Files of the host's /proc; see host_proc.h. */
#include "container/host_proc.h"

#include "oci/cleanup.h"
#include "oci/file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

int host_proc_open(const char *path, int flags)
{
    _cleanup_close_ int proc =
        open("/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    const struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS,
    };
    struct statfs filesystem;
    long fd;

    if (proc < 0 || fstatfs(proc, &filesystem) < 0)
        return -errno;
    if (filesystem.f_type != PROC_SUPER_MAGIC)
        return -EXDEV;
    fd = syscall(SYS_openat2, proc, path, &how, sizeof(how));
    return fd < 0 ? -errno : (int)fd;
}

int host_proc_write(const char *path, const char *text)
{
    _cleanup_close_ int fd = host_proc_open(path, O_WRONLY);

    return fd < 0 ? fd : file_write_all(fd, text, strlen(text));
}
