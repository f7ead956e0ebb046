/* One system call after the other, for what --trace prints of them. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    const struct iovec vector[2] = {{(void *)"one\n", 4}, {(void *)"2\n", 2}};
    uint64_t some = 1u << (SIGINT - 1) | 1u << (SIGUSR1 - 1);

    syscall(SYS_openat, AT_FDCWD, "/no\t\"such\" \x01\x31 file",
            O_RDWR | O_CLOEXEC, 0);
    syscall(SYS_write, 1, "0123456789012345678901234567890123456789\n", 41);
    syscall(SYS_write, 77, "x", 1);
    syscall(SYS_writev, 1, vector, 2);
    syscall(SYS_read, 0, (void *)8, 10);
    syscall(SYS_openat, AT_FDCWD, (void *)8, O_RDONLY, 0);
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &some, NULL, 8);
    syscall(SYS_mmap, NULL, 8192, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 4096 + 1);
    syscall(SYS_nanosleep, &moment, NULL);
    syscall(SYS_swapoff, "/x");
    syscall(SYS_swapoff, "/x");
    syscall(5000, 1);
    syscall(SYS_kill, getpid(), SIGKILL);
    return 0;
}
