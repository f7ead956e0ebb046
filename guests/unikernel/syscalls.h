/*
 * The system calls: the table's shape and the handlers, grouped by file.
 *
 * A handler gets the program's registers (arguments in rdi, rsi, rdx, r10, r8,
 * r9, as in the x86-64 Linux ABI) and returns what the program finds in rax:
 * a result or a negative errno. Meaning and errors are those of the man page
 * of the same name in section 2.
 */
#ifndef RINGSIDE_UNIKERNEL_SYSCALLS_H
#define RINGSIDE_UNIKERNEL_SYSCALLS_H

#include "guests/unikernel/boot_info.h"
#include "guests/unikernel/registers.h"

#include <stdint.h>

typedef int64_t syscall_handler(const struct registers *call);

/* From now on every call goes through trace_serve. */
void syscall_trace(void);

/*
 * Calls the handler; its result may be one of thread.h, too.
 */
int64_t syscall_serve(const struct registers *call);

/*
 * Serves the call in registers and leaves its result there; does not return
 * where the program goes on elsewhere.
 */
void syscall_dispatch(struct registers *registers);

/* sys_memory.c */
syscall_handler sys_brk, sys_mmap, sys_munmap, sys_mprotect, sys_mremap,
    sys_msync;

/* sys_memory_advice.c */
syscall_handler sys_madvise, sys_mincore, sys_mlock, sys_mlock2, sys_munlock,
    sys_mlockall, sys_munlockall, sys_membarrier;

/* sys_transfer.c, sys_vector.c, sys_copy.c */
syscall_handler sys_read, sys_write, sys_pread64, sys_pwrite64, sys_readv,
    sys_writev, sys_preadv, sys_pwritev, sys_preadv2, sys_pwritev2,
    sys_sendfile, sys_copy_file_range;

/* lock.c */
syscall_handler sys_flock;

/* sys_descriptor.c */
syscall_handler sys_close, sys_ioctl, sys_dup, sys_dup2, sys_dup3, sys_fcntl,
    sys_close_range;

/* sys_open.c */
syscall_handler sys_open, sys_openat, sys_creat;

/* sys_file.c */
syscall_handler sys_lseek, sys_truncate, sys_ftruncate, sys_fallocate,
    sys_fsync, sys_syncfs, sys_sync_file_range, sys_fadvise64, sys_readahead;

/* sys_stat.c */
syscall_handler sys_stat, sys_lstat, sys_fstat, sys_newfstatat, sys_statx,
    sys_statfs, sys_fstatfs;

/* sys_directory.c */
syscall_handler sys_getdents64, sys_getdents, sys_chdir, sys_fchdir, sys_chroot,
    sys_getcwd;

/* sys_name.c, sys_rename.c, sys_link.c */
syscall_handler sys_mkdir, sys_mkdirat, sys_mknod, sys_mknodat, sys_symlink,
    sys_symlinkat, sys_link, sys_linkat, sys_unlink, sys_rmdir, sys_unlinkat,
    sys_rename, sys_renameat, sys_renameat2, sys_readlink, sys_readlinkat;

/* sys_attributes.c, sys_file_times.c */
syscall_handler sys_chmod, sys_fchmod, sys_fchmodat, sys_fchmodat2, sys_chown,
    sys_lchown, sys_fchown, sys_fchownat, sys_access, sys_faccessat,
    sys_faccessat2, sys_umask, sys_utimensat, sys_futimesat, sys_utimes,
    sys_utime;

/* sys_xattr.c: all calls by path, by path of a link, by descriptor */
syscall_handler sys_xattr, sys_lxattr, sys_fxattr, sys_listxattr,
    sys_llistxattr, sys_flistxattr;

/* sys_process.c */
void process_init(const struct boot_info *boot, const char *executable,
                  const char *working_directory);
syscall_handler sys_arch_prctl, sys_getpid, sys_getppid, sys_zero, sys_getcpu,
    sys_getrandom;

/* sys_thread.c */
syscall_handler sys_clone, sys_clone3, sys_exit, sys_exit_group, sys_gettid,
    sys_set_tid_address, sys_sched_yield, sys_sched_getaffinity,
    sys_sched_setaffinity, sys_sched_setscheduler, sys_sched_getscheduler,
    sys_sched_setparam, sys_sched_getparam, sys_sched_get_priority_max,
    sys_sched_get_priority_min, sys_sched_rr_get_interval;

/* sys_futex.c */
syscall_handler sys_futex, sys_set_robust_list, sys_get_robust_list;

/* sys_timerfd.c, sys_signalfd.c */
syscall_handler sys_timerfd_create, sys_timerfd_settime, sys_timerfd_gettime,
    sys_signalfd, sys_signalfd4;

/* sys_timer.c */
syscall_handler sys_getitimer, sys_setitimer, sys_alarm, sys_timer_create,
    sys_timer_settime, sys_timer_gettime, sys_timer_getoverrun,
    sys_timer_delete;

/* sys_identity.c */
syscall_handler sys_getuid, sys_geteuid, sys_getgid, sys_getegid, sys_getresuid,
    sys_getresgid, sys_setuid, sys_setgid, sys_setreuid, sys_setregid,
    sys_setresuid, sys_setresgid, sys_setfsuid, sys_setfsgid, sys_getgroups,
    sys_setgroups, sys_getpgrp, sys_getpgid, sys_getsid, sys_setsid,
    sys_setpgid;

/* sys_capability.c, sys_prctl.c */
syscall_handler sys_capget, sys_capset, sys_prctl;

/* sys_limits.c */
syscall_handler sys_prlimit64, sys_getrlimit, sys_setrlimit, sys_getrusage,
    sys_times;

/* sys_system.c */
syscall_handler sys_uname, sys_sethostname, sys_setdomainname, sys_sysinfo,
    sys_personality, sys_getpriority, sys_setpriority;

/* sys_absent.c */
syscall_handler sys_fork, sys_execve, sys_execveat, sys_wait4, sys_waitid;

/* sys_socket.c */
syscall_handler sys_socket, sys_socketpair, sys_connect, sys_bind, sys_listen,
    sys_accept, sys_getsockname, sys_getpeername, sys_shutdown, sys_setsockopt,
    sys_getsockopt, sys_sendto, sys_recvfrom, sys_sendmsg, sys_recvmsg;

/* sys_memfd.c */
syscall_handler sys_memfd_create;

/* sys_pipe.c, sys_eventfd.c */
syscall_handler sys_pipe, sys_pipe2, sys_eventfd, sys_eventfd2;

/* sys_poll.c, sys_select.c, sys_epoll.c */
syscall_handler sys_poll, sys_ppoll, sys_select, sys_pselect6, sys_epoll_create,
    sys_epoll_create1, sys_epoll_ctl, sys_epoll_wait, sys_epoll_pwait,
    sys_epoll_pwait2;

/* sys_signal.c */
syscall_handler sys_rt_sigaction, sys_rt_sigprocmask, sys_rt_sigpending,
    sys_rt_sigsuspend, sys_rt_sigtimedwait, sys_rt_sigreturn, sys_sigaltstack,
    sys_kill, sys_tkill, sys_tgkill, sys_rt_sigqueueinfo, sys_rt_tgsigqueueinfo,
    sys_pause;

/* sys_time.c */
syscall_handler sys_clock_gettime, sys_clock_getres, sys_gettimeofday, sys_time,
    sys_nanosleep, sys_clock_nanosleep;

#endif
