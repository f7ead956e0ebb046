/*
 * The /proc file system: a tree of tables. What a file says is made when it
 * is read from its beginning; nothing of /proc exists before it is looked for.
 * Source: proc(5), Documentation/filesystems/proc.rst of Linux.
 */
#ifndef RINGSIDE_UNIKERNEL_PROC_H
#define RINGSIDE_UNIKERNEL_PROC_H

#include "guests/unikernel/node.h"
#include "guests/unikernel/text.h"

#include <stdint.h>

struct proc_entry;

/* The names in a directory that are always the same. */
struct proc_table {
    const struct proc_entry *entries;
    uint64_t count;
};

/*
 * One name. What it is for is told by an id: 0 for the system, a thread's
 * number, or a descriptor. It is the directory's where the entry has none.
 */
struct proc_entry {
    const char *name;
    uint32_t mode; /* type and permissions */
    uint64_t id;
    const struct proc_table *children;
    /* A file's text, and what a write to it does: 0 or an error. */
    void (*show)(struct text *text, uint64_t id);
    int64_t (*store)(const char *text, uint64_t length, uint64_t id);
    /* Whatever is special: links, directories that change. */
    const struct node_operations *operations;
};

/* Rows of tables of entries. */
#define PROC_FILE(file, text)                           \
    {                                                   \
        .name = (file), .mode = 0100444, .show = (text) \
    }
#define PROC_DIRECTORY(directory, table)                         \
    {                                                            \
        .name = (directory), .mode = 040555, .children = (table) \
    }
#define PROC_LINK(link, how)                                 \
    {                                                        \
        .name = (link), .mode = 0120777, .operations = (how) \
    }

#define PROC_TABLE(rows)                         \
    {                                            \
        (rows), sizeof(rows) / sizeof((rows)[0]) \
    }

/* The root of /proc: a new reference, or NULL. */
struct node *proc_root(void);

/*
 * A node for an entry of the directory, with one reference: 0 or -ENOMEM. For
 * the lookup operation of directories that change.
 */
int64_t proc_make(struct node *directory, const struct proc_entry *entry,
                  uint64_t id, struct node **child);

/* What proc_make was given. */
const struct proc_entry *proc_entry_of(const struct node *node);
uint64_t proc_id_of(const struct node *node);

/* The inode number that proc_make gives; for the operation entry. */
uint64_t proc_inode(const struct proc_entry *entry, uint64_t id);

/* Gives a node of proc_make back; every table of operations needs it. */
void proc_release(struct node *node);

/* Reading and closing a file with show, for tables that have more. */
int64_t proc_read(struct description *file, void *to, uint64_t length,
                  uint64_t offset);
void proc_close(struct description *file);

/* The number that a name is, 0 to 2^31 - 1, or UINT64_MAX. */
uint64_t proc_number(struct node_name name);

/* A link's text from a copy of it: for the operation readlink. */
int64_t proc_link_text(const char *text, char *buffer, uint64_t size);

/* proc_system.c: /proc; proc_process.c: /proc/self; proc_sys.c: /proc/sys. */
extern const struct proc_table proc_system_table, proc_process_table,
    proc_sys_table;

/* proc_descriptors.c: /proc/self/fd and fdinfo. */
extern const struct node_operations proc_descriptors, proc_descriptor_files;

/* The program's memory in kilobytes, by what it is for. */
struct process_memory {
    uint64_t total, code, data, stack;
};

struct process_memory proc_memory(void);

uint32_t proc_thread_count(void);

/* proc_maps.c, proc_cpuinfo.c, proc_status.c: larger texts. */
void proc_show_maps(struct text *text, uint64_t id);
void proc_show_cpuinfo(struct text *text, uint64_t id);
void proc_show_status(struct text *text, uint64_t id);
void proc_show_stat(struct text *text, uint64_t id);

#endif
