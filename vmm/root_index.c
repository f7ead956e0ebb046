/*
 * Building the index; see root_index.h. A walk meets a directory's children
 * with their own children between them; the table wants them side by side, so
 * it is written level by level: a queue that is the table itself.
 */
#include "vmm/root_index.h"

#include "guests/unikernel/layout.h"
#include "oci/cleanup.h"
#include "vmm/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

static int no_memory(struct error *error)
{
    return error_errno(error, ENOMEM, "the index of the root file system");
}

/* An entry with its depth, which decides on its place. */
struct walked {
    struct root_entry entry; /* parent: by its number in the walk */
    uint32_t depth;
    uint32_t first; /* number of the same file's first name */
};

uint32_t root_index_next(const struct root_index_builder *builder)
{
    return (uint32_t)(builder->walked.size / sizeof(struct walked));
}

static struct walked *walked_list(const struct root_index_builder *builder)
{
    return (struct walked *)builder->walked.data;
}

/* Appends the name with its NUL; *offset is where it starts. */
static int add_name(struct root_index_builder *builder, const char *name,
                    uint32_t *offset, struct error *error)
{
    const size_t size = strlen(name) + 1;
    char *at;

    if (builder->names.size > UINT32_MAX - size)
        return error_set(error, E2BIG,
                         "the root file system has too many names to index");
    *offset = (uint32_t)builder->names.size;
    if (buffer_extend(&builder->names, size, &at) < 0)
        return no_memory(error);
    memcpy(at, name, size);
    return 0;
}

/* Tells the parent, which is in the list already, of one child more. */
static void count_child(struct root_index_builder *builder,
                        const struct walked *child)
{
    struct root_entry *parent =
        &walked_list(builder)[child->entry.parent].entry;

    parent->child_count++;
    parent->links += S_ISDIR(child->entry.mode);
}

int root_index_add(struct root_index_builder *builder,
                   const struct rootfs_file *file, const struct stat *status,
                   const struct root_content *content, struct error *error)
{
    const char *name = file->depth == 0 ? "" : file->name;
    const uint32_t number = root_index_next(builder);
    struct walked walked = {
        .entry =
            {
                .content = content->offset,
                .size = content->size,
                .mtime = status->st_mtim.tv_sec,
                .mtime_ns = (uint32_t)status->st_mtim.tv_nsec,
                .mode = status->st_mode,
                .uid = status->st_uid,
                .gid = status->st_gid,
                .device_major = major(status->st_rdev),
                .device_minor = minor(status->st_rdev),
                .links = S_ISDIR(status->st_mode) ? 2 : 1,
                .name_length = (uint32_t)strlen(name),
            },
        .depth = file->depth,
        .first = content->first != ROOT_FIRST ? content->first : number,
    };
    int result = add_name(builder, name, &walked.entry.name, error);
    char *at;

    if (result < 0)
        return result;
    if (file->depth > 0)
        walked.entry.parent = builder->last[file->depth - 1];
    builder->last[file->depth] = number;
    if (buffer_extend(&builder->walked, sizeof(walked), &at) < 0)
        return no_memory(error);
    memcpy(at, &walked, sizeof(walked));
    builder->levels[file->depth]++;
    if (file->depth > 0)
        count_child(builder, &walked);
    if (walked.first != number)
        walked_list(builder)[walked.first].entry.links++;
    return 0;
}

/*
 * The place of each entry of the walk in the table: level behind level, in
 * the order of the walk, which keeps the children of one directory together.
 */
static void choose_places(const struct root_index_builder *builder,
                          uint32_t *places)
{
    const struct walked *walked = walked_list(builder);
    uint32_t next[ROOTFS_MAX_DEPTH + 1], sum = 0;

    for (size_t depth = 0; depth <= ROOTFS_MAX_DEPTH; depth++) {
        next[depth] = sum;
        sum += builder->levels[depth];
    }
    for (uint32_t i = 0; i < root_index_next(builder); i++)
        places[i] = next[walked[i].depth]++;
}

/* The children of a directory come in their order: the first is met first. */
static void write_entries(const struct root_index_builder *builder,
                          const uint32_t *places, struct root_entry *table)
{
    const struct walked *walked = walked_list(builder);

    for (uint32_t i = 0; i < root_index_next(builder); i++) {
        const uint32_t place = places[i];
        struct root_entry *entry = &table[place];

        *entry = walked[i].entry;
        entry->inode = places[walked[i].first] + 1;
        entry->links = walked[walked[i].first].entry.links;
        entry->parent = places[entry->parent];
        if (place > 0 && table[entry->parent].first_child == 0)
            table[entry->parent].first_child = place;
    }
}

static uint64_t page_up(uint64_t value)
{
    return (value + PAGE_SIZE - 1) & -(uint64_t)PAGE_SIZE;
}

/* Entries, names and, in a page behind them, what says where they are. */
static void fill_index(const struct root_index_builder *builder,
                       const uint32_t *places, struct buffer *archive,
                       const struct root_index *index)
{
    char *data = archive->data;

    memset(data + index->archive_size, 0, index->size - index->archive_size);
    write_entries(builder, places,
                  (struct root_entry *)(data + index->entries));
    memcpy(data + index->names, builder->names.data, builder->names.size);
    memcpy(data + index->size - PAGE_SIZE, index, sizeof(*index));
}

int root_index_write(const struct root_index_builder *builder,
                     struct buffer *archive, struct error *error)
{
    const uint32_t count = root_index_next(builder);
    _cleanup_free_ uint32_t *places = calloc(count, sizeof(*places));
    struct root_index index = {
        .magic = ROOT_INDEX_MAGIC,
        .version = ROOT_INDEX_VERSION,
        .archive_size = archive->size,
        .entries = page_up(archive->size),
        .entry_count = count,
        .inode_count = count,
    };
    char *added;
    int status;

    if (count == 0)
        return error_set(error, ENOENT, "the root file system has vanished");
    if (places == NULL)
        return no_memory(error);
    index.names = index.entries + count * sizeof(struct root_entry);
    index.size = page_up(index.names + builder->names.size) + PAGE_SIZE;
    status = buffer_extend(archive, index.size - archive->size, &added);
    if (status < 0)
        return error_errno(error, -status, "the index of the root file system");
    choose_places(builder, places);
    fill_index(builder, places, archive, &index);
    return 0;
}

int root_index_probe(int file, uint64_t *size)
{
    struct root_index index;
    struct stat status;

    if (fstat(file, &status) < 0 || !S_ISREG(status.st_mode) ||
        status.st_size < PAGE_SIZE || status.st_size % PAGE_SIZE != 0 ||
        status.st_size > ROOT_ARCHIVE_MAX)
        return -EINVAL;
    *size = (uint64_t)status.st_size;
    if (file_read_at(file, &index, sizeof(index), *size - PAGE_SIZE) < 0 ||
        index.magic != ROOT_INDEX_MAGIC ||
        index.version != ROOT_INDEX_VERSION || index.size != *size)
        return -EINVAL;
    return 0;
}

void root_index_release(struct root_index_builder *builder)
{
    buffer_release(&builder->walked);
    buffer_release(&builder->names);
}
