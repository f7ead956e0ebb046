/*
 * The table of system calls. Adding one is adding a row and a function; what
 * has no row is -ENOSYS.
 */
#include "guests/unikernel/syscalls.h"

#include "guests/unikernel/thread.h"

#include <asm/errno.h>
#include <asm/unistd_64.h>
#include <stddef.h>

static syscall_handler *const handlers[] = {
    [__NR_read] = sys_read,
    [__NR_write] = sys_write,
    [__NR_open] = sys_open,
    [__NR_close] = sys_close,
    [__NR_fstat] = sys_fstat,
    [__NR_poll] = sys_poll,
    [__NR_lseek] = sys_lseek,
    [__NR_mmap] = sys_mmap,
    [__NR_mprotect] = sys_mprotect,
    [__NR_munmap] = sys_munmap,
    [__NR_brk] = sys_brk,
    [__NR_rt_sigaction] = sys_rt_sigaction,
    [__NR_rt_sigprocmask] = sys_rt_sigprocmask,
    [__NR_ioctl] = sys_ioctl,
    [__NR_readv] = sys_readv,
    [__NR_writev] = sys_writev,
    [__NR_access] = sys_access,
    [__NR_pipe] = sys_pipe,
    [__NR_select] = sys_select,
    [__NR_sched_yield] = sys_zero,
    [__NR_mremap] = sys_mremap,
    [__NR_mincore] = sys_mincore,
    [__NR_madvise] = sys_madvise,
    [__NR_dup] = sys_dup,
    [__NR_dup2] = sys_dup2,
    [__NR_pause] = sys_pause,
    [__NR_nanosleep] = sys_nanosleep,
    [__NR_getpid] = sys_getpid,
    [__NR_fork] = sys_fork,
    [__NR_vfork] = sys_fork,
    [__NR_exit] = sys_exit,
    [__NR_wait4] = sys_wait4,
    [__NR_kill] = sys_kill,
    [__NR_uname] = sys_uname,
    [__NR_fcntl] = sys_fcntl,
    [__NR_getcwd] = sys_getcwd,
    [__NR_readlink] = sys_readlink,
    [__NR_umask] = sys_umask,
    [__NR_gettimeofday] = sys_gettimeofday,
    [__NR_getrlimit] = sys_getrlimit,
    [__NR_getrusage] = sys_getrusage,
    [__NR_sysinfo] = sys_sysinfo,
    [__NR_times] = sys_times,
    [__NR_getuid] = sys_getuid,
    [__NR_getgid] = sys_getgid,
    [__NR_setuid] = sys_setuid,
    [__NR_setgid] = sys_setgid,
    [__NR_geteuid] = sys_geteuid,
    [__NR_getegid] = sys_getegid,
    [__NR_setpgid] = sys_setpgid,
    [__NR_getppid] = sys_getppid,
    [__NR_getpgrp] = sys_getpgrp,
    [__NR_setsid] = sys_setsid,
    [__NR_setreuid] = sys_setreuid,
    [__NR_setregid] = sys_setregid,
    [__NR_getgroups] = sys_getgroups,
    [__NR_setgroups] = sys_setgroups,
    [__NR_setresuid] = sys_setresuid,
    [__NR_getresuid] = sys_getresuid,
    [__NR_setresgid] = sys_setresgid,
    [__NR_getresgid] = sys_getresgid,
    [__NR_getpgid] = sys_getpgid,
    [__NR_setfsuid] = sys_setfsuid,
    [__NR_setfsgid] = sys_setfsgid,
    [__NR_getsid] = sys_getsid,
    [__NR_capget] = sys_capget,
    [__NR_capset] = sys_capset,
    [__NR_sigaltstack] = sys_sigaltstack,
    [__NR_personality] = sys_personality,
    [__NR_getpriority] = sys_getpriority,
    [__NR_setpriority] = sys_setpriority,
    [__NR_mlock] = sys_mlock,
    [__NR_munlock] = sys_munlock,
    [__NR_mlockall] = sys_mlockall,
    [__NR_munlockall] = sys_munlockall,
    [__NR_prctl] = sys_prctl,
    [__NR_arch_prctl] = sys_arch_prctl,
    [__NR_setrlimit] = sys_setrlimit,
    [__NR_sethostname] = sys_sethostname,
    [__NR_setdomainname] = sys_setdomainname,
    [__NR_gettid] = sys_getpid,
    [__NR_tkill] = sys_tkill,
    [__NR_time] = sys_time,
    [__NR_futex] = sys_futex,
    [__NR_sched_getaffinity] = sys_sched_getaffinity,
    [__NR_epoll_create] = sys_epoll_create,
    [__NR_set_tid_address] = sys_set_tid_address,
    [__NR_clock_gettime] = sys_clock_gettime,
    [__NR_clock_getres] = sys_clock_getres,
    [__NR_clock_nanosleep] = sys_clock_nanosleep,
    [__NR_exit_group] = sys_exit,
    [__NR_epoll_wait] = sys_epoll_wait,
    [__NR_epoll_ctl] = sys_epoll_ctl,
    [__NR_tgkill] = sys_tgkill,
    [__NR_waitid] = sys_waitid,
    [__NR_openat] = sys_openat,
    [__NR_newfstatat] = sys_newfstatat,
    [__NR_readlinkat] = sys_readlinkat,
    [__NR_pselect6] = sys_pselect6,
    [__NR_ppoll] = sys_ppoll,
    [__NR_set_robust_list] = sys_zero,
    [__NR_epoll_pwait] = sys_epoll_pwait,
    [__NR_eventfd] = sys_eventfd,
    [__NR_eventfd2] = sys_eventfd2,
    [__NR_epoll_create1] = sys_epoll_create1,
    [__NR_dup3] = sys_dup3,
    [__NR_pipe2] = sys_pipe2,
    [__NR_prlimit64] = sys_prlimit64,
    [__NR_getcpu] = sys_getcpu,
    [__NR_getrandom] = sys_getrandom,
    [__NR_membarrier] = sys_membarrier,
    [__NR_mlock2] = sys_mlock2,
    [__NR_epoll_pwait2] = sys_epoll_pwait2,
};

void syscall_dispatch(struct registers *registers)
{
    const size_t count = sizeof(handlers) / sizeof(handlers[0]);
    syscall_handler *handler = NULL;
    int64_t result = -ENOSYS;

    if (registers->rax < count)
        handler = handlers[registers->rax];
    if (handler != NULL)
        result = handler(registers);
    if (__builtin_expect(result == THREAD_WAIT, 0))
        result = thread_finish_call(registers, handler);
    registers->rax = (uint64_t)result;
}
