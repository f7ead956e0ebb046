/*
 * Content of files: reading and writing at every kind of place, sizes, holes,
 * descriptors, locks. Needs an empty directory /tree.
 */
#include "tests/programs/show.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static char buffer[1 << 16];

/* More parts than a vector may have; no compiler may know. */
static volatile int too_many = 1025;

/* Bytes of the whole file, by a sum that tells every change of place. */
static void show_content(int fd)
{
    uint32_t sum = 0;
    off_t at = 0;
    ssize_t length;

    while ((length = pread(fd, buffer, sizeof(buffer), at)) > 0) {
        for (ssize_t i = 0; i < length; i++)
            sum = sum * 31 + (unsigned char)buffer[i];
        at += length;
    }
    printf("content %ld bytes, sum %08x\n", (long)at, sum);
}

static void fill(size_t length)
{
    for (size_t i = 0; i < length; i++)
        buffer[i] = (char)(i * 7 + i / 256);
}

static void positions(void)
{
    int fd = open("data", O_RDWR | O_CREAT | O_TRUNC, 0644);

    fill(10000);
    SHOW(write(fd, buffer, 10000));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(lseek(fd, -1, SEEK_SET));
    SHOW(lseek(fd, -10001, SEEK_END));
    SHOW(lseek(fd, 5, SEEK_END));
    SHOW(lseek(fd, 0, 77));
    SHOW(lseek(fd, LONG_MAX, SEEK_CUR));
    SHOW(read(fd, buffer, 10));
    SHOW(lseek(fd, 9995, SEEK_SET));
    SHOW(read(fd, buffer, 10));
    SHOW(read(fd, buffer, 10));
    SHOW(read(fd, BAD, 10));
    SHOW(pread(fd, buffer, 100, 9950));
    SHOW(pread(fd, buffer, 100, -1));
    SHOW(pread(fd, BAD, 100, 0));
    SHOW(pwrite(fd, "xyz", 3, 4095));
    SHOW(pwrite(fd, "end", 3, 20000));
    SHOW(pwrite(fd, BAD, 3, 20000));
    SHOW(pwrite(fd, "x", 1, -5));
    SHOW(pwrite(fd, "x", 1, LONG_MAX));
    SHOW(write(fd, "", 0));
    SHOW(write(fd, BAD, (size_t)minus_one));
    show_content(fd);
    SHOW(lseek(fd, 0, SEEK_DATA));
    SHOW(lseek(fd, 20003, SEEK_DATA));
    SHOW(lseek(fd, 0, SEEK_HOLE) > 0);
    SHOW(lseek(fd, 30000, SEEK_HOLE));
    close(fd);
    fd = open("data", O_RDONLY);
    SHOW(write(fd, "x", 1));
    SHOW(ftruncate(fd, 0));
    close(fd);
    fd = open("data", O_WRONLY | O_APPEND);
    SHOW(read(fd, buffer, 1));
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW(write(fd, "appended", 8));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(pwrite(fd, "too", 3, 0));
    close(fd);
    fd = open("data", O_RDONLY);
    show_content(fd);
    SHOW(open("data", O_RDONLY | O_TRUNC) >= 0);
    show_content(fd);
    close(fd);
}

static void vectors(void)
{
    int fd = open("vector", O_RDWR | O_CREAT | O_TRUNC, 0644);
    char a[5] = "", b[10] = "";
    struct iovec out[3] = {{"one", 3}, {"", 0}, {"three", 5}};
    struct iovec in[2] = {{a, 4}, {b, 9}};
    struct iovec bad[2] = {{"ok", 2}, {BAD, 4}};
    struct iovec huge[2] = {{buffer, LONG_MAX}, {buffer, LONG_MAX}};

    SHOW(writev(fd, out, 3));
    SHOW(writev(fd, bad, 2));
    SHOW(writev(fd, huge, 2));
    SHOW(writev(fd, out, too_many));
    SHOW(writev(fd, out, minus_one));
    SHOW(writev(fd, BAD, 2));
    SHOW(writev(fd, out, 0));
    SHOW(preadv(fd, in, 2, 1));
    printf("%s %s\n", a, b);
    SHOW(pwritev(fd, out, 3, 100));
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW(readv(fd, in, 2));
    printf("%s %s\n", a, b);
    SHOW(preadv2(fd, in, 2, -1, 0));
    SHOW(pwritev2(fd, out, 1, 0, RWF_APPEND));
    SHOW(pwritev2(fd, out, 1, 0, 0x8000));
    show_content(fd);
    close(fd);
}

static void sizes(void)
{
    int fd = open("size", O_RDWR | O_CREAT | O_TRUNC, 0644);
    struct stat status;

    fill(9000);
    SHOW(write(fd, buffer, 9000));
    SHOW(ftruncate(fd, 5000));
    SHOW(ftruncate(fd, 7000));
    show_content(fd);
    SHOW(ftruncate(fd, -1));
    SHOW(truncate("size", 100));
    SHOW(truncate("size", -1));
    SHOW(truncate("none", 1));
    SHOW(truncate(".", 1));
    show_content(fd);
    SHOW(ftruncate(fd, 1l << 40));
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(pwrite(fd, "far", 3, (1l << 40) - 2));
    SHOW(pread(fd, buffer, 10, (1l << 40) - 5));
    SHOW(fstat(fd, &status));
    printf("size %ld, few blocks %d\n", (long)status.st_size,
           status.st_blocks < 64);
    SHOW(ftruncate(fd, 10));
    SHOW(fallocate(fd, 0, 0, 20000));
    SHOW(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 40000));
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(pwrite(fd, buffer, 20000, 0));
    SHOW(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 100, 9000));
    SHOW(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 100, 9000));
    SHOW(fallocate(fd, 0, -1, 10));
    SHOW(fallocate(fd, 0, 0, 0));
    SHOW(fallocate(999, 0, 0, 10));
    show_content(fd);
    close(fd);
}

/* A limit on the size of files cuts writes, then refuses them. */
static void limits(void)
{
    const struct rlimit limit = {5000, RLIM_INFINITY},
                        none = {RLIM_INFINITY, RLIM_INFINITY};
    int fd = open("limit", O_RDWR | O_CREAT | O_TRUNC, 0644);

    SHOW(signal(SIGXFSZ, SIG_IGN) == SIG_ERR);
    SHOW(setrlimit(RLIMIT_FSIZE, &limit));
    SHOW(write(fd, buffer, 4000));
    SHOW(write(fd, buffer, 4000));
    SHOW(write(fd, buffer, 4000));
    SHOW(pwrite(fd, buffer, 1, 4999));
    SHOW(pwrite(fd, buffer, 1, 5000));
    SHOW(ftruncate(fd, 5000));
    SHOW(ftruncate(fd, 5001));
    SHOW(truncate("limit", 6000));
    SHOW(fallocate(fd, 0, 0, 6000));
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(setrlimit(RLIMIT_FSIZE, &none));
    SHOW(ftruncate(fd, 5001));
    close(fd);
}

static void descriptors(void)
{
    int fd = open("dup", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    int copy = dup(fd), path, ends[2];

    SHOW(copy - fd);
    SHOW(write(fd, "12345", 5));
    SHOW(lseek(copy, 0, SEEK_CUR));
    SHOW(fcntl(fd, F_GETFD));
    SHOW(fcntl(copy, F_GETFD));
    SHOW(fcntl(fd, F_GETFL));
    SHOW(fcntl(fd, F_SETFL, O_APPEND | O_RDONLY));
    SHOW(fcntl(copy, F_GETFL));
    SHOW(fcntl(fd, F_DUPFD, 100));
    SHOW(fcntl(fd, F_DUPFD_CLOEXEC, 100));
    SHOW(fcntl(101, F_GETFD));
    SHOW(fcntl(fd, F_DUPFD, -1));
    SHOW(fcntl(fd, 12345));
    SHOW(fcntl(999, F_GETFD));
    SHOW(dup2(fd, 200));
    SHOW(dup2(fd, fd) == fd);
    SHOW(dup2(999, 5));
    SHOW(dup2(fd, -1));
    SHOW(dup3(fd, fd, 0));
    SHOW(dup3(fd, 201, O_CLOEXEC));
    SHOW(dup3(fd, 202, O_APPEND));
    SHOW(close(200));
    SHOW(close(200));
    SHOW(syscall(SYS_close_range, 100, 300, 0));
    SHOW(syscall(SYS_close_range, 300, 100, 0));
    SHOW(fcntl(100, F_GETFD));
    SHOW(write(999, "x", 1));
    SHOW(read(fd, BAD, 0));
    path = open("dup", O_PATH);
    SHOW(read(path, buffer, 1));
    SHOW(fcntl(path, F_GETFL));
    SHOW(fchmod(path, 0600));
    SHOW(ftruncate(path, 1));
    SHOW(lseek(path, 0, SEEK_SET));
    SHOW(pipe(ends));
    SHOW(lseek(ends[0], 0, SEEK_SET));
    SHOW(pread(ends[0], buffer, 1, 0));
    SHOW(ftruncate(ends[1], 1));
    SHOW(fsync(ends[0]));
    SHOW(fsync(fd));
    SHOW(fdatasync(999));
    SHOW(posix_fadvise(ends[0], 0, 0, 0));
    SHOW(posix_fadvise(fd, 0, 0, 99));
    SHOW(read(open(".", O_RDONLY), buffer, 1));
    close(fd);
    close(copy);
}

static void copies(void)
{
    int from = open("from", O_RDWR | O_CREAT | O_TRUNC, 0644);
    int to = open("to", O_RDWR | O_CREAT | O_TRUNC, 0644);
    int reader = open("from", O_RDONLY);
    off_t offset = 10, out = 5;

    fill(sizeof(buffer));
    for (int i = 0; i < 3; i++)
        SHOW(write(from, buffer, sizeof(buffer)));
    SHOW(sendfile(to, reader, NULL, 1000));
    SHOW(lseek(reader, 0, SEEK_CUR));
    SHOW(sendfile(to, reader, &offset, 1 << 20));
    SHOW(offset);
    SHOW(sendfile(to, reader, &offset, 10));
    SHOW(sendfile(reader, to, NULL, 10));
    SHOW(sendfile(to, 999, NULL, 10));
    show_content(to);
    offset = 100;
    SHOW(copy_file_range(from, &offset, to, &out, 50, 0));
    SHOW(offset + out);
    SHOW(copy_file_range(from, &offset, from, &out, 1000, 0));
    SHOW(copy_file_range(from, NULL, to, NULL, 10, 1));
    show_content(to);
    close(from);
    close(to);
    close(reader);
}

static void locks(void)
{
    int a = open("lock", O_RDWR | O_CREAT, 0644), b = open("lock", O_RDWR);
    struct flock lock = {.l_type = F_WRLCK, .l_start = 10, .l_len = 10};

    SHOW(flock(a, LOCK_EX));
    SHOW(flock(b, LOCK_SH | LOCK_NB));
    SHOW(flock(a, LOCK_SH));
    SHOW(flock(b, LOCK_SH | LOCK_NB));
    SHOW(flock(a, LOCK_EX | LOCK_NB));
    SHOW(flock(b, LOCK_UN));
    SHOW(flock(a, 77));
    SHOW(fcntl(a, F_SETLK, &lock));
    SHOW(fcntl(b, F_SETLK, &lock));
    SHOW(fcntl(b, F_GETLK, &lock));
    printf("%d\n", lock.l_type);
    lock.l_type = F_UNLCK;
    SHOW(fcntl(b, F_SETLK, &lock));
    lock.l_type = F_WRLCK;
    SHOW(fcntl(a, F_OFD_SETLK, &lock));
    SHOW(fcntl(b, F_OFD_SETLK, &lock));
    lock.l_start = 12;
    lock.l_len = 2;
    lock.l_type = F_UNLCK;
    SHOW(fcntl(a, F_OFD_SETLK, &lock));
    lock.l_type = F_WRLCK;
    SHOW(fcntl(b, F_OFD_SETLK, &lock));
    lock.l_start = 0;
    lock.l_len = 0;
    SHOW(fcntl(b, F_OFD_GETLK, &lock));
    printf("%d %ld %ld %d\n", lock.l_type, (long)lock.l_start, (long)lock.l_len,
           (int)lock.l_pid);
    SHOW(close(a));
    lock = (struct flock){.l_type = F_WRLCK};
    SHOW(fcntl(b, F_OFD_SETLK, &lock));
    lock.l_type = 9;
    SHOW(fcntl(b, F_SETLK, &lock));
    SHOW(fcntl(b, F_SETLK, BAD));
    close(b);
}

int main(void)
{
    if (chdir("/tree") < 0)
        return 1;
    umask(022);
    positions();
    vectors();
    sizes();
    limits();
    descriptors();
    copies();
    locks();
    return 0;
}
