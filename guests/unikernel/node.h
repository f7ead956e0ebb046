/*
 * Nodes: everything that a descriptor or a path can name. A file system, a
 * pipe, a device is a table of operations and the nodes that have it; the
 * system calls know nothing else. Path resolution is above (path.h), open
 * files and descriptors as well (descriptor.h).
 *
 * The library OS is not preempted: no operation needs a lock. An operation
 * that would block returns thread_wait(...) and is called again from the
 * start once woken. Buffers are plain pointers: the caller has checked what
 * belongs to the program. Permissions, types and read-only file systems are
 * checked by the caller too; an operation checks what only it can know.
 */
#ifndef RINGSIDE_UNIKERNEL_NODE_H
#define RINGSIDE_UNIKERNEL_NODE_H

#include <stdbool.h>
#include <stdint.h>

struct description;
struct filesystem;
struct node;
struct poll_wait;

enum { NAME_LENGTH_MAX = 255, PATH_LENGTH_MAX = 4096 };

/* A component of a path; not NUL-terminated. */
struct node_name {
    const char *text;
    uint32_t length; /* 1..NAME_LENGTH_MAX */
};

/* One entry of a directory, for getdents64(2). */
struct node_entry {
    struct node_name name; /* valid until the directory changes */
    uint64_t inode;
    uint8_t type; /* DT_... of <dirent.h> */
};

enum node_flags {
    NODE_STREAM = 1,  /* no position: lseek and pread are -ESPIPE */
    NODE_AS_ZERO = 2, /* mmap gives anonymous memory, as of /dev/zero */
};

/* 0 or a result, or a negative errno; NULL stands for what is said. */
struct node_operations {
    uint32_t flags; /* enum node_flags */

    /*
     * Called for each open(2), before the description is the program's; may
     * replace description->node (/dev/tty, /dev/fd/1) or set its state. NULL:
     * nothing to do. close: the last descriptor of the description is gone.
     */
    int64_t (*open)(struct description *file);
    void (*close)(struct description *file);

    /* Bytes moved, 0 at the end of a file. NULL: -EINVAL. */
    int64_t (*read)(struct description *file, void *to, uint64_t length,
                    uint64_t offset);
    int64_t (*write)(struct description *file, const void *from,
                     uint64_t length, uint64_t offset);

    /* Sets the size. NULL: -EINVAL. */
    int64_t (*truncate)(struct node *node, uint64_t size);

    /* fallocate(2). NULL: -EOPNOTSUPP. */
    int64_t (*allocate)(struct node *node, uint64_t mode, uint64_t offset,
                        uint64_t length);

    /*
     * The first offset at or after this one that has data, or is a hole.
     * NULL: all is data.
     */
    uint64_t (*seek)(struct node *node, uint64_t offset, bool data);

    /*
     * Directories. lookup gives a new reference to the child or -ENOENT; it
     * never sees "." and "..". entry gives the first entry at or after
     * *position, which is 2 at the start, and moves *position behind it;
     * returns 1, or 0 after the last.
     */
    int64_t (*lookup)(struct node *directory, struct node_name name,
                      struct node **child);
    int64_t (*entry)(struct node *directory, uint64_t *position,
                     struct node_entry *entry);

    /*
     * Changes of a directory; the caller has checked that the name is free,
     * or is of the child. NULL: -EPERM. create makes a file of any type but
     * link by its mode, owned by the caller's ids; target is a symbolic
     * link's. All give a new reference. remove is -ENOTEMPTY where it must
     * be. rename replaces what has the new name, or exchanges both.
     */
    int64_t (*create)(struct node *directory, struct node_name name,
                      uint32_t mode, uint64_t device, struct node **child);
    int64_t (*symlink)(struct node *directory, struct node_name name,
                       const char *target, struct node **child);
    int64_t (*link)(struct node *directory, struct node_name name,
                    struct node *child);
    int64_t (*remove)(struct node *directory, struct node_name name,
                      struct node *child);
    int64_t (*rename)(struct node *from, struct node_name old_name,
                      struct node *to, struct node_name new_name,
                      bool exchange);

    /*
     * Symbolic links. Either target: NUL-terminated text that stays while
     * the node does. Or, for a link that leads where no path does
     * (/proc/self/fd/3), readlink: its text into the buffer, cut there,
     * returns the length; and follow: a new reference to what it leads to.
     */
    const char *(*target)(struct node *node);
    int64_t (*readlink)(struct node *node, char *buffer, uint64_t size);
    int64_t (*follow)(struct node *node, struct node **target);

    /*
     * POLLIN, POLLOUT, ... as of now; see poll.h for *wait, which may be NULL.
     * Who changes the answer calls poll_changed. NULL: always readable and
     * writable.
     */
    uint32_t (*poll)(struct description *file, struct poll_wait *wait);

    /* argument is the program's. NULL: -ENOTTY. */
    int64_t (*ioctl)(struct description *file, uint64_t request,
                     uint64_t argument);

    /*
     * The page of a regular file at an index, made where there is a hole, for
     * shared mappings. It stays while the file is that long. NULL in *page:
     * memory is full. Operation NULL: -ENODEV.
     */
    int64_t (*page)(struct node *node, uint64_t index, void **page);

    /* Brings attributes up to date before they are read. NULL: they are. */
    void (*refresh)(struct node *node);

    /* Whether mode, owner and times may be set. NULL: -EPERM. */
    int64_t (*change)(struct node *node);

    /*
     * The last reference is gone; node_release gives back the one to the
     * parent. NULL: the node is static.
     */
    void (*release)(struct node *node);
};

struct node {
    const struct node_operations *operations;
    struct filesystem *filesystem;
    struct node *parent; /* of a directory: a reference to "..", or NULL */
    uint64_t inode;
    uint64_t size;
    uint64_t device;                     /* of a device node: st_rdev */
    int64_t accessed, modified, changed; /* ns since 1970 */
    uint32_t mode;                       /* type and permissions */
    uint32_t uid, gid;
    uint32_t links;
    uint32_t references;
    uint32_t changes_in, changes_out; /* counted by poll_changed */
    uint32_t mapped : 31;             /* shared mappings that have its pages */
    uint32_t mounted_on : 1; /* path.c goes on at what is mounted here */
};

/* What stat and statfs say of all nodes of a file system. */
struct filesystem {
    const char *type;     /* as in /proc/mounts */
    uint64_t magic;       /* f_type */
    uint64_t device;      /* st_dev */
    uint64_t mount_flags; /* ST_... of statfs; 1 is ST_RDONLY */
    /* Fills in blocks and inodes, total and free. NULL: zeros. */
    void (*space)(uint64_t blocks[2], uint64_t inodes[2]);
};

static inline bool node_is(const struct node *node, uint32_t type)
{
    return (node->mode & 0170000) == type;
}

/* Returns node, with one more reference. */
struct node *node_reference(struct node *node);
void node_release(struct node *node);

/* Whether the node's file system is mounted read-only: -EROFS. */
bool node_is_read_only(const struct node *node);

/*
 * Changes of a file's size or content by its operations, with what maps the
 * file kept right. Errors: the operation's; -EINVAL for no truncate.
 */
int64_t node_write(struct description *file, const void *from, uint64_t length,
                   uint64_t offset);
int64_t node_truncate(struct node *node, uint64_t size);
int64_t node_allocate(struct node *node, uint64_t mode, uint64_t offset,
                      uint64_t length);

/*
 * 0, or -EACCES where the caller's ids do not have all the rights: a sum of 4
 * read, 2 write, 1 execute or search.
 */
int64_t node_permission(struct node *node, uint32_t rights);

/* Whether the caller owns the node or may act as if. */
bool node_is_owner(const struct node *node);

/* Sets the times that a change of content sets, or of attributes alone. */
void node_touch(struct node *node);
void node_touch_attributes(struct node *node);

/* Sets the time of the last access, as often as the mount option relatime. */
void node_accessed(struct node *node);

/* A new node's fields: one reference, now, the caller's ids, a new inode. */
void node_init(struct node *node, const struct node_operations *operations,
               struct filesystem *filesystem, uint32_t mode);

/* An inode number that no other node has. */
uint64_t node_new_inode(void);

/* Leaves the numbers up to this one to an archive. */
void node_reserve_inodes(uint64_t last);

#endif
