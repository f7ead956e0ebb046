/* The working directory; see working_directory.h. */
#include "guests/unikernel/working_directory.h"

#include "guests/unikernel/path.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/rootfs.h"
#include "guests/unikernel/string.h"

#include <asm/errno.h>
#include <linux/stat.h>
#include <stdbool.h>
#include <stddef.h>

enum { MODE = 0755 };

static struct node *current;

static struct {
    bool set; /* else it is the bundle's */
    uint32_t value;
} mask;

/* Resolves a path from the root, making directories that are missing. */
static int64_t make_path(struct node *root, const char *text,
                         struct node **directory)
{
    static char part[PATH_LENGTH_MAX];
    uint64_t length = strlen(text);

    if (length >= sizeof(part))
        return -ENAMETOOLONG;
    *directory = node_reference(root);
    for (uint64_t i = 1; i <= length; i++) {
        struct path path;
        int64_t status;

        if (text[i] != '/' && text[i] != '\0')
            continue;
        memcpy(part, text, i);
        part[i] = '\0';
        status = path_resolve(root, part, PATH_FOLLOW | PATH_MISSING, &path);
        if (status == 0 && path.node == NULL)
            status = path.directory->operations->create(
                path.directory, path_name(&path), S_IFDIR | MODE, 0,
                &path.node);
        if (status < 0) {
            node_release(*directory);
            return status;
        }
        node_release(*directory);
        *directory = node_reference(path.node);
        path_release(&path);
    }
    return 0;
}

int64_t working_directory(struct node **directory)
{
    struct node *root;
    int64_t status = 0;

    if (current == NULL) {
        status = rootfs(&root);
        if (status == 0)
            status = make_path(root, process_working_directory(), &current);
        if (status < 0)
            current = NULL;
    }
    *directory = current;
    return status;
}

void working_directory_set(struct node *directory)
{
    node_release(current);
    current = directory;
}

bool working_directory_is_initial(void)
{
    return current == NULL;
}

uint32_t creation_mask(void)
{
    return mask.set ? mask.value : (uint32_t)process_boot()->umask;
}

void creation_mask_set(uint32_t value)
{
    mask.set = true;
    mask.value = value;
}
