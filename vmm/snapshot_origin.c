/* What a bundle would run, as checksums; see snapshot.h. */
#include "vmm/snapshot.h"

#include "oci/cleanup.h"
#include "vmm/checksum.h"
#include "vmm/find.h"

#include <errno.h>
#include <string.h>

static uint64_t add_string(uint64_t sum, const char *text)
{
    return checksum_add(sum, text, strlen(text) + 1);
}

static uint64_t add_strings(uint64_t sum, char *const *strings)
{
    for (; *strings != NULL; strings++)
        sum = add_string(sum, *strings);
    return add_string(sum, "");
}

static uint64_t process_checksum(const struct bundle_process *process)
{
    const uint64_t ids[] = {process->uid, process->gid};
    uint64_t sum = add_strings(CHECKSUM_START, process->arguments);

    sum = add_strings(sum, process->environment);
    sum = add_string(sum, process->cwd);
    return checksum_add(sum, ids, sizeof(ids));
}

int snapshot_origin(const struct bundle *bundle, struct snapshot_origin *origin,
                    struct error *error)
{
    _cleanup_free_ char *path = NULL;
    _cleanup_close_ int fd = find_program(bundle, &path, error);
    uint64_t block[512];
    ssize_t n;

    if (fd < 0)
        return fd;
    if (strlen(bundle->directory) >= sizeof(origin->bundle))
        return error_errno(error, ENAMETOOLONG, "%s", bundle->directory);
    memset(origin->bundle, 0, sizeof(origin->bundle));
    strcpy(origin->bundle, bundle->directory);
    origin->process = process_checksum(&bundle->process);
    origin->program = CHECKSUM_START;
    while ((n = read(fd, block, sizeof(block))) > 0)
        origin->program = checksum_add(origin->program, block, (size_t)n);
    return n < 0 ? error_errno(error, errno, "cannot read %s", path) : 0;
}
