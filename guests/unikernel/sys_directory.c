/* Directories: listing them, and where the process is. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/path.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/rootfs.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/working_directory.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <stddef.h>

enum {
    SEARCH = 1,
    POSITION_PARENT = 1, /* of "..", after 0 of "." */
    FIRST_POSITION = 2,
    TYPE_DIRECTORY = 4, /* DT_DIR */
    ALIGNMENT = 8,
};

/* The two forms of a record: struct linux_dirent64, struct linux_dirent. */
struct record_form {
    uint32_t name;        /* offset of the name */
    bool type_after_name; /* in the last byte, else before the name */
};

static const struct record_form form64 = {19, false}, form_old = {18, true};

/* The entry at a position, which moves behind it; 1, or 0 at the end. */
static int64_t next_entry(struct node *directory, uint64_t *position,
                          struct node_entry *entry)
{
    if (*position < FIRST_POSITION) {
        const struct node *node =
            *position == 0 ? directory : directory->parent;

        *entry = (struct node_entry){
            .name = {"..", *position == 0 ? 1 : 2},
            .inode = node->inode,
            .type = TYPE_DIRECTORY,
        };
        ++*position;
        return 1;
    }
    return directory->operations->entry(directory, position, entry);
}

/* Writes a record; its length, or 0 where it does not fit. */
static uint64_t put_record(char *at, uint64_t room,
                           const struct record_form *form,
                           const struct node_entry *entry, uint64_t position)
{
    const uint64_t used =
        form->name + entry->name.length + 1 + form->type_after_name;
    const uint16_t length =
        (uint16_t)((used + ALIGNMENT - 1) & -(uint64_t)ALIGNMENT);

    if (length > room)
        return 0;
    memset(at, 0, length);
    memcpy(at, &entry->inode, sizeof(entry->inode));
    memcpy(at + 8, &position, sizeof(position));
    memcpy(at + 16, &length, sizeof(length));
    memcpy(at + form->name, entry->name.text, entry->name.length);
    at[form->type_after_name ? length - 1 : 18] = (char)entry->type;
    return length;
}

static int64_t list(const struct registers *call,
                    const struct record_form *form)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);
    const uint64_t wanted = (uint32_t)call->rdx;
    uint64_t position, room, done = 0;
    struct node_entry entry;
    int64_t status;

    if (file == NULL || file->flags & O_PATH)
        return -EBADF;
    if (!node_is(file->node, S_IFDIR))
        return -ENOTDIR;
    if (file->node->links == 0)
        return -ENOENT;
    room = user_reach_write(call->rsi, wanted);
    position = file->position;
    while ((status = next_entry(file->node, &position, &entry)) == 1) {
        uint64_t length = put_record((char *)call->rsi + done, room - done,
                                     form, &entry, position);

        if (length == 0) {
            status = room < wanted ? -EFAULT : -EINVAL;
            break;
        }
        done += length;
        file->position = position;
    }
    if (done > 0)
        node_accessed(file->node);
    return done > 0 ? (int64_t)done : status;
}

int64_t sys_getdents64(const struct registers *call)
{
    return list(call, &form64);
}

int64_t sys_getdents(const struct registers *call)
{
    return list(call, &form_old);
}

static int64_t change_to(struct node *directory)
{
    int64_t status;

    if (!node_is(directory, S_IFDIR))
        return -ENOTDIR;
    status = node_permission(directory, SEARCH);
    if (status == 0)
        working_directory_set(node_reference(directory));
    return status;
}

int64_t sys_chdir(const struct registers *call)
{
    struct path path;
    int64_t status =
        path_lookup((uint64_t)AT_FDCWD, call->rdi, PATH_FOLLOW, &path);

    if (status < 0)
        return status;
    status = change_to(path.node);
    path_release(&path);
    return status;
}

int64_t sys_fchdir(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);

    return file == NULL ? -EBADF : change_to(file->node);
}

/* The root can only be "changed" to where it is. */
int64_t sys_chroot(const struct registers *call)
{
    struct path path;
    int64_t status =
        path_lookup((uint64_t)AT_FDCWD, call->rdi, PATH_FOLLOW, &path);

    if (status < 0)
        return status;
    if (!node_is(path.node, S_IFDIR))
        status = -ENOTDIR;
    else if (!credentials_capable(CAP_SYS_CHROOT))
        status = -EPERM;
    else if (path.node != rootfs_root())
        status = -ENOSYS;
    path_release(&path);
    return status;
}

int64_t sys_getcwd(const struct registers *call)
{
    static char buffer[PATH_LENGTH_MAX];
    const char *text = process_working_directory();
    struct node *directory;
    int64_t status = 0;
    uint64_t size;

    /* As long as nobody asked for the node its name is the bundle's. */
    if (!working_directory_is_initial()) {
        status = working_directory(&directory);
        if (status == 0)
            text = path_text(directory, NULL, buffer, sizeof(buffer), &status);
    }
    if (status < 0)
        return status;
    size = strlen(text) + 1;
    if (call->rsi < size)
        return -ERANGE;
    return user_copy_out(call->rdi, text, size) < 0 ? -EFAULT : (int64_t)size;
}
