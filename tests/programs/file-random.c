/*
 * Many random calls on few names, so that every state meets every call. The
 * same seed makes the same calls; each prints its result. Needs a directory
 * /tree; begins with what is in /tree/1/2/3.
 *
 *   file-random SEED CALLS
 */
#include "tests/programs/show.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FILES = 6, SIZE_MAX_BITS = 16 };

static const char *const names[] = {
    "a",   "b",   "c",    "d",     "e",       "d/a",    "d/b",   "d/c",  "d/e",
    "e/a", "e/d", "e/b",  "d/e/a", "e/d/b",   "a/",     "d/",    "d/..", ".",
    "c/a", "b/x", "c/..", "c/",    "./d/./a", "d/e/..", "e/../a"};

static uint64_t state;
static int files[FILES];
static char buffer[1 << SIZE_MAX_BITS];

static uint64_t draw(uint64_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % below;
}

static const char *name(void)
{
    return names[draw(sizeof(names) / sizeof(names[0]))];
}

static int file(void)
{
    return files[draw(FILES)];
}

/* Positions in a directory are each file system's own affair. */
static int is_regular(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

/* Most are small, some are large. */
static uint64_t size(void)
{
    return draw(1ull << draw(SIZE_MAX_BITS));
}

static long do_open(const char *path, const char *other)
{
    static const int flags[] = {O_RDONLY,
                                O_RDWR,
                                O_RDWR | O_CREAT,
                                O_RDWR | O_CREAT | O_EXCL,
                                O_RDWR | O_TRUNC,
                                O_WRONLY | O_APPEND | O_CREAT,
                                O_RDONLY | O_DIRECTORY,
                                O_RDWR | O_NOFOLLOW,
                                O_RDWR | O_TMPFILE};
    int fd = open(path, flags[draw(sizeof(flags) / sizeof(flags[0]))], 0644);
    uint64_t slot = draw(FILES);

    (void)other;
    if (fd < 0)
        return -1;
    close(files[slot]);
    files[slot] = fd;
    return 0;
}

static long do_mkdir(const char *path, const char *other)
{
    (void)other;
    return mkdir(path, 0755);
}

static long do_rmdir(const char *path, const char *other)
{
    (void)other;
    return rmdir(path);
}

static long do_unlink(const char *path, const char *other)
{
    (void)other;
    return unlink(path);
}

static long do_rename(const char *path, const char *other)
{
    return rename(path, other);
}

static long do_rename2(const char *path, const char *other)
{
    return syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, other,
                   draw(2) ? RENAME_EXCHANGE : RENAME_NOREPLACE);
}

static long do_link(const char *path, const char *other)
{
    return link(path, other);
}

static long do_symlink(const char *path, const char *other)
{
    return symlink(path, other);
}

static long do_stat(const char *path, const char *other)
{
    struct stat status;

    (void)other;
    if ((draw(2) ? stat(path, &status) : lstat(path, &status)) < 0)
        return -1;
    printf("%o %lu ", status.st_mode, (unsigned long)status.st_nlink);
    return S_ISDIR(status.st_mode) ? 0 : (long)status.st_size;
}

static long do_list(const char *path, const char *other)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;
    long sum = 0;

    (void)other;
    if (directory == NULL)
        return -1;
    while ((entry = readdir(directory)) != NULL) {
        for (const char *at = entry->d_name; *at != '\0'; at++)
            sum += *at * (at - entry->d_name + 1l) * 17;
        sum += entry->d_type;
    }
    closedir(directory);
    errno = 0;
    return sum;
}

static long do_truncate(const char *path, const char *other)
{
    (void)other;
    return truncate(path, (off_t)size());
}

static long do_write(const char *path, const char *other)
{
    uint64_t length = size();

    (void)path;
    (void)other;
    memset(buffer, (int)('a' + draw(26)), length);
    return draw(2) ? write(file(), buffer, length)
                   : pwrite(file(), buffer, length, (off_t)size());
}

static long do_read(const char *path, const char *other)
{
    ssize_t length = pread(file(), buffer, sizeof(buffer), (off_t)size());
    long sum = length;

    (void)path;
    (void)other;
    for (ssize_t i = 0; i < length; i++)
        sum = sum * 31 + buffer[i];
    return length < 0 ? -1 : sum & 0xffffff;
}

static long do_seek(const char *path, const char *other)
{
    int fd = file();

    (void)path;
    (void)other;
    if (!is_regular(fd))
        return -2;
    return lseek(fd, (off_t)size(), draw(2) ? SEEK_SET : SEEK_CUR);
}

static long do_resize(const char *path, const char *other)
{
    (void)path;
    (void)other;
    return ftruncate(file(), (off_t)size());
}

static long do_allocate(const char *path, const char *other)
{
    static const int modes[] = {0, FALLOC_FL_KEEP_SIZE,
                                FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE};

    (void)path;
    (void)other;
    return fallocate(file(), modes[draw(3)], (off_t)size(), (off_t)size() + 1);
}

/* Changes a byte of the file through a shared mapping. */
static long do_map(const char *path, const char *other)
{
    int fd = file();
    off_t end = is_regular(fd) ? lseek(fd, 0, SEEK_END) : 0;
    long old;
    unsigned char *map;

    (void)path;
    (void)other;
    if (end <= 0)
        return -2;
    map = mmap(NULL, (size_t)end, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return -1;
    old = map[end / 2];
    map[end / 2] = 'M';
    munmap(map, (size_t)end);
    return old;
}

static const struct {
    const char *name;
    long (*run)(const char *path, const char *other);
} calls[] = {
    {"open", do_open},          {"open", do_open},
    {"mkdir", do_mkdir},        {"rmdir", do_rmdir},
    {"unlink", do_unlink},      {"rename", do_rename},
    {"renameat2", do_rename2},  {"link", do_link},
    {"symlink", do_symlink},    {"stat", do_stat},
    {"list", do_list},          {"truncate", do_truncate},
    {"write", do_write},        {"write", do_write},
    {"read", do_read},          {"read", do_read},
    {"lseek", do_seek},         {"ftruncate", do_resize},
    {"fallocate", do_allocate}, {"mmap", do_map},
};

int main(int argc, char **argv)
{
    long count = argc > 2 ? atol(argv[2]) : 1000;

    state = argc > 1 ? (uint64_t)atol(argv[1]) : 1;
    for (int i = 0; i < FILES; i++)
        files[i] = -1;
    /* Deep enough that no link leads up to the root, which differs. */
    mkdir("/tree/1", 0755);
    mkdir("/tree/1/2", 0755);
    mkdir("/tree/1/2/3", 0755);
    if (chdir("/tree/1/2/3") < 0)
        return 1;
    for (long i = 0; i < count; i++) {
        const uint64_t which = draw(sizeof(calls) / sizeof(calls[0]));
        const char *path = name(), *other = name();
        long result;

        errno = 0;
        result = calls[which].run(path, other);
        printf("%ld %s %s %s: %ld %s\n", i, calls[which].name, path, other,
               result, result == -1 ? strerror(errno) : "");
    }
    return 0;
}
