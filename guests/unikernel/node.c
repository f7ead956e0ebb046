/* References to nodes, and who may do what with them; see node.h. */
#include "guests/unikernel/node.h"

#include "guests/unikernel/credentials.h"

#include <asm/errno.h>
#include <linux/stat.h>
#include <stddef.h>

enum { EXECUTE = 1, RIGHTS = 7, ANY_EXECUTE = 0111 };

struct node *node_reference(struct node *node)
{
    node->references++;
    return node;
}

void node_release(struct node *node)
{
    if (node != NULL && --node->references == 0 &&
        node->operations->release != NULL)
        node->operations->release(node);
}

/*
 * Owner, group and others as inode_permission of Linux; root may do all but
 * execute a file that nobody may.
 */
int64_t node_permission(struct node *node, uint32_t rights)
{
    uint32_t mode = node->mode;

    if (credentials.fsuid == 0) {
        if (S_ISREG(mode) && (rights & EXECUTE) && !(mode & ANY_EXECUTE))
            return -EACCES;
        return 0;
    }
    if (credentials.fsuid == node->uid)
        mode >>= 6;
    else if (credentials_in_group(node->gid))
        mode >>= 3;
    return (rights & ~mode & RIGHTS) != 0 ? -EACCES : 0;
}

bool node_is_owner(const struct node *node)
{
    return credentials.fsuid == 0 || credentials.fsuid == node->uid;
}

uint64_t node_new_inode(void)
{
    static uint64_t last;

    return ++last;
}
