/* References to nodes, and who may do what with them; see node.h. */
#include "guests/unikernel/node.h"

#include "guests/unikernel/clock.h"
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/file_mapping.h"

#include <asm/errno.h>
#include <linux/stat.h>
#include <stddef.h>

enum {
    EXECUTE = 1,
    WRITE = 2,
    READ = 4,
    RIGHTS = EXECUTE | WRITE | READ,
    ANY_EXECUTE = 0111,
};

enum { READ_ONLY = 1 /* ST_RDONLY */ };

static uint64_t last_inode;

struct node *node_reference(struct node *node)
{
    node->references++;
    return node;
}

/* Parents in a loop: a chain of removed directories may be long. */
void node_release(struct node *node)
{
    while (node != NULL && --node->references == 0 &&
           node->operations->release != NULL) {
        struct node *parent = node->parent;

        node->operations->release(node);
        node = parent;
    }
}

bool node_is_read_only(const struct node *node)
{
    return (node->filesystem->mount_flags & READ_ONLY) != 0;
}

/* Passes a result on, once what maps the file has what is new in it. */
static int64_t grown(struct node *node, int64_t result)
{
    if (node->mapped > 0 && result >= 0)
        file_mapping_grow(node);
    return result;
}

int64_t node_write(struct description *file, const void *from, uint64_t length,
                   uint64_t offset)
{
    return grown(file->node,
                 file->node->operations->write(file, from, length, offset));
}

int64_t node_truncate(struct node *node, uint64_t size)
{
    if (node->operations->truncate == NULL)
        return -EINVAL;
    if (node->mapped > 0 && size < node->size)
        file_mapping_shrink(node, size);
    return grown(node, node->operations->truncate(node, size));
}

int64_t node_allocate(struct node *node, uint64_t mode, uint64_t offset,
                      uint64_t length)
{
    return grown(node, node->operations->allocate(node, mode, offset, length));
}

/* What capabilities(7) allow beyond the mode. */
static bool is_overridden(const struct node *node, uint32_t rights)
{
    const bool searches = node_is(node, S_IFDIR) && !(rights & WRITE);

    if (credentials_capable(CAP_DAC_OVERRIDE) &&
        (node_is(node, S_IFDIR) || !(rights & EXECUTE) ||
         node->mode & ANY_EXECUTE))
        return true;
    return credentials_capable(CAP_DAC_READ_SEARCH) &&
           (searches || rights == READ);
}

/* Owner, group or others, as Linux's generic_permission. */
int64_t node_permission(struct node *node, uint32_t rights)
{
    uint32_t mode = node->mode;

    if (credentials.fsuid == node->uid)
        mode >>= 6;
    else if (credentials_in_group(node->gid))
        mode >>= 3;
    if ((rights & ~mode & RIGHTS) == 0 || is_overridden(node, rights))
        return 0;
    return -EACCES;
}

bool node_is_owner(const struct node *node)
{
    return credentials.fsuid == node->uid || credentials_capable(CAP_FOWNER);
}

void node_touch(struct node *node)
{
    node->modified = node->changed = (int64_t)clock_realtime_ns();
}

void node_touch_attributes(struct node *node)
{
    node->changed = (int64_t)clock_realtime_ns();
}

void node_accessed(struct node *node)
{
    if (node->accessed <= node->modified || node->accessed <= node->changed)
        node->accessed = (int64_t)clock_realtime_ns();
}

void node_init(struct node *node, const struct node_operations *operations,
               struct filesystem *filesystem, uint32_t mode)
{
    int64_t now = (int64_t)clock_realtime_ns();

    *node = (struct node){
        .operations = operations,
        .filesystem = filesystem,
        .inode = node_new_inode(),
        .mode = mode,
        .uid = credentials.fsuid,
        .gid = credentials.fsgid,
        .links = 1,
        .references = 1,
        .accessed = now,
        .modified = now,
        .changed = now,
    };
}

uint64_t node_new_inode(void)
{
    return ++last_inode;
}

void node_reserve_inodes(uint64_t last)
{
    if (last_inode < last)
        last_inode = last;
}
