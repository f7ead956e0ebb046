/*
 * Path resolution; see path.h. A walk holds one reference, to the directory
 * or node where it is; a symbolic link on the way is a walk inside the walk.
 */
#include "guests/unikernel/path.h"

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/mount.h"
#include "guests/unikernel/rootfs.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/working_directory.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <stddef.h>

enum { LINKS_MAX = 40, SEARCH = 1, FIRST_POSITION = 2 };

struct walk {
    struct node *root;
    struct node *at; /* a reference */
    unsigned links;  /* followed so far */
};

static int64_t walk_text(struct walk *walk, const char *text, uint32_t flags,
                         struct path *path);

/* Puts the walk at another node, whose reference it takes over. */
static void walk_to(struct walk *walk, struct node *node)
{
    node_release(walk->at);
    walk->at = node;
}

static void walk_up(struct walk *walk)
{
    if (walk->at != walk->root)
        walk_to(walk, node_reference(walk->at->parent));
}

/* Looks up a name where the walk is; goes across a mount. */
static int64_t look_up(struct walk *walk, struct node_name name,
                       struct node **child)
{
    int64_t status = -ENOENT;
    struct node *mounted;

    if (walk->at->operations->lookup != NULL)
        status = walk->at->operations->lookup(walk->at, name, child);
    if (status < 0 || !(*child)->mounted_on)
        return status;
    mounted = mount_root(*child);
    node_release(*child);
    if (mounted == NULL)
        return -ENOMEM;
    *child = node_reference(mounted);
    return 0;
}

static uint32_t component_length(const char *text)
{
    uint32_t length = 0;

    while (text[length] != '\0' && text[length] != '/')
        length++;
    return length;
}

static const char *skip_slashes(const char *text)
{
    while (*text == '/')
        text++;
    return text;
}

/*
 * Follows a link, whose reference it takes over, from the directory where
 * the walk is. The link's text is all that is left where the link is the last
 * component; path is then the result.
 */
static int64_t follow(struct walk *walk, struct node *link, uint32_t flags,
                      struct path *path)
{
    int64_t status = -ELOOP;
    struct node *target;

    if (++walk->links > LINKS_MAX)
        goto out;
    if (link->operations->target != NULL) {
        status = walk_text(walk, link->operations->target(link), flags, path);
        goto out;
    }
    status = link->operations->follow(link, &target);
    if (status < 0)
        goto out;
    walk_to(walk, target);
    path->last = PATH_IS_DOT;
    path->node = node_reference(target);
out:
    node_release(link);
    return status;
}

static void set_name(struct path *path, struct node *directory,
                     struct node_name name, struct node *node)
{
    path->node = node;
    path->directory = node_reference(directory);
    path->last = PATH_IS_NAME;
    path->name_length = name.length;
    memcpy(path->name, name.text, name.length);
    path->name[name.length] = '\0';
}

/* The last component, a name that has to be looked up. */
static int64_t walk_last(struct walk *walk, struct node_name name, bool slash,
                         uint32_t flags, struct path *path)
{
    const bool wants_directory = slash && !(flags & PATH_NAME);
    struct node *child = NULL;
    int64_t status;

    if (slash && flags & PATH_CREATE)
        return -EISDIR;
    status = look_up(walk, name, &child);
    path->slash = slash;
    if (status == -ENOENT && flags & PATH_MISSING) {
        set_name(path, walk->at, name, NULL);
        return 0;
    }
    if (status < 0)
        return status;
    if (node_is(child, S_IFLNK) && (flags & PATH_FOLLOW || wants_directory)) {
        status = follow(walk, child, flags | PATH_FOLLOW, path);
        path->slash |= slash;
        if (status == 0 && wants_directory && path->node != NULL &&
            !node_is(path->node, S_IFDIR)) {
            path_release(path);
            status = -ENOTDIR;
        }
        return status;
    }
    if (wants_directory && !node_is(child, S_IFDIR)) {
        node_release(child);
        return -ENOTDIR;
    }
    set_name(path, walk->at, name, child);
    return 0;
}

/* A component with more behind it: a directory, or a link to one. */
static int64_t walk_into(struct walk *walk, struct node_name name)
{
    struct path path = {0};
    struct node *child;
    int64_t status = look_up(walk, name, &child);

    if (status < 0)
        return status;
    if (!node_is(child, S_IFLNK)) {
        walk_to(walk, child);
        return 0;
    }
    status = follow(walk, child, PATH_FOLLOW, &path);
    if (status == 0) {
        walk_to(walk, node_reference(path.node));
        path_release(&path);
    }
    return status;
}

/* The path ends at the directory where the walk is. */
static int64_t end_at(struct walk *walk, enum path_last last, bool slash,
                      struct path *path)
{
    path->node = node_reference(walk->at);
    path->last = last;
    path->slash = slash;
    return 0;
}

static int64_t check_search(struct node *node, uint32_t length)
{
    int64_t status;

    if (!node_is(node, S_IFDIR))
        return -ENOTDIR;
    status = node_permission(node, SEARCH);
    if (status < 0)
        return status;
    return length > NAME_LENGTH_MAX ? -ENAMETOOLONG : 0;
}

static int64_t walk_text(struct walk *walk, const char *text, uint32_t flags,
                         struct path *path)
{
    if (*text == '\0')
        return -ENOENT;
    if (*text == '/')
        walk_to(walk, node_reference(walk->root));
    text = skip_slashes(text);
    if (*text == '\0')
        return end_at(walk, PATH_IS_ROOT, true, path);
    for (;;) {
        struct node_name name = {text, component_length(text)};
        const char *rest = skip_slashes(text + name.length);
        const bool slash = text[name.length] == '/';
        const bool is_dot = name.length == 1 && text[0] == '.';
        const bool is_dot_dot =
            name.length == 2 && text[0] == '.' && text[1] == '.';
        int64_t status = check_search(walk->at, name.length);

        if (status < 0)
            return status;
        if (is_dot_dot)
            walk_up(walk);
        else if (!is_dot && *rest == '\0')
            return walk_last(walk, name, slash, flags, path);
        else if (!is_dot)
            status = walk_into(walk, name);
        if (status < 0)
            return status;
        if (*rest == '\0')
            return end_at(walk, is_dot ? PATH_IS_DOT : PATH_IS_DOT_DOT, slash,
                          path);
        text = rest;
    }
}

int64_t path_resolve(struct node *start, const char *text, uint32_t flags,
                     struct path *path)
{
    struct walk walk = {.at = node_reference(start)};
    int64_t status = rootfs(&walk.root);

    path->node = path->directory = NULL;
    if (status == 0 && *text == '\0' && flags & PATH_EMPTY)
        status = end_at(&walk, PATH_IS_DOT, false, path);
    else if (status == 0)
        status = walk_text(&walk, text, flags, path);
    node_release(walk.at);
    return status;
}

/* Where a path of the program's starts. */
static int64_t start_of(uint64_t descriptor, const char *text,
                        struct node **start)
{
    struct description *file;

    if (*text == '/')
        return rootfs(start);
    if ((int32_t)descriptor == AT_FDCWD)
        return working_directory(start);
    file = descriptor_get((uint32_t)descriptor);
    if (file == NULL)
        return -EBADF;
    *start = file->node;
    return *text == '\0' || node_is(*start, S_IFDIR) ? 0 : -ENOTDIR;
}

int64_t path_lookup(uint64_t descriptor, uint64_t address, uint32_t flags,
                    struct path *path)
{
    static char text[PATH_LENGTH_MAX];
    struct node *start;
    int64_t status = user_copy_string(text, address, sizeof(text));

    if (status < 0)
        return status;
    if (*text == '\0' && !(flags & PATH_EMPTY))
        return -ENOENT;
    status = start_of(descriptor, text, &start);
    return status < 0 ? status : path_resolve(start, text, flags, path);
}

void path_release(struct path *path)
{
    node_release(path->node);
    node_release(path->directory);
    path->node = path->directory = NULL;
}

/* Puts "/name" before *at; whether it fitted. */
static bool put_before(char **at, const char *buffer, struct node_name name)
{
    if ((uint64_t)(*at - buffer) <= name.length)
        return false;
    *at -= name.length;
    memcpy(*at, name.text, name.length);
    *--*at = '/';
    return true;
}

/* The name of a directory in its parent: what has its inode number there. */
static int64_t name_in_parent(struct node *node, struct node_name *name)
{
    struct node *parent = node->parent;
    uint64_t position = FIRST_POSITION;
    struct node_entry entry;

    while (parent->operations->entry(parent, &position, &entry) == 1) {
        if (entry.inode == node->inode) {
            *name = entry.name;
            return 0;
        }
    }
    return -ENOENT;
}

char *path_text(struct node *directory, const char *name, char *buffer,
                uint64_t size, int64_t *status)
{
    char *at = buffer + size - 1;
    struct node *root = rootfs_root();
    struct node_name part;
    bool fits = true;

    *at = '\0';
    if (name != NULL) {
        part = (struct node_name){name, (uint32_t)strlen(name)};
        fits = put_before(&at, buffer, part);
    }
    *status = 0;
    while (fits && directory != root && *status == 0) {
        struct node *covered = mount_covered(directory);

        if (covered != NULL)
            directory = covered;
        *status =
            directory->links == 0 ? -ENOENT : name_in_parent(directory, &part);
        if (*status == 0)
            fits = put_before(&at, buffer, part);
        directory = directory->parent;
    }
    if (!fits)
        *status = -ERANGE;
    if (*status == 0 && *at == '\0' && at > buffer)
        *--at = '/';
    return *status < 0 ? NULL : at;
}
