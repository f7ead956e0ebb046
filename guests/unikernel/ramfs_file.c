/*
 * Regular files of ramfs: pages where something was written, else what the
 * archive has, else zeros.
 */
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/ramfs.h"
#include "guests/unikernel/ramfs_parts.h"
#include "guests/unikernel/string.h"

#include <asm/errno.h>
#include <linux/falloc.h>
#include <linux/stat.h>
#include <stddef.h>

static uint64_t pages_used;

static struct ramfs_file *file_of(struct node *node)
{
    return (struct ramfs_file *)node;
}

static uint64_t smaller(uint64_t left, uint64_t right)
{
    return left < right ? left : right;
}

/* Copies what the file has where there are no pages. */
static void copy_base(const struct ramfs_file *file, char *to, uint64_t offset,
                      uint64_t length)
{
    uint64_t there = 0;

    if (offset < file->content_size) {
        there = smaller(length, file->content_size - offset);
        memcpy(to, file->content + offset, there);
    }
    if (there < length)
        memset(to + there, 0, length - there);
}

static int64_t read_file(struct description *description, void *to,
                         uint64_t length, uint64_t offset)
{
    struct ramfs_file *file = file_of(description->node);
    char *at = to;
    uint64_t end;

    if (offset >= file->node.size)
        return 0;
    end = offset + smaller(length, file->node.size - offset);
    while (offset < end) {
        uint64_t next = page_map_next(&file->pages, offset / PAGE_SIZE);
        uint64_t part = end - offset;

        if (next == offset / PAGE_SIZE) {
            const char *page = page_map_get(&file->pages, next);

            part = smaller(part, PAGE_SIZE - offset % PAGE_SIZE);
            memcpy(at, page + offset % PAGE_SIZE, part);
        } else {
            if (next != UINT64_MAX)
                part = smaller(part, next * PAGE_SIZE - offset);
            copy_base(file, at, offset, part);
        }
        at += part;
        offset += part;
    }
    node_accessed(&file->node);
    return at - (char *)to;
}

/*
 * The page at an index, made where there is none. Its content is right but
 * for [skip, skip_end) of a new page, which the caller writes.
 */
static char *make_page(struct ramfs_file *file, uint64_t index, uint64_t skip,
                       uint64_t skip_end)
{
    char *page = page_map_get(&file->pages, index);

    if (page != NULL)
        return page;
    page = heap_allocate(PAGE_SIZE);
    if (page == NULL)
        return NULL;
    if (!page_map_put(&file->pages, index, page)) {
        heap_free(page);
        return NULL;
    }
    pages_used++;
    copy_base(file, page, index * PAGE_SIZE, skip);
    copy_base(file, page + skip_end, index * PAGE_SIZE + skip_end,
              PAGE_SIZE - skip_end);
    return page;
}

/* Who writes to a file of rights not his own takes them from it. */
static void drop_set_id(struct node *node)
{
    if (!(node->mode & (S_ISUID | S_ISGID)) || credentials_capable(CAP_FSETID))
        return;
    node->mode &= ~(uint32_t)S_ISUID;
    if (node->mode & S_IXGRP)
        node->mode &= ~(uint32_t)S_ISGID;
}

static int64_t write_file(struct description *description, const void *from,
                          uint64_t length, uint64_t offset)
{
    struct ramfs_file *file = file_of(description->node);
    const char *at = from;
    uint64_t end = offset + length;

    while (offset < end) {
        uint64_t within = offset % PAGE_SIZE;
        uint64_t part = smaller(end - offset, PAGE_SIZE - within);
        char *page = make_page(file, offset / PAGE_SIZE, within, within + part);

        if (page == NULL)
            break;
        memcpy(page + within, at, part);
        at += part;
        offset += part;
    }
    if (at == from)
        return length == 0 ? 0 : -ENOSPC;
    if (offset > file->node.size)
        file->node.size = offset;
    drop_set_id(&file->node);
    node_touch(&file->node);
    return at - (const char *)from;
}

/* Frees the pages of [first, end) and forgets them. */
static void remove_pages(struct ramfs_file *file, uint64_t first, uint64_t end)
{
    uint64_t before = file->pages.count;

    page_map_remove(&file->pages, first, end);
    pages_used -= before - file->pages.count;
}

static int64_t truncate_file(struct node *node, uint64_t size)
{
    struct ramfs_file *file = file_of(node);

    if (size < node->size) {
        char *last = page_map_get(&file->pages, size / PAGE_SIZE);

        file->content_size = smaller(file->content_size, size);
        if (size % PAGE_SIZE != 0 && last != NULL)
            memset(last + size % PAGE_SIZE, 0, PAGE_SIZE - size % PAGE_SIZE);
        remove_pages(file, (size + PAGE_SIZE - 1) / PAGE_SIZE, UINT64_MAX);
    }
    node->size = size;
    drop_set_id(node);
    node_touch(node);
    return 0;
}

static int64_t fill_holes(struct ramfs_file *file, uint64_t offset,
                          uint64_t end)
{
    for (uint64_t at = offset / PAGE_SIZE; at * PAGE_SIZE < end; at++) {
        if (make_page(file, at, PAGE_SIZE, PAGE_SIZE) == NULL)
            return -ENOSPC;
    }
    return 0;
}

/*
 * Zeroes a range inside the file. Pages in it are kept where somebody maps
 * them; others are given back where zero is what lies below.
 */
static int64_t zero_range(struct ramfs_file *file, uint64_t offset,
                          uint64_t end)
{
    while (offset < end) {
        uint64_t within = offset % PAGE_SIZE, index = offset / PAGE_SIZE;
        uint64_t part = smaller(end - offset, PAGE_SIZE - within);
        uint64_t next = page_map_next(&file->pages, index);
        char *page;

        if (next != index && offset >= file->content_size) {
            /* A hole already: go on at the next page there is. */
            if (next > (end - 1) / PAGE_SIZE)
                break;
            offset = next * PAGE_SIZE;
            continue;
        }
        if (part == PAGE_SIZE && file->node.mapped == 0 &&
            offset >= file->content_size) {
            remove_pages(file, index, index + 1);
        } else {
            page = make_page(file, index, within, within + part);
            if (page == NULL)
                return -ENOSPC;
            memset(page + within, 0, part);
        }
        offset += part;
    }
    return 0;
}

static int64_t allocate(struct node *node, uint64_t mode, uint64_t offset,
                        uint64_t length)
{
    struct ramfs_file *file = file_of(node);
    const uint64_t punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    uint64_t end = offset + length;
    int64_t status;

    if (mode == punch)
        status = zero_range(file, offset, smaller(end, node->size));
    else if ((mode & ~(uint64_t)FALLOC_FL_KEEP_SIZE) == 0)
        status = fill_holes(file, offset, end);
    else
        return -EOPNOTSUPP;
    if (status < 0) {
        /* Gives back what was made behind the file's end. */
        remove_pages(file, (node->size + PAGE_SIZE - 1) / PAGE_SIZE,
                     UINT64_MAX);
        return status;
    }
    if (!(mode & FALLOC_FL_KEEP_SIZE) && end > node->size)
        node->size = end;
    node_touch(node);
    return 0;
}

static uint64_t seek(struct node *node, uint64_t offset, bool data)
{
    struct ramfs_file *file = file_of(node);

    while (offset < node->size) {
        uint64_t index = offset / PAGE_SIZE;
        uint64_t next = page_map_next(&file->pages, index);
        bool is_data = next == index || offset < file->content_size;

        if (is_data == data)
            return offset;
        if (!is_data && next == UINT64_MAX)
            return node->size;
        offset = is_data ? (index + 1) * PAGE_SIZE : next * PAGE_SIZE;
    }
    return node->size;
}

static int64_t page(struct node *node, uint64_t index, void **found)
{
    *found = make_page(file_of(node), index, PAGE_SIZE, PAGE_SIZE);
    return 0;
}

static int64_t change(struct node *node)
{
    (void)node;
    return 0;
}

static void release(struct node *node)
{
    remove_pages(file_of(node), 0, UINT64_MAX);
    heap_free(node);
}

const struct node_operations ramfs_file_operations = {
    .read = read_file,
    .write = write_file,
    .truncate = truncate_file,
    .allocate = allocate,
    .seek = seek,
    .page = page,
    .change = change,
    .release = release,
};

struct node *ramfs_create_file(struct filesystem *filesystem, uint32_t mode)
{
    struct ramfs_file *file = heap_allocate_zeroed(sizeof(*file));

    if (file == NULL)
        return NULL;
    node_init(&file->node, &ramfs_file_operations, filesystem, S_IFREG | mode);
    return &file->node;
}

uint64_t ramfs_used(void)
{
    return pages_used * PAGE_SIZE;
}

uint64_t ramfs_blocks(const struct node *node)
{
    const struct ramfs_file *file = (const struct ramfs_file *)node;
    const uint64_t unit = 512;
    uint64_t pages;

    if (node->operations != &ramfs_file_operations)
        return node_is(node, S_IFDIR) ? node->size / unit : 0;
    pages = (file->content_size + PAGE_SIZE - 1) / PAGE_SIZE;
    return (pages + file->pages.count) * (PAGE_SIZE / unit);
}
