/* A strict reader of newc archives, for tests: its asserts are the format. */
#ifndef RINGSIDE_TESTS_CPIO_READER_H
#define RINGSIDE_TESTS_CPIO_READER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Indices of the header's fields. */
enum cpio_field {
    CPIO_INODE,
    CPIO_MODE,
    CPIO_UID,
    CPIO_GID,
    CPIO_LINKS,
    CPIO_MTIME,
    CPIO_SIZE,
    CPIO_DEVICE_MAJOR,
    CPIO_DEVICE_MINOR,
    CPIO_NODE_MAJOR,
    CPIO_NODE_MINOR,
    CPIO_NAME_SIZE,
    CPIO_CHECK,
    CPIO_FIELDS,
};

struct cpio_read {
    uint32_t fields[CPIO_FIELDS];
    const char *name, *content;
};

static inline size_t cpio_padded(size_t size)
{
    return (size + 3) / 4 * 4;
}

/* Reads the entry at *offset and moves on; false at the trailer. */
static inline bool cpio_read_next(const char *archive, size_t size,
                                  size_t *offset, struct cpio_read *entry)
{
    const char *at = archive + *offset;
    size_t left = size - *offset, head;

    assert_true(left >= 110);
    assert_memory_equal(at, "070701", 6);
    for (int i = 0; i < CPIO_FIELDS; i++) {
        char digits[9] = {0}, *end;

        memcpy(digits, at + 6 + 8 * i, 8);
        entry->fields[i] = (uint32_t)strtoul(digits, &end, 16);
        assert_ptr_equal(end, digits + 8);
    }
    entry->name = at + 110;
    head = cpio_padded(110 + (size_t)entry->fields[CPIO_NAME_SIZE]);
    assert_true(head <= left);
    assert_int_equal(strnlen(entry->name, left - 110) + 1,
                     entry->fields[CPIO_NAME_SIZE]);
    entry->content = at + head;
    *offset += head + cpio_padded(entry->fields[CPIO_SIZE]);
    assert_true(*offset <= size);
    if (strcmp(entry->name, "TRAILER!!!") != 0)
        return true;
    assert_int_equal(*offset, size);
    return false;
}

/* Finds an entry by name; the whole archive is read and checked. */
static inline bool cpio_find(const char *archive, size_t size, const char *name,
                             struct cpio_read *found)
{
    struct cpio_read entry;
    size_t offset = 0;
    bool seen = false;

    while (cpio_read_next(archive, size, &offset, &entry)) {
        if (strcmp(entry.name, name) == 0) {
            assert_false(seen);
            *found = entry;
            seen = true;
        }
    }
    return seen;
}

#endif
