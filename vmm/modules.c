/* Kernel modules into an initramfs; see modules.h. */
#include "vmm/modules.h"

#include "oci/cleanup.h"
#include "oci/path.h"
#include "vmm/decompress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

enum {
    LIST_LIMIT = 16 << 20,   /* bytes of modules.dep */
    MODULE_LIMIT = 64 << 20, /* bytes of one module */
    MODULES_MAX = 64,        /* in one archive */
    NAME_SIZE = 128,
};

struct modules {
    struct cpio *cpio;
    const char *directory;
    struct buffer dependencies;     /* modules.dep, as a string */
    struct buffer builtin;          /* modules.builtin, likewise */
    const char *added[MODULES_MAX]; /* paths in dependencies */
    size_t count;
};

/* The file as a string in buffer; an absent one is empty unless required. */
static int read_list(const char *directory, const char *name, bool required,
                     struct buffer *buffer, struct error *error)
{
    _cleanup_free_ char *path = path_join(directory, name);
    _cleanup_close_ int fd = -1;
    char *end;
    int status = 0;

    if (path == NULL)
        return error_errno(error, ENOMEM, "%s", directory);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        status = buffer_read(buffer, fd, LIST_LIMIT);
    else if (required || errno != ENOENT)
        status = -errno;
    if (status == 0)
        status = buffer_extend(buffer, 1, &end);
    if (status < 0)
        return error_errno(error, -status, "%s: cannot read it", path);
    *end = '\0';
    return 0;
}

/* Length of the module's name in "kernel/lib/NAME.ko.xz", *name its start. */
static size_t module_name(const char *path, const char **name)
{
    const char *end = path + strcspn(path, ": \n");
    const char *suffix;

    *name = path;
    for (const char *at = path; at < end; at++) {
        if (*at == '/')
            *name = at + 1;
    }
    suffix = strstr(*name, ".ko");
    if (suffix != NULL && suffix < end)
        end = suffix;
    return (size_t)(end - *name);
}

static char underscored(char c)
{
    return c == '-' ? '_' : c;
}

static bool same_module(const char *path, const char *wanted)
{
    const char *name, *wanted_name;
    size_t length = module_name(path, &name);

    if (length == 0 || module_name(wanted, &wanted_name) != length)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (underscored(name[i]) != underscored(wanted_name[i]))
            return false;
    }
    return true;
}

/* The line of the list whose first path is of that module; NULL for none. */
static const char *find_line(const struct buffer *list, const char *wanted)
{
    const char *line = list->data;

    while (*line != '\0') {
        if (same_module(line, wanted))
            return line;
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return NULL;
}

static int store(struct modules *modules, const char *relative, size_t length,
                 const struct cpio_entry *entry, struct error *error)
{
    _cleanup_(buffer_release) struct buffer content = {0};
    _cleanup_free_ char *name = strndup(relative, length);
    _cleanup_free_ char *path =
        name != NULL ? path_join(modules->directory, name) : NULL;
    int status;

    if (path == NULL)
        return error_errno(error, ENOMEM, "%s", modules->directory);
    status = decompress_file(path, &content, MODULE_LIMIT, error);
    if (status < 0)
        return status;
    return cpio_add(modules->cpio, entry, content.data, content.size, error);
}

/* Adds the module of that line, all that it needs being there. */
static int add_file(struct modules *modules, const char *line,
                    struct error *error)
{
    const char *name;
    size_t length = module_name(line, &name);
    char target[NAME_SIZE];
    const struct cpio_entry entry = {
        .name = target,
        .mode = S_IFREG | 0600,
    };

    if (modules->count == MODULES_MAX)
        return error_set(error, E2BIG, "%s: more than %d modules needed",
                         modules->directory, MODULES_MAX);
    if (length > NAME_SIZE - sizeof("modules/.ko"))
        return error_set(error, EINVAL,
                         "%s/modules.dep: module name of %zu characters",
                         modules->directory, length);
    modules->added[modules->count++] = line;
    snprintf(target, sizeof(target), "modules/%.*s.ko", (int)length, name);
    return store(modules, line, strcspn(line, ": \n"), &entry, error);
}

static bool is_added(const struct modules *modules, const char *wanted)
{
    for (size_t i = 0; i < modules->count; i++) {
        if (same_module(modules->added[i], wanted))
            return true;
    }
    return false;
}

/* What comes first among the words of [start, end), from its end backwards. */
static const char *previous_word(const char *start, const char *end)
{
    while (end > start && end[-1] == ' ')
        end--;
    while (end > start && end[-1] != ' ')
        end--;
    return end;
}

/*
 * depmod lists all that a module needs, to be loaded from the last to the
 * first; what these need in turn is looked up all the same, to a depth that a
 * list without cycles does not reach.
 */
static int add_module(struct modules *modules, const char *wanted,
                      unsigned int depth, struct error *error)
{
    const char *line, *first, *word;
    int status = 0;

    if (is_added(modules, wanted))
        return 0;
    line = find_line(&modules->dependencies, wanted);
    if (line == NULL && find_line(&modules->builtin, wanted) != NULL)
        return 0;
    if (line == NULL)
        return error_set(error, ENOENT, "%s: has no module \"%.*s\"",
                         modules->directory, (int)strcspn(wanted, " \n"),
                         wanted);
    if (depth == 0)
        return error_set(error, ELOOP, "%s/modules.dep: goes round in circles",
                         modules->directory);
    first = line + strcspn(line, ":\n");
    first += *first == ':';
    word = first + strcspn(first, "\n");
    while (status == 0) {
        word = previous_word(first, word);
        if (*word == ' ' || *word == '\n' || *word == '\0')
            break;
        status = add_module(modules, word, depth - 1, error);
        if (word == first)
            break;
    }
    return status == 0 ? add_file(modules, line, error) : status;
}

static int add_order(const struct modules *modules, struct error *error)
{
    const struct cpio_entry entry = {
        .name = "modules/order",
        .mode = S_IFREG | 0600,
    };
    char text[MODULES_MAX * NAME_SIZE];
    size_t used = 0;

    for (size_t i = 0; i < modules->count; i++) {
        const char *name;
        size_t length = module_name(modules->added[i], &name);

        memcpy(text + used, name, length);
        memcpy(text + used + length, ".ko\n", 4);
        used += length + 4;
    }
    return cpio_add(modules->cpio, &entry, text, used, error);
}

static int add_all(struct modules *modules, const char *const *names,
                   struct error *error)
{
    const struct cpio_entry directory = {
        .name = "modules",
        .mode = S_IFDIR | 0700,
    };
    int status = cpio_add(modules->cpio, &directory, NULL, 0, error);

    if (status == 0)
        status = read_list(modules->directory, "modules.dep", true,
                           &modules->dependencies, error);
    if (status == 0)
        status = read_list(modules->directory, "modules.builtin", false,
                           &modules->builtin, error);
    for (; status == 0 && *names != NULL; names++)
        status = add_module(modules, *names, MODULES_MAX, error);
    return status == 0 ? add_order(modules, error) : status;
}

int modules_add(struct cpio *cpio, const char *directory,
                const char *const *names, struct error *error)
{
    struct modules modules = {.cpio = cpio, .directory = directory};
    int status = add_all(&modules, names, error);

    buffer_release(&modules.dependencies);
    buffer_release(&modules.builtin);
    return status;
}
