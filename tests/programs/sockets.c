/*
 * Pairs of sockets and files without names, each call with its error cases.
 * With an argument: what a process without network and children is told.
 */
#include "tests/programs/show.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static char data[1 << 16];

static void show_poll(int end)
{
    struct pollfd entry = {end, POLLIN | POLLOUT | POLLRDHUP, 0};

    poll(&entry, 1, 0);
    printf("ready for %x\n", entry.revents);
}

static void show_pair(void)
{
    struct stat status;
    int ends[2], value = 0;
    socklen_t length = sizeof(value);

    SHOW(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends));
    SHOW(fcntl(ends[0], F_GETFL));
    SHOW(fstat(ends[0], &status));
    printf("socket %d\n", S_ISSOCK(status.st_mode));
    show_poll(ends[0]);
    SHOW(read(ends[0], data, 10));
    SHOW(write(ends[0], "hello", 5));
    SHOW(send(ends[1], "there", 5, MSG_NOSIGNAL));
    show_poll(ends[0]);
    SHOW(ioctl(ends[1], FIONREAD, &value));
    printf("waiting %d\n", value);
    SHOW(recv(ends[1], data, 3, MSG_DONTWAIT));
    SHOW(read(ends[1], data + 3, 10));
    SHOW(read(ends[0], data + 5, 10));
    printf("%.10s\n", data);
    SHOW(lseek(ends[0], 0, SEEK_SET));
    SHOW(getsockopt(ends[0], SOL_SOCKET, SO_TYPE, &value, &length));
    printf("type %d\n", value);
    SHOW(getsockopt(ends[0], SOL_SOCKET, SO_ERROR, &value, &length));
    SHOW(getsockopt(ends[0], SOL_SOCKET, SO_TYPE, &value, BAD));
    SHOW(getsockopt(0, SOL_SOCKET, SO_TYPE, &value, &length));
    SHOW(getsockopt(77, SOL_SOCKET, SO_TYPE, &value, &length));
    SHOW(shutdown(ends[0], 3));
    SHOW(shutdown(ends[0], SHUT_WR));
    show_poll(ends[1]);
    SHOW(read(ends[1], data, 10));
    SHOW(send(ends[0], "x", 1, MSG_NOSIGNAL));
    SHOW(write(ends[1], "back", 4));
    SHOW(read(ends[0], data, 10));
    SHOW(close(ends[1]));
    show_poll(ends[0]);
    SHOW(read(ends[0], data, 10));
    SHOW(write(ends[0], "x", 1));
    SHOW(close(ends[0]));
}

static void show_pair_errors(void)
{
    int ends[2];

    SHOW(socketpair(AF_UNIX, SOCK_STREAM | 0x100, 0, ends));
    SHOW(socketpair(AF_UNIX, 12, 0, ends));
    SHOW(socketpair(AF_UNIX, SOCK_STREAM, 7, ends));
    SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, BAD));
    SHOW(socketpair(1000, SOCK_STREAM, 0, ends));
    SHOW(socket(1000, SOCK_STREAM, 0));
    SHOW(socket(-1, SOCK_STREAM, 0));
    SHOW(socket(AF_INET, SOCK_STREAM | 0x100, 0));
    SHOW(shutdown(0, SHUT_RD));
    SHOW(listen(0, 1));
    SHOW(listen(77, 1));
}

static void show_unnamed_file(void)
{
    struct stat status;
    char *shared;
    int file;

    SHOW(syscall(SYS_memfd_create, "name", 0x1000));
    SHOW(syscall(SYS_memfd_create, BAD, 0));
    memset(data, 'n', 300);
    SHOW(syscall(SYS_memfd_create, data, 0));
    SHOW(file = memfd_create("name", MFD_CLOEXEC));
    SHOW(fcntl(file, F_GETFD));
    SHOW(fstat(file, &status));
    printf("mode %o, links %ld, size %ld\n", status.st_mode,
           (long)status.st_nlink, (long)status.st_size);
    SHOW(ftruncate(file, 8192));
    SHOW(write(file, "content", 7));
    SHOW(lseek(file, 0, SEEK_SET));
    SHOW(read(file, data, 7));
    printf("%.7s\n", data);
    shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    SHOW(shared == MAP_FAILED);
    SHOW(memcmp(shared, "content", 7));
    memcpy(shared + 4096, "mapped", 6);
    SHOW(lseek(file, 4096, SEEK_SET));
    SHOW(read(file, data, 6));
    printf("%.6s\n", data);
    close(file);
}

/* What a guest is without; a Linux with it answers otherwise. */
static void show_absent(void)
{
    char *const arguments[] = {"x", NULL};

    SHOW(socket(AF_INET, SOCK_STREAM, 0));
    SHOW(socket(AF_INET6, SOCK_DGRAM, 0));
    SHOW(socket(AF_UNIX, SOCK_STREAM, 0));
    SHOW(syscall(SYS_fork));
    SHOW(syscall(SYS_vfork));
    SHOW(execve("/bin/sockets", arguments, arguments));
    SHOW(execve("/no/such/file", arguments, arguments));
    SHOW(execve("/", arguments, arguments));
    SHOW(execve("/proc/version", arguments, arguments));
    SHOW(execve(BAD, arguments, arguments));
}

int main(int argc, char **argv)
{
    (void)argv;
    signal(SIGPIPE, SIG_IGN);
    if (argc > 1) {
        show_absent();
        return 0;
    }
    show_pair();
    show_pair_errors();
    show_unnamed_file();
    return 0;
}
