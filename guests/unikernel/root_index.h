/*
 * The root file system as a guest finds it in memory: an archive (cpio newc)
 * of all files, and behind it an index that the VMM has prepared, so that a
 * path is found without reading through the archive. Every guest with the
 * same root file system maps the same bytes, which none can change.
 *
 *   struct root_index   at offset 0 of the memory's last page
 *   entries, names      where it says
 *   archive             from offset 0 on
 *
 * Entry 0 is the root directory. The children of a directory are neighbours
 * in the table, sorted by name as unsigned bytes, so that one is found by
 * bisection and all are listed in one run.
 *
 * The VMM has made it and the guest cannot write to it: the library OS may
 * believe every offset and number in it.
 */
#ifndef RINGSIDE_UNIKERNEL_ROOT_INDEX_H
#define RINGSIDE_UNIKERNEL_ROOT_INDEX_H

#include <stdint.h>

#define ROOT_INDEX_MAGIC   0x78646e69746f6f72 /* "rootindx" */
#define ROOT_INDEX_VERSION 1

/* All offsets are bytes from the start of the archive. */
struct root_index {
    uint64_t magic;
    uint64_t version;
    uint64_t size;         /* of all: archive and index, whole pages */
    uint64_t entries;      /* offset of struct root_entry[entry_count] */
    uint64_t names;        /* offset of the names, NUL after each */
    uint64_t archive_size; /* of the archive alone */
    uint32_t entry_count;
    uint32_t inode_count; /* inodes are in 1 .. inode_count, not all used */
};

/* One name of a file; hard links are several entries with one inode. */
struct root_entry {
    uint64_t content; /* offset of a file's bytes or a link's target */
    uint64_t size;    /* bytes of it; there is no NUL behind a target */
    int64_t mtime;    /* seconds since 1970 */
    uint32_t mtime_ns;
    uint32_t mode; /* kind and permissions, as in st_mode */
    uint32_t uid, gid;
    uint32_t device_major, device_minor; /* of a device node */
    uint32_t inode;                      /* 1 is the root directory */
    uint32_t links;                      /* names in here; as st_nlink */
    uint32_t parent;                     /* entry; the root's is itself */
    uint32_t first_child, child_count;   /* of a directory: entries */
    uint32_t name;                       /* offset from names */
    uint32_t name_length;                /* bytes, without the NUL */
    uint32_t reserved;                   /* 0 */
};

#endif
