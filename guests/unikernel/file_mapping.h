/*
 * Files in memory: mmap(2) of descriptors.
 *
 * A private mapping is a copy. A shared one has the file's own pages, so it
 * and read(2), write(2) and other mappings see the same; its addresses are
 * above the library OS, since those of the window have their own memory.
 * Pages beyond the end of the file are not there until the file grows.
 */
#ifndef RINGSIDE_UNIKERNEL_FILE_MAPPING_H
#define RINGSIDE_UNIKERNEL_FILE_MAPPING_H

#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/node.h"

#include <stdbool.h>
#include <stdint.h>

/* The arguments of mmap. */
struct mapping_request {
    uint64_t hint, length, prot, flags, offset;
};

/* Maps a file: the address, or an error of mmap(2). */
int64_t file_mapping_create(struct description *file,
                            const struct mapping_request *request);

/*
 * For address_space.c: the first shared mapping that has part of [start, end).
 * Returns whether there is one, and its part in *from, *to.
 */
bool file_mapping_find(uint64_t start, uint64_t end, uint64_t *from,
                       uint64_t *to);

/* A shared mapping as /proc/self/maps tells of it. */
struct file_mapping {
    uint64_t start, end;
    const struct node *node;
    uint64_t offset; /* in the file, of start */
    uint64_t prot;
};

/* The first shared mapping that ends behind an address; false for none. */
bool file_mapping_next(uint64_t address, struct file_mapping *next);

/* Whether a file is mapped at the address, which is behind the file's end. */
bool file_mapping_is_behind_end(uint64_t address);

/* Page table rights of such a part; returns as page_tables_map. */
int file_mapping_set_rights(uint64_t from, uint64_t to, uint64_t rights);

/*
 * What munmap and mprotect do to mappings in the range, besides the page
 * tables: 0, -ENOMEM where a mapping cannot be split, -EACCES.
 */
int64_t file_mapping_remove(uint64_t start, uint64_t end);
int64_t file_mapping_protect(uint64_t start, uint64_t end, uint64_t prot);

/* mremap of a range that is part of one mapping. */
int64_t file_mapping_move(uint64_t start, uint64_t length, uint64_t new_length,
                          uint64_t flags);

/* The file is about to shrink to a size, or has grown. */
void file_mapping_shrink(struct node *node, uint64_t size);
void file_mapping_grow(struct node *node);

#endif
