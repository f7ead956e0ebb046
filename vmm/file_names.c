/* A search tree of the C library's; see file_names.h. */
#include "vmm/file_names.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>

static int compare(const void *left, const void *right)
{
    const struct file_name *one = left, *other = right;

    if (one->device != other->device)
        return one->device < other->device ? -1 : 1;
    if (one->inode != other->inode)
        return one->inode < other->inode ? -1 : 1;
    return 0;
}

int file_names_add(struct file_names *names, const struct file_name *name)
{
    struct file_name *copy = malloc(sizeof(*copy));
    struct file_name *const *found;

    if (copy == NULL)
        return -ENOMEM;
    *copy = *name;
    found = tsearch(copy, &names->tree, compare);
    if (found == NULL || *found != copy)
        free(copy);
    return found == NULL ? -ENOMEM : 0;
}

const struct file_name *file_names_find(const struct file_names *names,
                                        dev_t device, ino_t inode)
{
    const struct file_name wanted = {.device = device, .inode = inode};
    struct file_name *const *found = tfind(&wanted, &names->tree, compare);

    return found != NULL ? *found : NULL;
}

void file_names_release(struct file_names *names)
{
    tdestroy(names->tree, free);
    names->tree = NULL;
}
