/*
 * Making, naming and removing what ramfs holds. Callers have checked
 * permissions, types and names; what is checked here is memory, and that a
 * directory was not removed meanwhile.
 */
#include "guests/unikernel/ramfs.h"

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/ramfs_parts.h"
#include "guests/unikernel/string.h"

#include <asm/errno.h>
#include <linux/stat.h>
#include <stddef.h>

enum { FIRST_POSITION = 2 };

static const struct node_operations directory_operations;

static struct ramfs_directory *directory_of(struct node *node)
{
    return (struct ramfs_directory *)node;
}

static int64_t change(struct node *node)
{
    (void)node;
    return 0;
}

static void release(struct node *node)
{
    heap_free(node);
}

static void release_directory(struct node *node)
{
    heap_free(directory_of(node)->slots);
    heap_free(node);
}

static const char *target_of(struct node *node)
{
    return ((struct ramfs_link *)node)->target;
}

static const struct node_operations link_operations = {
    .target = target_of,
    .change = change,
    .release = release,
};

/* FIFOs, sockets and device nodes: names only, nothing is behind them. */
static const struct node_operations special_operations = {
    .change = change,
    .release = release,
};

struct node *ramfs_create_special(struct filesystem *filesystem, uint32_t mode,
                                  uint64_t device)
{
    struct node *node = heap_allocate(sizeof(*node));

    if (node != NULL) {
        node_init(node, &special_operations, filesystem, mode);
        node->device = device;
    }
    return node;
}

struct node *ramfs_create_directory(struct filesystem *filesystem,
                                    uint32_t mode, struct node *parent)
{
    struct ramfs_directory *directory =
        heap_allocate_zeroed(sizeof(*directory));

    if (directory == NULL)
        return NULL;
    node_init(&directory->node, &directory_operations, filesystem,
              S_IFDIR | mode);
    directory->node.links = 2;
    directory->node.size = PAGE_SIZE;
    directory->next_position = FIRST_POSITION;
    directory->node.parent = node_reference(parent ? parent : &directory->node);
    return &directory->node;
}

struct node *ramfs_create_root(struct filesystem *filesystem, uint32_t mode)
{
    return ramfs_create_directory(filesystem, mode, NULL);
}

static struct node *create_node(struct node *parent, uint32_t mode,
                                uint64_t device)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return ramfs_create_directory(parent->filesystem,
                                      mode & ~(uint32_t)S_IFMT, parent);
    case S_IFREG:
        return ramfs_create_file(parent->filesystem, mode & ~(uint32_t)S_IFMT);
    default:
        return ramfs_create_special(parent->filesystem, mode, device);
    }
}

/* Enters a new node, whose reference is the caller's on success. */
static int64_t enter(struct node *directory, struct node_name name,
                     struct node *node, struct node **child)
{
    int64_t status = node == NULL ? -ENOSPC : 0;

    if (status == 0)
        status = ramfs_load(directory_of(directory));
    if (status == 0)
        status = ramfs_insert(directory_of(directory), name, node);
    if (status < 0) {
        node_release(node);
        return status;
    }
    if (directory->mode & S_ISGID)
        node->gid = directory->gid;
    if (node_is(node, S_IFDIR)) {
        node->mode |= directory->mode & S_ISGID;
        directory->links++;
    }
    node_touch(directory);
    *child = node;
    return 0;
}

static int64_t create(struct node *directory, struct node_name name,
                      uint32_t mode, uint64_t device, struct node **child)
{
    if (directory->links == 0)
        return -ENOENT;
    return enter(directory, name, create_node(directory, mode, device), child);
}

struct ramfs_link *ramfs_create_link(struct filesystem *filesystem,
                                     uint64_t length)
{
    struct ramfs_link *link = heap_allocate_zeroed(sizeof(*link) + length + 1);

    if (link != NULL) {
        node_init(&link->node, &link_operations, filesystem, S_IFLNK | 0777);
        link->node.size = length;
    }
    return link;
}

static int64_t create_link(struct node *directory, struct node_name name,
                           const char *target, struct node **child)
{
    uint64_t length = strlen(target);
    struct ramfs_link *link;

    if (directory->links == 0)
        return -ENOENT;
    link = ramfs_create_link(directory->filesystem, length);
    if (link == NULL)
        return -ENOSPC;
    memcpy(link->target, target, length);
    return enter(directory, name, &link->node, child);
}

static int64_t add_name(struct node *directory, struct node_name name,
                        struct node *child)
{
    int64_t status = -ENOENT;

    if (directory->links > 0)
        status = ramfs_insert(directory_of(directory), name, child);
    if (status < 0)
        return status;
    child->links++;
    node_touch_attributes(child);
    node_touch(directory);
    return 0;
}

/* One name less for the node, which is in the directory. */
static void drop_name(struct node *directory, struct node *child)
{
    if (node_is(child, S_IFDIR)) {
        child->links = 0;
        directory->links--;
    } else {
        child->links--;
    }
    node_touch_attributes(child);
}

/* 0, or -ENOTEMPTY for a directory with entries. */
static int64_t check_empty(struct node *node)
{
    int64_t status;

    if (!node_is(node, S_IFDIR))
        return 0;
    status = ramfs_load(directory_of(node));
    if (status < 0)
        return status;
    return directory_of(node)->entry_count > 0 ? -ENOTEMPTY : 0;
}

static int64_t remove_name(struct node *directory, struct node_name name,
                           struct node *child)
{
    struct ramfs_entry *entry = ramfs_find(directory_of(directory), name);
    int64_t status = entry == NULL ? -ENOENT : check_empty(child);

    if (status < 0)
        return status;
    drop_name(directory, child);
    node_touch(directory);
    ramfs_remove(entry);
    return 0;
}

/* A directory that moves has a new parent, and each parent its links. */
static void set_parent(struct node *child, struct node *from, struct node *to)
{
    node_touch_attributes(child);
    if (!node_is(child, S_IFDIR) || from == to)
        return;
    from->links--;
    to->links++;
    child->parent = node_reference(to);
    node_release(from);
}

static int64_t rename_name(struct node *from, struct node_name old_name,
                           struct node *to, struct node_name new_name,
                           bool exchange)
{
    struct ramfs_entry *old = ramfs_find(directory_of(from), old_name);
    struct ramfs_entry *new = ramfs_find(directory_of(to), new_name);
    struct node *moved = old == NULL ? NULL : old->node, *replaced = NULL;
    int64_t status = 0;

    if (old == NULL || to->links == 0)
        return -ENOENT;
    if (new == NULL) {
        status = ramfs_insert(directory_of(to), new_name, moved);
    } else {
        replaced = new->node;
        status = exchange ? 0 : check_empty(replaced);
    }
    if (status < 0)
        return status;
    if (new != NULL) {
        new->node = moved;
        old->node = replaced;
    }
    set_parent(moved, from, to);
    if (exchange)
        set_parent(replaced, to, from);
    else if (replaced != NULL)
        drop_name(to, replaced);
    if (!exchange)
        ramfs_remove(old);
    node_touch(from);
    node_touch(to);
    return 0;
}

static const struct node_operations directory_operations = {
    .lookup = ramfs_lookup,
    .entry = ramfs_list,
    .create = create,
    .symlink = create_link,
    .link = add_name,
    .remove = remove_name,
    .rename = rename_name,
    .change = change,
    .release = release_directory,
};

void ramfs_space(uint64_t blocks[2], uint64_t inodes[2])
{
    uint64_t free = address_space_size() - address_space_used();

    blocks[0] = (free + ramfs_used()) / PAGE_SIZE;
    blocks[1] = free / PAGE_SIZE;
    inodes[0] = inodes[1] = blocks[1];
}
