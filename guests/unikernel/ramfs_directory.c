/*
 * Names of ramfs: one hash table of all entries for lookups, and for each
 * directory its entries in the order of their making, for listings.
 *
 * A listing goes on from a position that survives changes: positions only
 * rise, and removing leaves an empty slot until half of them are empty.
 */
#include "guests/unikernel/heap.h"
#include "guests/unikernel/ramfs_parts.h"
#include "guests/unikernel/string.h"

#include <asm/errno.h>
#include <stddef.h>

enum { BUCKETS_AT_START = 64, SLOTS_AT_START = 4, MODE_TO_TYPE = 12 };

static struct {
    struct ramfs_entry **buckets;
    uint64_t size; /* a power of two */
    uint64_t count;
} names;

/* FNV-1a over the directory's address and the name. */
static uint32_t hash_name(const struct ramfs_directory *directory,
                          struct node_name name)
{
    uint64_t hash = 0xcbf29ce484222325 ^ (uint64_t)directory >> 4;

    for (uint32_t i = 0; i < name.length; i++)
        hash = (hash ^ (uint8_t)name.text[i]) * 0x100000001b3;
    return (uint32_t)(hash ^ hash >> 32);
}

/* Doubles the table; where memory is full, chains get longer instead. */
static bool grow_names(void)
{
    uint64_t size = names.size == 0 ? BUCKETS_AT_START : names.size * 2;
    struct ramfs_entry **buckets = heap_allocate_zeroed(size * sizeof(void *));

    if (buckets == NULL)
        return names.size > 0;
    for (uint64_t i = 0; i < names.size; i++) {
        struct ramfs_entry *next;

        for (struct ramfs_entry *at = names.buckets[i]; at != NULL; at = next) {
            next = at->next;
            at->next = buckets[at->hash & (size - 1)];
            buckets[at->hash & (size - 1)] = at;
        }
    }
    heap_free(names.buckets);
    names.buckets = buckets;
    names.size = size;
    return true;
}

struct ramfs_entry *ramfs_find(struct ramfs_directory *directory,
                               struct node_name name)
{
    uint32_t hash = hash_name(directory, name);
    struct ramfs_entry *at;

    if (names.size == 0)
        return NULL;
    for (at = names.buckets[hash & (names.size - 1)]; at; at = at->next) {
        if (at->hash == hash && at->directory == directory &&
            at->name_length == name.length &&
            memcmp(at->name, name.text, name.length) == 0)
            return at;
    }
    return NULL;
}

/* The first slot at or after a position; slot_count when there is none. */
static uint32_t find_slot(const struct ramfs_directory *directory,
                          uint64_t position)
{
    uint32_t low = 0, high = directory->slot_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (directory->slots[middle].position < position)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool grow_slots(struct ramfs_directory *directory)
{
    uint32_t capacity = directory->slot_capacity;
    struct ramfs_slot *slots;

    if (directory->slot_count < capacity)
        return true;
    if (capacity > UINT32_MAX / 2)
        return false;
    capacity = capacity == 0 ? SLOTS_AT_START : capacity * 2;
    slots = heap_allocate(capacity * sizeof(*slots));
    if (slots == NULL)
        return false;
    if (directory->slot_count > 0)
        memcpy(slots, directory->slots, directory->slot_count * sizeof(*slots));
    heap_free(directory->slots);
    directory->slots = slots;
    directory->slot_capacity = capacity;
    return true;
}

/* Closes the gaps once half of the slots are empty. */
static void compact_slots(struct ramfs_directory *directory)
{
    uint32_t kept = 0;

    if (directory->slot_count <= SLOTS_AT_START ||
        directory->entry_count > directory->slot_count / 2)
        return;
    for (uint32_t i = 0; i < directory->slot_count; i++) {
        if (directory->slots[i].entry != NULL)
            directory->slots[kept++] = directory->slots[i];
    }
    directory->slot_count = kept;
}

/* Room for one more name; the entry has it, or space for it behind. */
static struct ramfs_entry *make_entry(struct ramfs_directory *directory,
                                      uint64_t space)
{
    if ((names.count >= names.size && !grow_names()) || !grow_slots(directory))
        return NULL;
    return heap_allocate_zeroed(sizeof(struct ramfs_entry) + space);
}

static void enter(struct ramfs_directory *directory, struct ramfs_entry *entry,
                  struct node_name name)
{
    uint64_t bucket;

    entry->directory = directory;
    entry->name = name.text;
    entry->name_length = name.length;
    entry->position = directory->next_position++;
    entry->hash = hash_name(directory, name);
    bucket = entry->hash & (names.size - 1);
    entry->next = names.buckets[bucket];
    names.buckets[bucket] = entry;
    names.count++;
    directory->slots[directory->slot_count++] =
        (struct ramfs_slot){entry->position, entry};
    directory->entry_count++;
}

int64_t ramfs_insert(struct ramfs_directory *directory, struct node_name name,
                     struct node *node)
{
    struct ramfs_entry *entry = make_entry(directory, name.length);

    if (entry == NULL)
        return -ENOSPC;
    entry->node = node_reference(node);
    memcpy(entry + 1, name.text, name.length);
    name.text = (const char *)(entry + 1);
    enter(directory, entry, name);
    return 0;
}

int64_t ramfs_insert_archived(struct ramfs_directory *directory,
                              struct node_name name, uint32_t archived)
{
    struct ramfs_entry *entry = make_entry(directory, 0);

    if (entry == NULL)
        return -ENOSPC;
    entry->archived = archived;
    enter(directory, entry, name);
    return 0;
}

void ramfs_remove(struct ramfs_entry *entry)
{
    struct ramfs_directory *directory = entry->directory;
    struct ramfs_entry **at = &names.buckets[entry->hash & (names.size - 1)];

    while (*at != entry)
        at = &(*at)->next;
    *at = entry->next;
    names.count--;
    directory->slots[find_slot(directory, entry->position)].entry = NULL;
    directory->entry_count--;
    compact_slots(directory);
    node_release(entry->node);
    heap_free(entry);
}

int64_t ramfs_lookup(struct node *node, struct node_name name,
                     struct node **child)
{
    struct ramfs_directory *directory = (struct ramfs_directory *)node;
    int64_t status = ramfs_load(directory);
    struct ramfs_entry *entry;

    if (status < 0)
        return status;
    entry = ramfs_find(directory, name);
    if (entry == NULL)
        return -ENOENT;
    status = ramfs_bring_in(entry);
    if (status == 0)
        *child = node_reference(entry->node);
    return status;
}

int64_t ramfs_list(struct node *node, uint64_t *position,
                   struct node_entry *listed)
{
    struct ramfs_directory *directory = (struct ramfs_directory *)node;
    int64_t status = ramfs_load(directory);
    const struct ramfs_entry *entry;
    uint32_t slot;

    if (status < 0)
        return status;
    slot = find_slot(directory, *position);
    while (slot < directory->slot_count && directory->slots[slot].entry == NULL)
        slot++;
    if (slot == directory->slot_count)
        return 0;
    entry = directory->slots[slot].entry;
    *position = entry->position + 1;
    listed->name = (struct node_name){entry->name, entry->name_length};
    if (entry->node == NULL) {
        ramfs_describe(entry->archived, listed);
        return 1;
    }
    listed->inode = entry->node->inode;
    listed->type = (uint8_t)(entry->node->mode >> MODE_TO_TYPE);
    return 1;
}
