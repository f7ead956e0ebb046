/* How the tables of /proc become nodes; see proc.h. */
#include "guests/unikernel/proc.h"

#include "guests/unikernel/clock.h"
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/string.h"

#include <asm/errno.h>
#include <linux/magic.h>
#include <linux/stat.h>
#include <stddef.h>

enum { PROC_DEVICE = 0x15, FIRST_POSITION = 2, TYPE_SHIFT = 12 };

struct proc_node {
    struct node node;
    const struct proc_entry *entry;
    uint64_t id;
};

/* What a description has read: the text as of its first byte. */
struct snapshot {
    uint64_t length;
    char text[];
};

static struct filesystem filesystem = {
    .type = "proc",
    .magic = PROC_SUPER_MAGIC,
    .device = PROC_DEVICE,
};

static const struct proc_node *proc_node_of(const struct node *node)
{
    return (const struct proc_node *)((const char *)node -
                                      offsetof(struct proc_node, node));
}

const struct proc_entry *proc_entry_of(const struct node *node)
{
    return proc_node_of(node)->entry;
}

uint64_t proc_id_of(const struct node *node)
{
    return proc_node_of(node)->id;
}

uint64_t proc_inode(const struct proc_entry *entry, uint64_t id)
{
    return id << 32 | ((uint64_t)entry & 0xffffff);
}

void proc_release(struct node *node)
{
    heap_free((char *)node - offsetof(struct proc_node, node));
}

static struct snapshot *take_snapshot(const struct node *node)
{
    uint64_t size = PAGE_SIZE - sizeof(struct snapshot);

    for (;;) {
        struct snapshot *snapshot = heap_allocate(sizeof(*snapshot) + size);
        struct text text;

        if (snapshot == NULL)
            return NULL;
        text = (struct text){.buffer = snapshot->text, .size = size};
        proc_entry_of(node)->show(&text, proc_id_of(node));
        if (text.length <= size) {
            snapshot->length = text.length;
            return snapshot;
        }
        heap_free(snapshot);
        size = text.length;
    }
}

int64_t proc_read(struct description *file, void *to, uint64_t length,
                  uint64_t offset)
{
    struct snapshot *snapshot = file->state;

    if (snapshot == NULL || offset == 0) {
        heap_free(snapshot);
        file->state = snapshot = take_snapshot(file->node);
    }
    if (snapshot == NULL)
        return -ENOMEM;
    if (offset >= snapshot->length)
        return 0;
    if (length > snapshot->length - offset)
        length = snapshot->length - offset;
    memcpy(to, snapshot->text + offset, length);
    return (int64_t)length;
}

static int64_t proc_write(struct description *file, const void *from,
                          uint64_t length, uint64_t offset)
{
    const struct proc_entry *entry = proc_entry_of(file->node);
    int64_t status;

    (void)offset;
    if (entry->store == NULL)
        return -EIO;
    status = entry->store(from, length, proc_id_of(file->node));
    return status < 0 ? status : (int64_t)length;
}

void proc_close(struct description *file)
{
    heap_free(file->state);
}

/* A file that is opened to be written loses nothing by it. */
static int64_t proc_truncate(struct node *node, uint64_t size)
{
    (void)node;
    (void)size;
    return 0;
}

static uint64_t id_below(const struct node *directory,
                         const struct proc_entry *entry)
{
    return entry->id != 0 ? entry->id : proc_id_of(directory);
}

static int64_t directory_lookup(struct node *directory, struct node_name name,
                                struct node **child)
{
    const struct proc_table *table = proc_entry_of(directory)->children;

    for (uint64_t i = 0; i < table->count; i++) {
        const struct proc_entry *at = &table->entries[i];

        if (strlen(at->name) == name.length &&
            memcmp(at->name, name.text, name.length) == 0)
            return proc_make(directory, at, id_below(directory, at), child);
    }
    return -ENOENT;
}

static int64_t directory_entry(struct node *directory, uint64_t *position,
                               struct node_entry *entry)
{
    const struct proc_table *table = proc_entry_of(directory)->children;
    const struct proc_entry *at;

    if (*position - FIRST_POSITION >= table->count)
        return 0;
    at = &table->entries[*position - FIRST_POSITION];
    entry->name = (struct node_name){at->name, (uint32_t)strlen(at->name)};
    entry->inode = proc_inode(at, id_below(directory, at));
    entry->type = (uint8_t)(at->mode >> TYPE_SHIFT);
    ++*position;
    return 1;
}

/* Nobody makes or removes anything here; these are Linux's errors. */
static int64_t directory_create(struct node *directory, struct node_name name,
                                uint32_t mode, uint64_t device,
                                struct node **child)
{
    (void)directory;
    (void)name;
    (void)mode;
    (void)device;
    (void)child;
    return -ENOENT;
}

static int64_t directory_remove(struct node *directory, struct node_name name,
                                struct node *child)
{
    (void)directory;
    (void)name;
    (void)child;
    return -EPERM;
}

static const struct node_operations directory_operations = {
    .lookup = directory_lookup,
    .entry = directory_entry,
    .create = directory_create,
    .remove = directory_remove,
    .release = proc_release,
};

static const struct node_operations file_operations = {
    .read = proc_read,
    .write = proc_write,
    .close = proc_close,
    .truncate = proc_truncate,
    .release = proc_release,
};

static const struct node_operations *operations_of(
    const struct proc_entry *entry)
{
    if (entry->operations != NULL)
        return entry->operations;
    return entry->show != NULL ? &file_operations : &directory_operations;
}

static struct node *make(const struct proc_entry *entry, uint64_t id)
{
    struct proc_node *made = heap_allocate_zeroed(sizeof(*made));
    int64_t now = (int64_t)clock_realtime_ns();

    if (made == NULL)
        return NULL;
    made->entry = entry;
    made->id = id;
    made->node = (struct node){
        .operations = operations_of(entry),
        .filesystem = &filesystem,
        .inode = proc_inode(entry, id),
        .accessed = now,
        .modified = now,
        .changed = now,
        .mode = entry->mode,
        .links = S_ISDIR(entry->mode) ? 2 : 1,
        .references = 1,
    };
    return &made->node;
}

/* What is the process's belongs to its user, all else to root. */
int64_t proc_make(struct node *directory, const struct proc_entry *entry,
                  uint64_t id, struct node **child)
{
    struct node *made = make(entry, id);

    if (made == NULL)
        return -ENOMEM;
    if (id != 0) {
        made->uid = credentials.euid;
        made->gid = credentials.egid;
    }
    if (node_is(made, S_IFDIR))
        made->parent = node_reference(directory);
    *child = made;
    return 0;
}

struct node *proc_root(void)
{
    static const struct proc_entry root =
        PROC_DIRECTORY("", &proc_system_table);

    return make(&root, 0);
}

uint64_t proc_number(struct node_name name)
{
    uint64_t number = 0;

    if (name.length > 10 || (name.length > 1 && name.text[0] == '0'))
        return UINT64_MAX;
    for (uint32_t i = 0; i < name.length; i++) {
        if (name.text[i] < '0' || name.text[i] > '9')
            return UINT64_MAX;
        number = number * 10 + (uint64_t)(name.text[i] - '0');
    }
    return number <= INT32_MAX ? number : UINT64_MAX;
}

int64_t proc_link_text(const char *text, char *buffer, uint64_t size)
{
    uint64_t length = strlen(text);

    if (length > size)
        length = size;
    memcpy(buffer, text, length);
    return (int64_t)length;
}
