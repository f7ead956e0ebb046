/*
 * Makes system calls with random arguments: numbers that exist, descriptors
 * that are open or not, addresses good and bad, sizes small and huge. Whatever
 * they answer, the library OS must stay. random-calls SEED COUNT
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t state;
enum { SIZE = 1 << 16 };

/* By itself, so that a long read reaches nothing else. */
static char *memory;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Calls that end, stop or take apart the program itself are left out. */
static const uint16_t calls[] = {
    SYS_read,         SYS_write,        SYS_close,       SYS_poll,
    SYS_lseek,        SYS_ioctl,        SYS_readv,       SYS_writev,
    SYS_pipe,         SYS_select,       SYS_mincore,     SYS_madvise,
    SYS_dup,          SYS_dup2,         SYS_getpid,      SYS_socket,
    SYS_socketpair,   SYS_shutdown,     SYS_getsockopt,  SYS_setsockopt,
    SYS_sendto,       SYS_recvfrom,     SYS_getsockname, SYS_getpeername,
    SYS_uname,        SYS_fcntl,        SYS_getrlimit,   SYS_getrusage,
    SYS_sysinfo,      SYS_times,        SYS_getuid,      SYS_getgroups,
    SYS_setgroups,    SYS_capget,       SYS_capset,      SYS_personality,
    SYS_getpriority,  SYS_setpriority,  SYS_mlock,       SYS_munlock,
    SYS_mlockall,     SYS_prctl,        SYS_sethostname, SYS_epoll_create1,
    SYS_epoll_ctl,    SYS_epoll_wait,   SYS_eventfd2,    SYS_pipe2,
    SYS_memfd_create, SYS_membarrier,   SYS_pread64,     SYS_pwrite64,
    SYS_ftruncate,    SYS_fstat,        SYS_openat,      SYS_readlinkat,
    SYS_getdents64,   SYS_newfstatat,   SYS_wait4,       SYS_waitid,
    SYS_execve,       SYS_fork,         SYS_getcpu,      SYS_getresuid,
    SYS_dup3,         SYS_epoll_pwait2, SYS_preadv,      SYS_pwritev,
    SYS_mlock2,
};

static const char *const paths[] = {
    "/proc/self/maps",     "/proc/self/fd",
    "/dev/zero",           "/dev/null",
    "/proc/stat",          "/proc/self/fd/3",
    "/dev/fd/4",           "/proc/1/task/1/status",
    "/proc/sys",           "/",
    "/dev/urandom",        "/proc/self/exe",
    "/proc/self/fdinfo/3", "/dev",
};

static const char *path(void)
{
    return paths[next() % (sizeof(paths) / sizeof(paths[0]))];
}

/* Something that a call may take for an argument. */
static uint64_t argument(void)
{
    uint64_t value = next();

    switch (next() % 8) {
    case 0:
        return value % 16;
    case 1:
        return (uint64_t)memory + value % SIZE;
    case 2:
        return (uint64_t)path();
    case 3:
        return value % 5000;
    case 4:
        return 1ull << value % 64;
    case 5:
        return -(value % 4096);
    case 6:
        return 0x700000000000 + value % 0x200000;
    default:
        return value;
    }
}

/* Waiting for ever is no answer, and 0 to 2 are for the test. */
static void call_once(void)
{
    long number = calls[next() % (sizeof(calls) / sizeof(calls[0]))];
    uint64_t a[6];

    for (int i = 0; i < 6; i++)
        a[i] = argument();
    if (a[0] <= 2)
        a[0] += 3;
    if (number == SYS_poll)
        a[2] = 0;
    if (number == SYS_epoll_wait)
        a[3] = 0;
    if (number == SYS_select || number == SYS_epoll_pwait2)
        a[number == SYS_select ? 4 : 3] = (uint64_t)(memory + 1024);
    if ((number == SYS_dup2 || number == SYS_dup3) && a[1] <= 2)
        a[1] += 3;
    if (number == SYS_madvise || number == SYS_mlock)
        a[0] = (uint64_t)memory & -4096ull;
    syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (next() % 64 == 0 && open(path(), O_RDWR | O_NONBLOCK) < 0)
        open(path(), O_RDONLY | O_NONBLOCK);
    for (int fd = 3; fd < 16; fd++)
        fcntl(fd, F_SETFL, O_NONBLOCK);
}

int main(int argc, char **argv)
{
    unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 0) : 1000;

    state = argc > 1 ? strtoul(argv[1], NULL, 0) * 2654435761u + 1 : 1;
    signal(SIGPIPE, SIG_IGN);
    memory =
        mmap(NULL, 3 * SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return 1;
    memory += SIZE;
    mprotect(memory, SIZE, PROT_READ | PROT_WRITE);
    for (unsigned long i = 0; i < count; i++) {
        for (int j = 0; j < 4096; j++)
            memory[next() % SIZE] = (char)next();
        memory[1024 + next() % 8] = 0;
        for (int j = 0; j < 16; j++)
            memory[1024 + j] = 0;
        call_once();
    }
    printf("%lu calls\n", count);
    return 0;
}
