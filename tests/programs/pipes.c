/* Pipes and event counters, each call with its error cases. */
#include "tests/programs/show.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static char data[1 << 20];

static void show_making(void)
{
    int ends[2];
    struct stat one, other;

    SHOW(syscall(SYS_pipe, BAD));
    SHOW(syscall(SYS_pipe2, ends, 0x40));
    SHOW(pipe2(ends, O_CLOEXEC | O_NONBLOCK));
    printf("ends %d %d\n", ends[0], ends[1]);
    SHOW(fcntl(ends[0], F_GETFD));
    SHOW(fcntl(ends[0], F_GETFL));
    SHOW(fcntl(ends[1], F_GETFL));
    SHOW(fstat(ends[0], &one) | fstat(ends[1], &other));
    printf("mode %o, links %ld, size %ld, block %ld, same inode %d\n",
           one.st_mode, (long)one.st_nlink, (long)one.st_size,
           (long)one.st_blksize, one.st_ino == other.st_ino);
    SHOW(lseek(ends[0], 0, SEEK_CUR));
    SHOW(write(ends[0], "x", 1));
    SHOW(read(ends[1], data, 1));
    SHOW(read(ends[0], data, 1));
    SHOW(read(ends[0], data, 0));
    SHOW(write(ends[1], "hello", 5));
    SHOW(close(ends[0]));
    SHOW(close(ends[1]));
}

static void show_transfers(void)
{
    int ends[2], waiting = -1;

    SHOW(pipe2(ends, O_NONBLOCK));
    SHOW(write(ends[1], "hello world", 11));
    SHOW(ioctl(ends[0], FIONREAD, &waiting));
    printf("waiting %d\n", waiting);
    SHOW(ioctl(ends[0], FIONREAD, BAD));
    SHOW(ioctl(ends[0], TIOCGWINSZ, data));
    SHOW(read(ends[0], BAD, 5));
    SHOW(read(ends[0], data, 5));
    SHOW(read(ends[0], data + 5, 100));
    printf("%.11s\n", data);
    SHOW(write(ends[1], BAD, 5));
    SHOW(close(ends[1]));
    SHOW(read(ends[0], data, 5));
    SHOW(close(ends[0]));
}

static void show_vectors(void)
{
    struct iovec out[] = {{"one", 3}, {NULL, 0}, {"two", 3}};
    struct iovec in[] = {{data, 2}, {data + 100, 10}};
    int ends[2];

    SHOW(pipe(ends));
    SHOW(writev(ends[1], out, 3));
    SHOW(readv(ends[0], in, 2));
    printf("%.2s %.4s\n", data, data + 100);
    SHOW(writev(ends[1], out, minus_one));
    SHOW(writev(ends[1], BAD, 1));
    SHOW(writev(ends[1], out, 0));
    close(ends[0]);
    close(ends[1]);
}

static void show_bounds(void)
{
    int ends[2];

    memset(data, 'd', sizeof(data));
    SHOW(pipe2(ends, O_NONBLOCK));
    SHOW(fcntl(ends[1], F_GETPIPE_SZ));
    SHOW(write(ends[1], data, sizeof(data)));
    SHOW(write(ends[1], data, 1));
    SHOW(write(ends[1], data, 5000));
    SHOW(read(ends[0], data, 4096));
    SHOW(write(ends[1], data, 5000));
    SHOW(fcntl(ends[1], F_SETPIPE_SZ, 4096));
    SHOW(fcntl(ends[1], F_SETPIPE_SZ, 100000));
    SHOW(fcntl(ends[1], F_GETPIPE_SZ));
    SHOW(write(ends[1], data, sizeof(data)));
    SHOW(read(ends[0], data, sizeof(data)));
    SHOW(fcntl(ends[0], F_SETPIPE_SZ, 100));
    SHOW(write(ends[1], data, 4096));
    SHOW(write(ends[1], data, 1));
    SHOW(fcntl(0, F_GETPIPE_SZ));
    close(ends[0]);
    close(ends[1]);
}

static void show_broken(void)
{
    int ends[2];

    signal(SIGPIPE, SIG_IGN);
    SHOW(pipe(ends));
    SHOW(close(ends[0]));
    SHOW(write(ends[1], "x", 1));
    SHOW(write(ends[1], "x", 0));
    SHOW(close(ends[1]));
    SHOW(close(ends[1]));
    signal(SIGPIPE, SIG_DFL);
}

static void show_duplicates(void)
{
    int ends[2], copy;

    SHOW(pipe(ends));
    SHOW(copy = dup(ends[1]));
    SHOW(close(ends[1]));
    SHOW(write(copy, "x", 1));
    SHOW(read(ends[0], data, 2));
    SHOW(close(copy));
    SHOW(read(ends[0], data, 2));
    close(ends[0]);
}

static void show_counter(int flags)
{
    uint64_t value = 5, most = UINT64_MAX - 1;
    int counter;

    SHOW(counter = eventfd(3, flags));
    SHOW(read(counter, &value, sizeof(value)));
    printf("value %ld\n", (long)value);
    SHOW(write(counter, &value, sizeof(value)));
    SHOW(write(counter, &value, sizeof(value)));
    SHOW(read(counter, &value, 7));
    SHOW(read(counter, data, 100));
    memcpy(&value, data, sizeof(value));
    printf("value %ld\n", (long)value);
    SHOW(write(counter, &value, 7));
    SHOW(write(counter, &most, sizeof(most)));
    value = UINT64_MAX;
    SHOW(write(counter, &value, sizeof(value)));
    SHOW(read(counter, BAD, 8));
    close(counter);
}

static void show_empty_counter(void)
{
    uint64_t value = 1, most = UINT64_MAX - 1;
    struct stat status;
    int counter;

    SHOW(eventfd(0, 0x10));
    SHOW(counter = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    SHOW(fcntl(counter, F_GETFL));
    SHOW(fcntl(counter, F_GETFD));
    SHOW(read(counter, &value, sizeof(value)));
    SHOW(write(counter, &most, sizeof(most)));
    SHOW(write(counter, &value, sizeof(value)));
    SHOW(read(counter, &value, sizeof(value)));
    printf("value %lx\n", (long)value);
    SHOW(fstat(counter, &status));
    printf("mode %o\n", status.st_mode);
    close(counter);
}

int main(void)
{
    show_making();
    show_transfers();
    show_vectors();
    show_bounds();
    show_broken();
    show_duplicates();
    show_counter(EFD_NONBLOCK);
    show_counter(EFD_NONBLOCK | EFD_SEMAPHORE);
    show_empty_counter();
    return 0;
}
