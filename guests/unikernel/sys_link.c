/* readlink(2). */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/path.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/root_archive.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <stdbool.h>
#include <stddef.h>

/* The link's text and its length, which is cut to the buffer's. */
static int64_t text_of(struct node *link, char *buffer, uint64_t size,
                       const char **text)
{
    if (link->operations->target == NULL) {
        *text = buffer;
        return link->operations->readlink(link, buffer, size);
    }
    *text = link->operations->target(link);
    return (int64_t)strlen(*text);
}

/*
 * Every static glibc program asks for its own path before main. As long as that
 * is all it asks for, the answer is not worth attaching the root file system.
 */
static bool is_first_question(uint64_t address)
{
    static const char own[] = "/proc/self/exe";
    char path[sizeof(own)];

    return !root_archive_attached() &&
           user_copy_string(path, address, sizeof(path)) ==
               (int64_t)sizeof(own) - 1 &&
           memcmp(path, own, sizeof(own)) == 0;
}

static int64_t copy_text(uint64_t to, uint64_t size, const char *text,
                         int64_t length)
{
    if (length > (int64_t)(uint32_t)size)
        length = (int64_t)(uint32_t)size;
    if (length > 0 && user_copy_out(to, text, (uint64_t)length) < 0)
        return -EFAULT;
    return length;
}

static int64_t read_link(uint64_t descriptor, uint64_t address, uint64_t to,
                         uint64_t size)
{
    static char buffer[PATH_LENGTH_MAX];
    struct path path;
    const char *text;
    int64_t length;

    if ((int32_t)size <= 0)
        return -EINVAL;
    if (is_first_question(address)) {
        text = process_executable();
        return copy_text(to, size, text, (int64_t)strlen(text));
    }
    length = path_lookup(descriptor, address, PATH_EMPTY, &path);
    if (length < 0)
        return length;
    if (!node_is(path.node, S_IFLNK)) {
        length = -EINVAL;
    } else {
        length = text_of(path.node, buffer, sizeof(buffer), &text);
        length = copy_text(to, size, text, length);
    }
    path_release(&path);
    return length;
}

int64_t sys_readlink(const struct registers *call)
{
    return read_link((uint64_t)AT_FDCWD, call->rdi, call->rsi, call->rdx);
}

int64_t sys_readlinkat(const struct registers *call)
{
    return read_link(call->rdi, call->rsi, call->rdx, call->r10);
}
