/*
 * The part of ramfs that begins in the archive, by its index
 * (root_index.h): names and nodes, brought in as they are asked for. Content
 * is never copied until it is written to.
 */
#include "guests/unikernel/heap.h"
#include "guests/unikernel/ramfs.h"
#include "guests/unikernel/ramfs_parts.h"
#include "guests/unikernel/string.h"

#include <asm/errno.h>
#include <linux/stat.h>
#include <stddef.h>

enum { BUCKETS = 64, MODE_TO_TYPE = 12, PERMISSIONS = 07777 };

#define NS_PER_SECOND 1000000000ll

/* A file with several names, once one of them was brought in; it stays. */
struct shared {
    struct shared *next;
    struct node *node; /* a reference */
};

static struct {
    const struct root_entry *entries;
    const char *names, *base;
    struct shared *shared[BUCKETS];
} archive;

static const struct root_entry *entry_of(uint32_t archived)
{
    return &archive.entries[archived - 1];
}

/* As the kernel packs st_rdev. */
static uint64_t device_number(uint64_t major, uint64_t minor)
{
    return (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xffull) << 12 |
           (major & ~0xfffull) << 32;
}

static void set_attributes(struct node *node, const struct root_entry *entry)
{
    node->inode = entry->inode;
    node->mode = entry->mode;
    node->uid = entry->uid;
    node->gid = entry->gid;
    node->links = entry->links;
    node->accessed = node->modified = node->changed =
        entry->mtime * NS_PER_SECOND + entry->mtime_ns;
}

static struct node *make_file(const struct root_entry *entry,
                              struct filesystem *filesystem)
{
    struct node *node = ramfs_create_file(filesystem, 0);
    struct ramfs_file *file = (struct ramfs_file *)node;

    if (node != NULL) {
        file->content = archive.base + entry->content;
        file->content_size = node->size = entry->size;
    }
    return node;
}

static struct node *make_link(const struct root_entry *entry,
                              struct filesystem *filesystem)
{
    struct ramfs_link *link = ramfs_create_link(filesystem, entry->size);

    if (link == NULL)
        return NULL;
    memcpy(link->target, archive.base + entry->content, entry->size);
    return &link->node;
}

static struct node *make_directory(uint32_t archived,
                                   struct filesystem *filesystem,
                                   struct node *parent)
{
    struct node *node = ramfs_create_directory(filesystem, 0, parent);

    if (node != NULL)
        ((struct ramfs_directory *)node)->archived = archived;
    return node;
}

static struct node *make_node(uint32_t archived, struct filesystem *filesystem,
                              struct node *parent)
{
    const struct root_entry *entry = entry_of(archived);
    struct node *node;

    switch (entry->mode & S_IFMT) {
    case S_IFREG:
        node = make_file(entry, filesystem);
        break;
    case S_IFLNK:
        node = make_link(entry, filesystem);
        break;
    case S_IFDIR:
        node = make_directory(archived, filesystem, parent);
        break;
    default:
        node = ramfs_create_special(
            filesystem, entry->mode,
            device_number(entry->device_major, entry->device_minor));
    }
    if (node != NULL)
        set_attributes(node, entry);
    return node;
}

static struct node *find_shared(uint32_t inode)
{
    struct shared *at = archive.shared[inode % BUCKETS];

    while (at != NULL && at->node->inode != inode)
        at = at->next;
    return at == NULL ? NULL : at->node;
}

static bool remember_shared(struct node *node)
{
    struct shared **bucket = &archive.shared[node->inode % BUCKETS];
    struct shared *shared = heap_allocate(sizeof(*shared));

    if (shared == NULL)
        return false;
    *shared = (struct shared){*bucket, node_reference(node)};
    *bucket = shared;
    return true;
}

int64_t ramfs_bring_in(struct ramfs_entry *entry)
{
    struct node *parent = &entry->directory->node, *node = NULL;
    const struct root_entry *root_entry;
    bool is_shared;

    if (entry->node != NULL)
        return 0;
    root_entry = entry_of(entry->archived);
    is_shared = !S_ISDIR(root_entry->mode) && root_entry->links > 1;
    if (is_shared)
        node = find_shared(root_entry->inode);
    if (node != NULL) {
        entry->node = node_reference(node);
        return 0;
    }
    node = make_node(entry->archived, parent->filesystem, parent);
    if (node == NULL)
        return -ENOMEM;
    if (is_shared && !remember_shared(node)) {
        node_release(node);
        return -ENOMEM;
    }
    entry->node = node;
    return 0;
}

/* What was brought in before memory ran out is kept, and not again. */
int64_t ramfs_load(struct ramfs_directory *directory)
{
    const struct root_entry *entry;

    if (directory->archived == 0)
        return 0;
    entry = entry_of(directory->archived);
    for (uint32_t i = directory->slot_count; i < entry->child_count; i++) {
        const uint32_t child = entry->first_child + i;
        const struct node_name name = {
            archive.names + archive.entries[child].name,
            archive.entries[child].name_length,
        };

        if (ramfs_insert_archived(directory, name, child + 1) < 0)
            return -ENOMEM;
    }
    directory->archived = 0;
    return 0;
}

void ramfs_describe(uint32_t archived, struct node_entry *listed)
{
    const struct root_entry *entry = entry_of(archived);

    listed->inode = entry->inode;
    listed->type = (uint8_t)(entry->mode >> MODE_TO_TYPE);
}

struct node *ramfs_archive_root(const struct root_index *index,
                                const char *base, struct filesystem *filesystem)
{
    archive.entries = (const void *)(base + index->entries);
    archive.names = base + index->names;
    archive.base = base;
    return make_node(1, filesystem, NULL);
}
