/* Dropping the page cache; see page_cache.h for the contract. */
#include "bench/page_cache.h"

#include "bench/files.h"
#include "oci/cleanup.h"

#include <errno.h>
#include <fcntl.h>

static const char switch_path[] = "/proc/sys/vm/drop_caches";

int page_cache_check(struct error *error)
{
    _cleanup_close_ int fd = open(switch_path, O_WRONLY | O_CLOEXEC);

    if (fd >= 0)
        return 0;
    return error_set(error, errno,
                     "--page-cache cold: %s cannot be written: be root on the "
                     "host itself, or leave the cache warm",
                     switch_path);
}

int page_cache_drop(struct error *error)
{
    int result;

    sync(); /* what is dirty is not dropped */
    result = file_write(switch_path, "3");
    return result < 0 ? error_errno(error, -result, "%s", switch_path) : 0;
}
