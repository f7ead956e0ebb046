/*
 * What a guest that has broken out of its machine would try, for the tests of
 * jails: each of it must be possible without one.
 */
#ifndef RINGSIDE_TESTS_UNIT_JAIL_ATTEMPTS_H
#define RINGSIDE_TESTS_UNIT_JAIL_ATTEMPTS_H

#include "vmm/kvm.h"
#include "vmm/memory.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the process has to try it with. */
struct attempt_means {
    const struct vm *vm;
    const struct guest_memory *memory;
};

static long read_a_file(const struct attempt_means *means)
{
    (void)means;
    return syscall(SYS_openat, AT_FDCWD, "/proc/self/exe", O_RDONLY);
}

static long make_a_socket(const struct attempt_means *means)
{
    (void)means;
    return syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
}

static long execute_a_program(const struct attempt_means *means)
{
    char *const none[] = {NULL};

    (void)means;
    return syscall(SYS_execve, "/bin/true", none, none);
}

static long be_traced(const struct attempt_means *means)
{
    (void)means;
    return syscall(SYS_ptrace, PTRACE_TRACEME, 0, NULL, NULL);
}

static long map_code(const struct attempt_means *means)
{
    (void)means;
    return syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long make_code(const struct attempt_means *means)
{
    return syscall(SYS_mprotect, means->memory->host, 4096,
                   PROT_READ | PROT_EXEC);
}

static long make_a_process(const struct attempt_means *means)
{
    long child = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0);

    (void)means;
    if (child == 0)
        _exit(0);
    return child;
}

static long signal_a_process(const struct attempt_means *means)
{
    (void)means;
    return syscall(SYS_kill, 1, 0);
}

static long make_another_vcpu(const struct attempt_means *means)
{
    return syscall(SYS_ioctl, means->vm->vm, KVM_CREATE_VCPU, 3);
}

static long make_another_vm(const struct attempt_means *means)
{
    return syscall(SYS_ioctl, means->vm->kvm, KVM_CREATE_VM, 0);
}

static long handle_a_fault(const struct attempt_means *means)
{
    (void)means;
    return signal(SIGSEGV, SIG_IGN) == SIG_ERR ? -1 : 0;
}

struct attempt {
    const char *what;
    int number; /* of the system call */
    long (*make)(const struct attempt_means *means);
};

static const struct attempt attempts[] = {
    {"read a file", SYS_openat, read_a_file},
    {"make a socket", SYS_socket, make_a_socket},
    {"execute a program", SYS_execve, execute_a_program},
    {"be traced", SYS_ptrace, be_traced},
    {"map code", SYS_mmap, map_code},
    {"make code", SYS_mprotect, make_code},
    {"make a process", SYS_clone, make_a_process},
    {"signal a process", SYS_kill, signal_a_process},
    {"make another vCPU", SYS_ioctl, make_another_vcpu},
    {"make another VM", SYS_ioctl, make_another_vm},
    {"handle a fault", SYS_rt_sigaction, handle_a_fault},
};

enum { ATTEMPTS = sizeof(attempts) / sizeof(attempts[0]) };

#endif
