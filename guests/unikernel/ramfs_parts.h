/*
 * What the parts of ramfs share: ramfs.c, ramfs_directory.c, ramfs_file.c and
 * ramfs_archive.c.
 *
 * What begins in the archive is brought in when it is needed: the names of a
 * directory when something is first looked for there, a node when its name is
 * looked up. Until then a number stands for it: that of its entry in the
 * archive's index, plus 1.
 */
#ifndef RINGSIDE_UNIKERNEL_RAMFS_PARTS_H
#define RINGSIDE_UNIKERNEL_RAMFS_PARTS_H

#include "guests/unikernel/node.h"
#include "guests/unikernel/page_map.h"

#include <stdbool.h>
#include <stdint.h>

struct ramfs_entry;

/* A place in a directory's listing; empty once its entry is removed. */
struct ramfs_slot {
    uint64_t position; /* for getdents: rises from slot to slot */
    struct ramfs_entry *entry;
};

struct ramfs_directory {
    struct node node;
    struct ramfs_slot *slots;
    uint32_t slot_count, slot_capacity;
    uint32_t entry_count;
    uint32_t archived; /* its names are those of this entry; 0: they are here */
    uint64_t next_position;
};

struct ramfs_file {
    struct node node;
    /*
     * Where there is no page, the content is this up to content_size, and
     * zero behind. It never reaches beyond the file's size.
     */
    const char *content;
    uint64_t content_size;
    struct page_map pages;
};

struct ramfs_link {
    struct node node;
    char target[];
};

/* One name in a directory. */
struct ramfs_entry {
    struct ramfs_entry *next; /* with the same hash */
    struct ramfs_directory *directory;
    struct node *node; /* a reference; NULL while it is archived */
    const char *name;  /* behind this structure, or in the archive */
    uint64_t position;
    uint32_t hash;
    uint32_t name_length;
    uint32_t archived;
};

extern const struct node_operations ramfs_file_operations;

/* Operations of directories that need no more than their names. */
int64_t ramfs_lookup(struct node *node, struct node_name name,
                     struct node **child);
int64_t ramfs_list(struct node *node, uint64_t *position,
                   struct node_entry *listed);

/* The entry of a name, or NULL. The directory's names must be here. */
struct ramfs_entry *ramfs_find(struct ramfs_directory *directory,
                               struct node_name name);

/*
 * Adds a name, which must be free, for a node, taking a reference of its own,
 * and copying the name. Returns 0 or -ENOSPC.
 */
int64_t ramfs_insert(struct ramfs_directory *directory, struct node_name name,
                     struct node *node);

/* Adds a name in the archive for what is there; the name is not copied. */
int64_t ramfs_insert_archived(struct ramfs_directory *directory,
                              struct node_name name, uint32_t archived);

/* Removes an entry and its reference. */
void ramfs_remove(struct ramfs_entry *entry);

/* ramfs_archive.c. Brings in the directory's names: 0 or -ENOMEM. */
int64_t ramfs_load(struct ramfs_directory *directory);

/* Makes sure that the entry has a node: 0 or -ENOMEM. */
int64_t ramfs_bring_in(struct ramfs_entry *entry);

/* Inode and type of what an archived entry stands for. */
void ramfs_describe(uint32_t archived, struct node_entry *listed);

/* A link's node with room for a target of that length. */
struct ramfs_link *ramfs_create_link(struct filesystem *filesystem,
                                     uint64_t length);

/* Others; parent NULL makes a root. NULL when memory is full. */
struct node *ramfs_create_directory(struct filesystem *filesystem,
                                    uint32_t mode, struct node *parent);
struct node *ramfs_create_special(struct filesystem *filesystem, uint32_t mode,
                                  uint64_t device);

#endif
