/* Nodes that no path leads to; see unnamed_node.h. */
#include "guests/unikernel/unnamed_node.h"

#include "guests/unikernel/clock.h"
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/text.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/magic.h>

/* st_dev, other than that of any mount. */
enum { UNNAMED_DEVICE = 0xd };

struct filesystem unnamed_filesystem = {
    .type = "anon_inodefs",
    .magic = ANON_INODE_FS_MAGIC,
    .device = UNNAMED_DEVICE,
};

void unnamed_node_init(struct node *node, struct filesystem *filesystem,
                       const struct node_operations *operations, uint32_t mode)
{
    int64_t now = (int64_t)clock_realtime_ns();

    memset(node, 0, sizeof(*node));
    node->operations = operations;
    node->filesystem = filesystem;
    node->inode = node_new_inode();
    node->accessed = node->modified = node->changed = now;
    node->mode = mode;
    node->uid = credentials.fsuid;
    node->gid = credentials.fsgid;
    node->links = 1;
    node->references = 1;
}

int64_t unnamed_node_install(struct node *node, uint32_t flags)
{
    struct description *file =
        description_create(node, flags & ~(uint32_t)O_CLOEXEC);

    if (file == NULL)
        return -ENFILE;
    return descriptor_install(file, 0, (flags & O_CLOEXEC) != 0);
}

int64_t unnamed_node_text(const struct node *node, const char *kind,
                          char *buffer, uint64_t size)
{
    struct text text = {.buffer = buffer, .size = size};

    text_format(&text, "%s:[%lu]", kind, node->inode);
    return (int64_t)(text.length < size ? text.length : size);
}

int64_t unnamed_node_kind(const char *kind, char *buffer, uint64_t size)
{
    struct text text = {.buffer = buffer, .size = size};

    text_format(&text, "%s", kind);
    return (int64_t)(text.length < size ? text.length : size);
}
