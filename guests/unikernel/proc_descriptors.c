/*
 * /proc/self/fd, whose links lead to what is open and not to what has its
 * name now, and /proc/self/fdinfo.
 */
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/path.h"
#include "guests/unikernel/proc.h"
#include "guests/unikernel/string.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <stddef.h>

enum {
    FIRST_POSITION = 2,
    LINK_SIZE = 64, /* as Linux says for every one of them */
    TYPE_SHIFT = 12,
};

/* A descriptor's path where it has one, else what kind of thing it is. */
static int64_t link_readlink(struct node *node, char *buffer, uint64_t size)
{
    const struct description *file = descriptor_get(proc_id_of(node));
    struct node *target;
    int64_t status;
    char *path;
    const char *text;

    if (file == NULL)
        return -ENOENT;
    target = file->node;
    if (target->operations->readlink != NULL && !node_is(target, S_IFLNK))
        return target->operations->readlink(target, buffer, size);
    path = heap_allocate(PATH_LENGTH_MAX);
    if (path == NULL)
        return -ENOMEM;
    if (node_is(target, S_IFDIR))
        text = path_text(target, NULL, path, PATH_LENGTH_MAX, &status);
    else if (file->directory != NULL)
        text = path_text(file->directory, file->name, path, PATH_LENGTH_MAX,
                         &status);
    else
        text = "/ (deleted)";
    if (text != NULL)
        status = proc_link_text(text, buffer, size);
    heap_free(path);
    return status;
}

static int64_t link_follow(struct node *node, struct node **target)
{
    const struct description *file = descriptor_get(proc_id_of(node));

    if (file == NULL)
        return -ENOENT;
    *target = node_reference(file->node);
    return 0;
}

static const struct node_operations link_operations = {
    .readlink = link_readlink,
    .follow = link_follow,
    .release = proc_release,
};

static void show_info(struct text *text, uint64_t id)
{
    const struct description *file = descriptor_get(id);
    uint32_t flags;

    if (file == NULL)
        return;
    flags = file->flags;
    if (descriptor_close_on_exec(id))
        flags |= O_CLOEXEC;
    text_format(text, "pos:\t%lu\nflags:\t0%o\nmnt_id:\t1\nino:\t%lu\n",
                file->node->operations->flags & NODE_STREAM ? 0
                                                            : file->position,
                flags, file->node->inode);
}

static const struct proc_entry link_entry = PROC_LINK("", &link_operations);
static const struct proc_entry info_entry = PROC_FILE("", show_info);

static int64_t lookup(struct node *directory, struct node_name name,
                      const struct proc_entry *entry, struct node **child)
{
    uint64_t descriptor = proc_number(name);

    if (descriptor == UINT64_MAX || descriptor_get(descriptor) == NULL)
        return -ENOENT;
    return proc_make(directory, entry, descriptor, child);
}

/* What the link allows says how the descriptor is open. */
static int64_t links_lookup(struct node *directory, struct node_name name,
                            struct node **child)
{
    int64_t status = lookup(directory, name, &link_entry, child);
    const struct description *file;

    if (status < 0)
        return status;
    file = descriptor_get(proc_id_of(*child));
    (*child)->mode = S_IFLNK | (description_readable(file) ? 0500 : 0) |
                     (description_writable(file) ? 0300 : 0);
    (*child)->size = LINK_SIZE;
    return 0;
}

static int64_t files_lookup(struct node *directory, struct node_name name,
                            struct node **child)
{
    return lookup(directory, name, &info_entry, child);
}

static int64_t next(uint64_t *position, const struct proc_entry *child,
                    struct node_entry *entry)
{
    static char name[12];
    uint64_t descriptor = descriptor_next(*position - FIRST_POSITION);
    struct text text = {.buffer = name, .size = sizeof(name)};

    if (descriptor == UINT64_MAX)
        return 0;
    text_format(&text, "%lu", descriptor);
    entry->name = (struct node_name){name, (uint32_t)text.length};
    entry->inode = proc_inode(child, descriptor);
    entry->type = (uint8_t)(child->mode >> TYPE_SHIFT);
    *position = descriptor + 1 + FIRST_POSITION;
    return 1;
}

static int64_t links_entry(struct node *directory, uint64_t *position,
                           struct node_entry *entry)
{
    (void)directory;
    return next(position, &link_entry, entry);
}

static int64_t files_entry(struct node *directory, uint64_t *position,
                           struct node_entry *entry)
{
    (void)directory;
    return next(position, &info_entry, entry);
}

const struct node_operations proc_descriptors = {
    .lookup = links_lookup,
    .entry = links_entry,
    .release = proc_release,
};

const struct node_operations proc_descriptor_files = {
    .lookup = files_lookup,
    .entry = files_entry,
    .release = proc_release,
};
