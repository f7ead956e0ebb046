/*
 * The descriptor table: a small one that is there from the start, with the
 * standard streams in it, then one from the heap that doubles as needed.
 */
#include "guests/unikernel/descriptor.h"

#include "guests/unikernel/console.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/lock.h"
#include "guests/unikernel/poll.h"
#include "guests/unikernel/string.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <stddef.h>

enum { FIRST_SIZE = 16, LIMIT_AT_START = 1024 };

struct slot {
    struct description *file; /* NULL: free */
    bool close_on_exec;
};

static struct slot first_table[FIRST_SIZE] = {
    [0] = {.file = &console_descriptions[0]},
    [1] = {.file = &console_descriptions[1]},
    [2] = {.file = &console_descriptions[2]},
};

static struct {
    struct slot *slots;
    uint64_t size;
    uint64_t lowest_free; /* none below it */
    uint64_t limit;
} table = {first_table, FIRST_SIZE, 3, LIMIT_AT_START};

struct description *description_create(struct node *node, uint32_t flags)
{
    struct description *file = heap_allocate(sizeof(*file));

    if (file == NULL) {
        node_release(node);
        return NULL;
    }
    *file = (struct description){
        .node = node,
        .flags = flags,
        .references = 1,
    };
    return file;
}

struct description *description_reference(struct description *file)
{
    file->references++;
    return file;
}

void description_release(struct description *file)
{
    if (--file->references > 0)
        return;
    poll_forget(file);
    lock_forget(file);
    if (file->node->operations->close != NULL && !(file->flags & O_PATH))
        file->node->operations->close(file);
    description_discard(file);
}

void description_discard(struct description *file)
{
    node_release(file->node);
    node_release(file->directory);
    heap_free(file->name);
    heap_free(file);
}

bool description_readable(const struct description *file)
{
    uint32_t mode = file->flags & O_ACCMODE;

    return (mode == O_RDONLY || mode == O_RDWR) && !(file->flags & O_PATH);
}

bool description_writable(const struct description *file)
{
    uint32_t mode = file->flags & O_ACCMODE;

    return (mode == O_WRONLY || mode == O_RDWR) && !(file->flags & O_PATH);
}

struct description *descriptor_get(uint64_t descriptor)
{
    return descriptor < table.size ? table.slots[descriptor].file : NULL;
}

/* Makes the table longer than the descriptor. */
static int64_t grow(uint64_t descriptor)
{
    uint64_t size = table.size;
    struct slot *slots;

    while (size <= descriptor)
        size *= 2;
    if (size == table.size)
        return 0;
    slots = heap_allocate_zeroed(size * sizeof(*slots));
    if (slots == NULL)
        return -ENOMEM;
    memcpy(slots, table.slots, table.size * sizeof(*slots));
    if (table.slots != first_table)
        heap_free(table.slots);
    table.slots = slots;
    table.size = size;
    return 0;
}

static uint64_t find_free(uint64_t minimum)
{
    uint64_t at = minimum > table.lowest_free ? minimum : table.lowest_free;

    while (at < table.size && table.slots[at].file != NULL)
        at++;
    if (minimum <= table.lowest_free)
        table.lowest_free = at;
    return at;
}

int64_t descriptor_available(void)
{
    return find_free(0) < table.limit ? 0 : -EMFILE;
}

int64_t descriptor_install(struct description *file, uint64_t minimum,
                           bool close_on_exec)
{
    uint64_t descriptor = find_free(minimum);
    int64_t status = -EMFILE;

    if (descriptor < table.limit)
        status = grow(descriptor);
    if (status < 0) {
        description_release(file);
        return status;
    }
    table.slots[descriptor] = (struct slot){file, close_on_exec};
    return (int64_t)descriptor;
}

int64_t descriptor_replace(uint64_t descriptor, struct description *file,
                           bool close_on_exec)
{
    struct description *old;
    int64_t status = grow(descriptor);

    if (status < 0) {
        description_release(file);
        return status;
    }
    old = table.slots[descriptor].file;
    table.slots[descriptor] = (struct slot){file, close_on_exec};
    if (old != NULL)
        description_release(old);
    return (int64_t)descriptor;
}

int64_t descriptor_close(uint64_t descriptor)
{
    struct description *file = descriptor_get(descriptor);

    if (file == NULL)
        return -EBADF;
    table.slots[descriptor].file = NULL;
    if (descriptor < table.lowest_free)
        table.lowest_free = descriptor;
    description_release(file);
    return 0;
}

bool descriptor_close_on_exec(uint64_t descriptor)
{
    return table.slots[descriptor].close_on_exec;
}

void descriptor_set_close_on_exec(uint64_t descriptor, bool on)
{
    table.slots[descriptor].close_on_exec = on;
}

uint64_t descriptor_next(uint64_t descriptor)
{
    for (; descriptor < table.size; descriptor++) {
        if (table.slots[descriptor].file != NULL)
            return descriptor;
    }
    return UINT64_MAX;
}

uint64_t descriptor_table_size(void)
{
    return table.size;
}

uint64_t descriptor_limit(void)
{
    return table.limit;
}

void descriptor_set_limit(uint64_t limit)
{
    table.limit = limit;
}
