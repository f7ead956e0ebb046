/* Files with several names (hard links), by device and inode number. */
#ifndef RINGSIDE_VMM_FILE_NAMES_H
#define RINGSIDE_VMM_FILE_NAMES_H

#include "vmm/root_index.h"

#include <stdint.h>
#include <sys/types.h>

/* The first name of a file that was met. */
struct file_name {
    dev_t device;
    ino_t inode;
    uint32_t entry; /* of the archive */
    struct root_content content;
};

/* All zeros is an empty set. */
struct file_names {
    void *tree; /* of tsearch(3) */
};

/* Adds a copy; one that is there already stays. Returns 0 or -ENOMEM. */
int file_names_add(struct file_names *names, const struct file_name *name);

/* The file's first name, the set's own; NULL where none was added. */
const struct file_name *file_names_find(const struct file_names *names,
                                        dev_t device, ino_t inode);

void file_names_release(struct file_names *names);

#endif
