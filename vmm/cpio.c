/* Writer of newc archives; see cpio.h. */
#include "vmm/cpio.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum {
    HEADER_SIZE = 110, /* "070701" and 13 fields of 8 hexadecimal digits */
    ALIGNMENT = 4,
};

static const char trailer[] = "TRAILER!!!";

static uint64_t aligned(uint64_t size)
{
    return (size + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
}

void cpio_begin(struct cpio *cpio, struct buffer *buffer, uint64_t limit)
{
    *cpio = (struct cpio){.buffer = buffer, .limit = limit};
}

/* True for a component that would lead elsewhere, or nowhere. */
static bool bad_component(const char *text, size_t length)
{
    return length == 0 || (length == 1 && text[0] == '.') ||
           (length == 2 && text[0] == '.' && text[1] == '.');
}

static int check_name(const char *name, struct error *error)
{
    const char *component = name;

    if (strlen(name) >= PATH_MAX)
        return error_set(error, ENAMETOOLONG,
                         "%.64s...: name longer than the kernel unpacks", name);
    if (strcmp(name, trailer) == 0)
        return error_set(error, EINVAL, "%s: ends an archive, cannot be in it",
                         name);
    for (;;) {
        size_t length = strcspn(component, "/");

        if (bad_component(component, length))
            return error_set(error, EINVAL, "\"%s\": no name for an archive",
                             name);
        if (component[length] == '\0')
            return 0;
        component += length + 1;
    }
}

static int check_content(const struct cpio_entry *entry, uint64_t size,
                         struct error *error)
{
    switch (entry->mode & S_IFMT) {
    case S_IFREG:
        if (size <= UINT32_MAX)
            return 0;
        return error_set(error, EFBIG,
                         "%s: %llu bytes; an archive takes files below 4 GiB",
                         entry->name, (unsigned long long)size);
    case S_IFLNK:
        if (size > 0 && size < PATH_MAX)
            return 0;
        return error_set(error, EINVAL, "%s: symbolic link of %llu bytes",
                         entry->name, (unsigned long long)size);
    case S_IFDIR:
    case S_IFCHR:
    case S_IFBLK:
    case S_IFIFO:
        if (size == 0)
            return 0;
        break;
    default:
        break;
    }
    return error_set(error, EINVAL, "%s: mode %o with %llu bytes in an archive",
                     entry->name, (unsigned int)entry->mode,
                     (unsigned long long)size);
}

static uint32_t clamp_time(int64_t seconds)
{
    if (seconds < 0)
        return 0;
    return seconds > UINT32_MAX ? UINT32_MAX : (uint32_t)seconds;
}

static uint32_t link_count(const struct cpio_entry *entry)
{
    if (entry->links > 0)
        return entry->links;
    return S_ISDIR(entry->mode) ? 2 : 1;
}

static void write_header(char *at, const struct cpio_entry *entry,
                         uint32_t number, uint32_t size)
{
    const uint32_t fields[13] = {
        entry->inode > 0 ? entry->inode : number,
        entry->mode,
        entry->uid,
        entry->gid,
        link_count(entry),
        clamp_time(entry->mtime),
        size,
        0, /* device that holds the file */
        0,
        major(entry->device),
        minor(entry->device),
        (uint32_t)strlen(entry->name) + 1,
        0, /* checksum, of another format */
    };
    char text[HEADER_SIZE + 1];
    int used = snprintf(text, sizeof(text), "070701");

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        used += snprintf(text + used, sizeof(text) - (size_t)used, "%08X",
                         fields[i]);
    memcpy(at, text, HEADER_SIZE);
}

/*
 * Counts size bytes and makes room for them. *at is NULL where the archive is
 * past its limit already.
 */
static int reserve(struct cpio *cpio, uint64_t size, char **at,
                   struct error *error)
{
    int status;

    *at = NULL;
    if (__builtin_add_overflow(cpio->size, size, &cpio->size))
        return error_set(error, EFBIG, "the archive is too large to count");
    if (cpio->size > cpio->limit)
        return 0;
    status = buffer_extend(cpio->buffer, size, at);
    if (status == -ENOSPC) { /* from here on nothing fits */
        cpio->limit = 0;
        return 0;
    }
    if (status < 0)
        return error_errno(error, -status, "no memory for an archive of %llu",
                           (unsigned long long)cpio->size);
    return 0;
}

/* Notes where the content of an entry starts that is about to be written. */
static void note_content(struct cpio *cpio, uint64_t size)
{
    cpio->content = cpio->buffer->size;
    cpio->content_size = size;
}

/* Header and name, and zeros up to where the content starts. */
static int add_head(struct cpio *cpio, const struct cpio_entry *entry,
                    uint32_t size, char **head, struct error *error)
{
    size_t name_size = strlen(entry->name) + 1;
    size_t used = HEADER_SIZE + name_size;
    int status = reserve(cpio, aligned(used), head, error);

    if (status < 0 || *head == NULL)
        return status;
    write_header(*head, entry, cpio->entries, size);
    memcpy(*head + HEADER_SIZE, entry->name, name_size);
    memset(*head + used, 0, aligned(used) - used);
    return 0;
}

int cpio_add(struct cpio *cpio, const struct cpio_entry *entry,
             const void *content, uint64_t size, struct error *error)
{
    char *at;
    int status = check_name(entry->name, error);

    if (status == 0)
        status = check_content(entry, size, error);
    if (status < 0)
        return status;
    cpio->entries++;
    status = add_head(cpio, entry, (uint32_t)size, &at, error);
    note_content(cpio, size);
    if (status == 0)
        status = reserve(cpio, aligned(size), &at, error);
    if (status < 0 || at == NULL || size == 0)
        return status;
    memcpy(at, content, size);
    memset(at + size, 0, aligned(size) - size);
    return 0;
}

/* Reads up to size bytes; *got says how many there were. */
static int read_all(int fd, char *to, uint64_t size, uint64_t *got)
{
    *got = 0;
    while (*got < size) {
        ssize_t n = read(fd, to + *got, size - *got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        *got += (uint64_t)n;
    }
    return 0;
}

/* Drops the end of what was reserved for a file that has shrunk. */
static void give_back(struct cpio *cpio, uint64_t size)
{
    cpio->size -= size;
    cpio->buffer->size -= size;
}

int cpio_add_file(struct cpio *cpio, const struct cpio_entry *entry, int fd,
                  uint64_t size, struct error *error)
{
    char *content, *head;
    uint64_t got, start;
    int status = check_name(entry->name, error);

    if (status == 0)
        status = check_content(entry, size, error);
    if (status < 0)
        return status;
    cpio->entries++;
    status = add_head(cpio, entry, (uint32_t)size, &head, error);
    if (status < 0)
        return status;
    start = cpio->buffer->size;
    note_content(cpio, size);
    status = reserve(cpio, aligned(size), &content, error);
    if (status < 0 || content == NULL)
        return status;
    status = read_all(fd, content, size, &got);
    if (status < 0)
        return error_errno(error, -status, "%s: cannot read it", entry->name);
    memset(content + got, 0, aligned(got) - got);
    give_back(cpio, aligned(size) - aligned(got));
    cpio->content_size = got;
    /* The buffer may have moved since the header was written. */
    head = cpio->buffer->data + start -
           aligned(HEADER_SIZE + strlen(entry->name) + 1);
    write_header(head, entry, cpio->entries, (uint32_t)got);
    return 0;
}

int cpio_end(struct cpio *cpio, struct error *error)
{
    const struct cpio_entry end = {.name = trailer};
    char *at;
    int status;

    cpio->entries = 0;
    status = add_head(cpio, &end, 0, &at, error);
    if (status < 0)
        return status;
    if (cpio->size > cpio->limit)
        return error_set(error, ENOSPC,
                         "the archive of %llu bytes does not fit",
                         (unsigned long long)cpio->size);
    return 0;
}
