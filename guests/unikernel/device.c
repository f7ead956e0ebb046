/*
 * Device nodes. All are static and there from the start, so that looking one
 * up takes no memory.
 */
#include "guests/unikernel/device.h"

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/console.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/ramfs.h"
#include "guests/unikernel/random.h"
#include "guests/unikernel/string.h"

#include <asm/errno.h>
#include <linux/magic.h>
#include <linux/random.h>
#include <linux/stat.h>
#include <stddef.h>

enum {
    DEVICE = 6, /* st_dev */
    FIRST_POSITION = 2,
    TYPE_SHIFT = 12,
    MEMORY_MAJOR = 1 << 8, /* devices.txt of Linux */
    SHARED_MODE = 01777,
    ENTROPY_BITS = 256,
};

struct filesystem device_filesystem = {
    .type = "devtmpfs",
    .magic = TMPFS_MAGIC,
    .device = DEVICE,
};

static int64_t read_nothing(struct description *file, void *to, uint64_t length,
                            uint64_t offset)
{
    (void)file;
    (void)to;
    (void)length;
    (void)offset;
    return 0;
}

static int64_t read_zeros(struct description *file, void *to, uint64_t length,
                          uint64_t offset)
{
    (void)file;
    (void)offset;
    memset(to, 0, length);
    return (int64_t)length;
}

static int64_t read_random(struct description *file, void *to, uint64_t length,
                           uint64_t offset)
{
    (void)file;
    (void)offset;
    random_fill(to, length);
    return (int64_t)length;
}

static int64_t write_anything(struct description *file, const void *from,
                              uint64_t length, uint64_t offset)
{
    (void)file;
    (void)from;
    (void)offset;
    return (int64_t)length;
}

static int64_t write_nothing(struct description *file, const void *from,
                             uint64_t length, uint64_t offset)
{
    (void)file;
    (void)from;
    (void)length;
    (void)offset;
    return -ENOSPC;
}

/* random(4); nothing can be added, and it never runs out. */
static int64_t control_random(struct description *file, uint64_t request,
                              uint64_t argument)
{
    const int32_t bits = ENTROPY_BITS;

    (void)file;
    if (request != RNDGETENTCNT)
        return -EINVAL;
    return user_copy_out(argument, &bits, sizeof(bits));
}

/* What is opened is the console itself. */
static int64_t open_console(struct description *file)
{
    node_release(file->node);
    file->node = node_reference(&console_terminal);
    return 0;
}

/* The controlling terminal, if there is a terminal at all. */
static int64_t open_terminal(struct description *file)
{
    return process_boot()->terminals == 0 ? -ENXIO : open_console(file);
}

static const char *link_target(struct node *node);

static const struct node_operations null_operations = {.read = read_nothing,
                                                       .write = write_anything};
static const struct node_operations zero_operations = {
    .flags = NODE_AS_ZERO, .read = read_zeros, .write = write_anything};
static const struct node_operations full_operations = {
    .flags = NODE_AS_ZERO, .read = read_zeros, .write = write_nothing};
static const struct node_operations random_operations = {
    .read = read_random, .write = write_anything, .ioctl = control_random};
static const struct node_operations console_operations = {.open = open_console};
static const struct node_operations terminal_operations = {.open =
                                                               open_terminal};
static const struct node_operations link_operations = {.target = link_target};

/* A name in /dev and its node. */
struct device {
    const char *name;
    const char *target; /* of a link */
    struct node node;
};

#define DEVICE_NODE(number, permissions, id, what)                      \
    {                                                                   \
        .operations = &(what), .filesystem = &device_filesystem,        \
        .inode = (number), .mode = S_IFCHR | (permissions), .links = 1, \
        .references = 1, .device = (id),                                \
    }

#define LINK_NODE(number, length)                                         \
    {                                                                     \
        .operations = &link_operations, .filesystem = &device_filesystem, \
        .inode = (number), .mode = S_IFLNK | 0777, .links = 1,            \
        .references = 1, .size = (length),                                \
    }

#define LINK(name, number, target)                              \
    {                                                           \
        (name), (target), LINK_NODE(number, sizeof(target) - 1) \
    }

static struct device devices[] = {
    {"console", NULL,
     DEVICE_NODE(CONSOLE_INODE, 0620, CONSOLE_DEVICE, console_operations)},
    LINK("fd", 10, "/proc/self/fd"),
    {"full", NULL, DEVICE_NODE(3, 0666, MEMORY_MAJOR | 7, full_operations)},
    {"null", NULL, DEVICE_NODE(4, 0666, MEMORY_MAJOR | 3, null_operations)},
    {"random", NULL, DEVICE_NODE(5, 0666, MEMORY_MAJOR | 8, random_operations)},
    LINK("stderr", 11, "/proc/self/fd/2"),
    LINK("stdin", 12, "/proc/self/fd/0"),
    LINK("stdout", 13, "/proc/self/fd/1"),
    {"tty", NULL, DEVICE_NODE(6, 0666, 5 << 8, terminal_operations)},
    {"urandom", NULL,
     DEVICE_NODE(7, 0666, MEMORY_MAJOR | 9, random_operations)},
    {"zero", NULL, DEVICE_NODE(8, 0666, MEMORY_MAJOR | 5, zero_operations)},
};

enum { DEVICES = sizeof(devices) / sizeof(devices[0]), SHARED_INODE = 9 };

static const char *link_target(struct node *node)
{
    return ((struct device *)((char *)node - offsetof(struct device, node)))
        ->target;
}

static bool is_name(struct node_name name, const char *text)
{
    return strlen(text) == name.length &&
           memcmp(text, name.text, name.length) == 0;
}

/* /dev/shm, where shm_open(3) makes its files, is made when it is needed. */
static int64_t lookup_shared(struct node *directory, struct node **child)
{
    static struct node *shared;

    if (shared == NULL) {
        shared = ramfs_create_root(&device_filesystem, SHARED_MODE);
        if (shared == NULL)
            return -ENOMEM;
        shared->parent = node_reference(directory);
        shared->inode = SHARED_INODE;
    }
    *child = node_reference(shared);
    return 0;
}

static int64_t directory_lookup(struct node *directory, struct node_name name,
                                struct node **child)
{
    for (uint64_t i = 0; i < DEVICES; i++) {
        if (is_name(name, devices[i].name)) {
            *child = node_reference(&devices[i].node);
            return 0;
        }
    }
    return is_name(name, "shm") ? lookup_shared(directory, child) : -ENOENT;
}

static int64_t directory_entry(struct node *directory, uint64_t *position,
                               struct node_entry *entry)
{
    const uint64_t index = *position - FIRST_POSITION;

    (void)directory;
    if (index > DEVICES)
        return 0;
    if (index < DEVICES)
        *entry = (struct node_entry){
            .name = {devices[index].name,
                     (uint32_t)strlen(devices[index].name)},
            .inode = devices[index].node.inode,
            .type = (uint8_t)(devices[index].node.mode >> TYPE_SHIFT),
        };
    else
        *entry = (struct node_entry){
            .name = {"shm", 3},
            .inode = SHARED_INODE,
            .type = S_IFDIR >> TYPE_SHIFT,
        };
    ++*position;
    return 1;
}

static const struct node_operations directory_operations = {
    .lookup = directory_lookup,
    .entry = directory_entry,
};

struct node *device_root(void)
{
    static struct node root = {
        .operations = &directory_operations,
        .filesystem = &device_filesystem,
        .inode = 1,
        .mode = S_IFDIR | 0755,
        .links = 3,
        .references = 1,
    };

    return &root;
}
