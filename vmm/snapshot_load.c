/*
 * Going on from a snapshot. What is in the file is mapped over fresh memory,
 * private: the first write to a page copies it, the rest is shared with every
 * other guest of the same file by the page cache.
 */
#include "vmm/snapshot.h"

#include "oci/cleanup.h"
#include "vmm/boot.h"
#include "vmm/files.h"
#include "vmm/phases.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* Reads and checks the head; fd is open. */
static int read_head(struct snapshot *snapshot, uint64_t file_size,
                     struct error *error)
{
    struct snapshot_header header;
    size_t size;
    int status;

    if (file_size < sizeof(header))
        return error_set(error, EINVAL, "is no snapshot");
    status = file_read_at(snapshot->fd, &header, sizeof(header), 0);
    if (status < 0)
        return error_errno(error, -status, "cannot be read");
    status = snapshot_check_header(&header, file_size, error);
    if (status < 0)
        return status;
    size = snapshot_head_size(&header);
    snapshot->head = malloc(size);
    if (snapshot->head == NULL)
        return error_errno(error, ENOMEM, "cannot be read");
    status = file_read_at(snapshot->fd, snapshot->head, size, 0);
    if (status < 0)
        return error_errno(error, -status, "cannot be read");
    /* Had the file changed in between, the sizes might not hold any more. */
    memcpy(snapshot->head, &header, sizeof(header));
    return snapshot_check_head((void *)snapshot->head, error);
}

int snapshot_open(const char *path, struct snapshot *snapshot,
                  struct error *error)
{
    struct stat status;
    int result;

    *snapshot = SNAPSHOT_NONE;
    snapshot->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (snapshot->fd < 0 || fstat(snapshot->fd, &status) < 0)
        return error_errno(error, errno, "%s: cannot open snapshot", path);
    if (!S_ISREG(status.st_mode))
        return error_set(error, EINVAL, "%s: is no snapshot", path);
    result = read_head(snapshot, (uint64_t)status.st_size, error);
    if (result < 0)
        return error_prefix(error, "%s", path);
    snapshot->header = (const void *)snapshot->head;
    snapshot->extents = (const void *)(snapshot->header + 1);
    snapshot->output =
        (const char *)(snapshot->extents + snapshot->header->extent_count);
    return 0;
}

void snapshot_release(struct snapshot *snapshot)
{
    cleanup_close(&snapshot->fd);
    free(snapshot->head);
    *snapshot = SNAPSHOT_NONE;
}

static int map_extent(const struct snapshot *snapshot,
                      const struct snapshot_extent *extent, void *place)
{
    if (extent->copied != 0)
        return file_read_at(snapshot->fd, place, extent->length,
                            extent->offset);
    if (mmap(place, extent->length, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, snapshot->fd,
             (off_t)extent->offset) == MAP_FAILED)
        return -errno;
    return 0;
}

static int map_memory(const struct snapshot *snapshot,
                      const struct guest_memory *memory, struct error *error)
{
    for (uint32_t i = 0; i < snapshot->header->extent_count; i++) {
        const struct snapshot_extent *extent = &snapshot->extents[i];
        void *place = guest_memory_slice(
            memory, (struct guest_addr){extent->address}, extent->length);

        int status =
            place == NULL ? -EINVAL : map_extent(snapshot, extent, place);

        if (status < 0)
            return error_errno(error, -status,
                               "cannot map the snapshot's memory");
    }
    return 0;
}

int snapshot_restore(const struct snapshot *snapshot,
                     struct unikernel *unikernel, struct error *error)
{
    const struct snapshot_header *header = snapshot->header;
    struct boot_random random;
    int status =
        guest_memory_create(&unikernel->memory, header->memory_size, error);

    unikernel->memory.held = header->held;
    unikernel->memory.held_end = header->held_end;
    phases_mark(PHASE_MEMORY);
    if (status == 0)
        status = map_memory(snapshot, &unikernel->memory, error);
    phases_mark(PHASE_LOAD);
    if (status == 0)
        status = unikernel_make_vm(unikernel, error);
    if (status == 0)
        status = unikernel_vcpu_restore(&unikernel->vm, &unikernel->vcpu,
                                        &header->vcpu, error);
    if (status == 0)
        status = boot_draw(&random, error);
    if (status == 0)
        status = boot_renew(&unikernel->vcpu, &unikernel->memory, &random,
                            header->monotonic_ns, error);
    unikernel->pending = header->pending;
    unikernel->paused = true;
    phases_mark(PHASE_REGISTERS);
    return status;
}
