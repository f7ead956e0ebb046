/*
 * Virtio block device; see virtio_block.h. Data moves between the image and
 * guest memory with no copy of ours in between.
 */
#include "vmm/virtio_block.h"

#include "oci/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/virtio_blk.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>

/* The unit of every sector number, whatever the disk's own (5.2.4). */
enum { SECTOR_SIZE = 512, TRANSFER_MAX = 32 << 20 };

static const char identity[VIRTIO_BLK_ID_BYTES] = "ringside";

struct virtio_block {
    struct virtio_device device; /* first: ops hand it back */
    struct virtio_blk_config config;
    int image;
    bool read_only;
};

/* One request: returns VIRTIO_BLK_S_*, with the bytes written to the chain. */
typedef uint8_t request_handler(struct virtio_block *block, uint64_t sector,
                                struct virtqueue_chain *chain,
                                uint32_t *written);

/* Whether a transfer has whole sectors that the disk has. */
static bool range_exists(const struct virtio_block *block, uint64_t sector,
                         size_t size)
{
    uint64_t capacity = block->config.capacity;

    return size % SECTOR_SIZE == 0 && sector <= capacity &&
           size / SECTOR_SIZE <= capacity - sector;
}

/*
 * How many of the segments are moved at once: in one call the host's kernel may
 * be busy for seconds, and nobody could end the guest meanwhile.
 */
static int segments_at_once(const struct segments *segments)
{
    size_t size = segments->first[0].iov_len;
    unsigned int count = 1;

    while (count < segments->count &&
           size + segments->first[count].iov_len <= TRANSFER_MAX)
        size += segments->first[count++].iov_len;
    return (int)count;
}

typedef ssize_t transfer(int fd, const struct iovec *vectors, int count,
                         off_t offset);

/*
 * All of the segments, through short transfers and EINTR. A read of nothing
 * means that somebody cut the image off under our hands: an error as well.
 * Requests may name the same memory over and over, terabytes in all: a guest
 * that has ended does not have them carried out.
 */
static uint8_t transfer_all(const struct virtio_block *block, transfer *move,
                            uint64_t sector, struct segments *segments)
{
    off_t offset = (off_t)(sector * SECTOR_SIZE);

    while (segments->count > 0) {
        ssize_t moved;

        if (io_loop_is_ending(block->device.loop))
            return VIRTIO_BLK_S_IOERR;
        moved = move(block->image, segments->first, segments_at_once(segments),
                     offset);
        if (moved < 0 && errno == EINTR)
            continue;
        if (moved <= 0)
            return VIRTIO_BLK_S_IOERR;
        segments_skip(segments, (size_t)moved);
        offset += moved;
    }
    return VIRTIO_BLK_S_OK;
}

static uint8_t serve_read(struct virtio_block *block, uint64_t sector,
                          struct virtqueue_chain *chain, uint32_t *written)
{
    size_t size = chain->writable.size;
    uint8_t status;

    if (!range_exists(block, sector, size))
        return VIRTIO_BLK_S_IOERR;
    status = transfer_all(block, preadv, sector, &chain->writable);
    *written = (uint32_t)(size - chain->writable.size);
    return status;
}

static uint8_t flush(const struct virtio_block *block)
{
    return fdatasync(block->image) < 0 ? VIRTIO_BLK_S_IOERR : VIRTIO_BLK_S_OK;
}

/* A driver that cannot flush takes completion for durability (5.2.6.2). */
static uint8_t serve_write(struct virtio_block *block, uint64_t sector,
                           struct virtqueue_chain *chain, uint32_t *written)
{
    uint8_t status;

    (void)written;
    if (block->read_only || !range_exists(block, sector, chain->readable.size))
        return VIRTIO_BLK_S_IOERR;
    status = transfer_all(block, pwritev, sector, &chain->readable);
    if (status == VIRTIO_BLK_S_OK &&
        !virtio_device_has(&block->device, VIRTIO_BLK_F_FLUSH))
        status = flush(block);
    return status;
}

static uint8_t serve_flush(struct virtio_block *block, uint64_t sector,
                           struct virtqueue_chain *chain, uint32_t *written)
{
    (void)sector;
    (void)chain;
    (void)written;
    return flush(block);
}

static uint8_t serve_get_id(struct virtio_block *block, uint64_t sector,
                            struct virtqueue_chain *chain, uint32_t *written)
{
    (void)block;
    (void)sector;
    *written =
        (uint32_t)segments_write(&chain->writable, identity, sizeof(identity));
    return VIRTIO_BLK_S_OK;
}

static const struct {
    uint32_t type;
    request_handler *serve;
} requests[] = {
    {VIRTIO_BLK_T_IN, serve_read},
    {VIRTIO_BLK_T_OUT, serve_write},
    {VIRTIO_BLK_T_FLUSH, serve_flush},
    {VIRTIO_BLK_T_GET_ID, serve_get_id},
};

static request_handler *find_request(uint32_t type)
{
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        if (requests[i].type == type)
            return requests[i].serve;
    }
    return NULL;
}

/*
 * A request is a header, data, and a last byte for the status, in however
 * many segments (5.2.6). Without header or status it cannot even be refused.
 */
static uint32_t serve(struct virtio_device *device, unsigned int queue,
                      struct virtqueue_chain *chain)
{
    struct virtio_block *block = (struct virtio_block *)device;
    uint8_t *status = segments_take_last(&chain->writable);
    struct virtio_blk_outhdr header;
    request_handler *handler;
    uint32_t written = 0;

    (void)queue;
    if (status == NULL || segments_read(&chain->readable, &header,
                                        sizeof(header)) != sizeof(header)) {
        virtio_device_fail(device);
        return 0;
    }
    handler = find_request(header.type);
    *status = handler == NULL ? VIRTIO_BLK_S_UNSUPP
                              : handler(block, header.sector, chain, &written);
    return written + (uint32_t)sizeof(*status);
}

static void notify(struct virtio_device *device, unsigned int queue)
{
    virtio_device_serve(device, queue, serve);
}

static void release(struct virtio_device *device)
{
    struct virtio_block *block = (struct virtio_block *)device;

    cleanup_close(&block->image);
    free(block);
}

static const struct virtio_device_ops ops = {
    .name = "virtio-block",
    .id = VIRTIO_ID_BLOCK,
    .notify = notify,
    .release = release,
};

/* Bytes in a regular file or a block device. */
static int image_size(int image, const char *path, uint64_t *size,
                      struct error *error)
{
    struct stat status;

    if (fstat(image, &status) < 0)
        return error_errno(error, errno, "%s", path);
    if (S_ISREG(status.st_mode)) {
        *size = (uint64_t)status.st_size;
        return 0;
    }
    if (!S_ISBLK(status.st_mode))
        return error_set(error, EINVAL,
                         "%s: a disk image is a file or a block device", path);
    if (ioctl(image, BLKGETSIZE64, size) < 0)
        return error_errno(error, errno, "%s", path);
    return 0;
}

/* O_NONBLOCK, so that a FIFO by mistake is refused and not waited for. */
static int open_image(const char *path, bool read_only, uint64_t *size,
                      struct error *error)
{
    int mode = read_only ? O_RDONLY : O_RDWR;
    _cleanup_close_ int image = open(path, mode | O_CLOEXEC | O_NONBLOCK);
    int result;

    if (image < 0)
        return error_errno(error, errno, "%s", path);
    result = image_size(image, path, size, error);
    if (result < 0)
        return result;
    if (*size == 0 || *size % SECTOR_SIZE != 0)
        return error_set(error, EINVAL,
                         "%s: a disk image has whole sectors of %d bytes, "
                         "and at least one",
                         path, SECTOR_SIZE);
    if (flock(image, (read_only ? LOCK_SH : LOCK_EX) | LOCK_NB) < 0)
        return error_set(error, EBUSY, "%s: another process has it %s", path,
                         read_only ? "open for writing" : "in use");
    return take_fd(&image);
}

int virtio_block_create(const char *path, bool read_only,
                        struct virtio_device **device, struct error *error)
{
    _cleanup_close_ int image = -1;
    struct virtio_block *made;
    uint64_t size;

    image = open_image(path, read_only, &size, error);
    if (image < 0)
        return image;
    made = calloc(1, sizeof(*made));
    if (made == NULL)
        return error_errno(error, ENOMEM, "cannot make the %s device",
                           ops.name);
    made->device.ops = &ops;
    made->device.features =
        1ull << VIRTIO_BLK_F_SEG_MAX |
        1ull << (read_only ? VIRTIO_BLK_F_RO : VIRTIO_BLK_F_FLUSH);
    made->device.config = &made->config;
    made->device.config_size = sizeof(made->config);
    made->device.queue_count = 1;
    made->config.capacity = size / SECTOR_SIZE;
    /* Header and status have descriptors of their own. */
    made->config.seg_max = VIRTQUEUE_SIZE_MAX - 2;
    made->read_only = read_only;
    made->image = take_fd(&image);
    made->device.host_fd = made->image;
    *device = &made->device;
    return 0;
}
