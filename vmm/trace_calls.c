/*
 * Which arguments a system call has, and what they are; see trace_line.h. A
 * call without a row is printed with six plain words. Names are those of the
 * kernel's header, by a list that the build makes.
 */
#include "vmm/trace_line.h"

#include <asm/unistd_64.h>

#define INT    &trace_int
#define LONG   &trace_long
#define SIZE   &trace_size
#define HEX    &trace_hex
#define OCTAL  &trace_octal
#define AT     &trace_directory
#define PATH   &trace_path
#define SIGNAL &trace_signal
#define CLOCK  &trace_clock

/* The result is a number, or an address. */
#define CALL(name, ...)    [__NR_##name] = {{__VA_ARGS__}, TRACE_NUMBER}
#define ADDRESS(name, ...) [__NR_##name] = {{__VA_ARGS__}, TRACE_ADDRESS}
#define NOTHING(name)      [__NR_##name] = {{0}, TRACE_NUMBER}

static const struct trace_signature signatures[] = {
    /* Memory. */
    ADDRESS(brk, HEX),
    ADDRESS(mmap, HEX, SIZE, &trace_protection, &trace_map_flags, INT, HEX),
    ADDRESS(mremap, HEX, SIZE, SIZE, &trace_remap_flags, HEX),
    CALL(munmap, HEX, SIZE),
    CALL(mprotect, HEX, SIZE, &trace_protection),
    CALL(madvise, HEX, SIZE, &trace_advice),
    CALL(msync, HEX, SIZE, HEX),
    CALL(mincore, HEX, SIZE, HEX),
    CALL(mlock, HEX, SIZE),
    CALL(munlock, HEX, SIZE),
    CALL(memfd_create, PATH, HEX),

    /* Files, by descriptor. */
    CALL(read, INT, &trace_buffer_out, SIZE),
    CALL(write, INT, &trace_buffer_in, SIZE),
    CALL(pread64, INT, &trace_buffer_out, SIZE, LONG),
    CALL(pwrite64, INT, &trace_buffer_in, SIZE, LONG),
    CALL(readv, INT, &trace_vector_out, INT),
    CALL(writev, INT, &trace_vector_in, INT),
    CALL(preadv, INT, &trace_vector_out, INT, LONG),
    CALL(pwritev, INT, &trace_vector_in, INT, LONG),
    CALL(close, INT),
    CALL(lseek, INT, LONG, &trace_seek),
    CALL(ioctl, INT, &trace_ioctl, HEX),
    CALL(fcntl, INT, &trace_fcntl, HEX),
    CALL(flock, INT, HEX),
    CALL(dup, INT),
    CALL(dup2, INT, INT),
    CALL(dup3, INT, INT, &trace_pipe_flags),
    CALL(fstat, INT, &trace_stat_out),
    CALL(fstatfs, INT, HEX),
    CALL(ftruncate, INT, LONG),
    CALL(fallocate, INT, HEX, LONG, LONG),
    CALL(fsync, INT),
    CALL(fdatasync, INT),
    CALL(fchmod, INT, OCTAL),
    CALL(fchown, INT, INT, INT),
    CALL(fchdir, INT),
    CALL(getdents64, INT, HEX, SIZE),
    CALL(sendfile, INT, INT, HEX, SIZE),
    CALL(copy_file_range, INT, HEX, INT, HEX, SIZE, HEX),
    CALL(pipe, &trace_pair_out),
    CALL(pipe2, &trace_pair_out, &trace_pipe_flags),
    CALL(eventfd2, INT, &trace_pipe_flags),
    CALL(poll, HEX, INT, INT),
    CALL(ppoll, HEX, INT, &trace_time_in, &trace_signals_in, SIZE),
    CALL(select, INT, HEX, HEX, HEX, HEX),
    CALL(pselect6, INT, HEX, HEX, HEX, &trace_time_in, HEX),
    CALL(epoll_create1, &trace_epoll_flags),
    CALL(epoll_ctl, INT, &trace_epoll_operation, INT, HEX),
    CALL(epoll_wait, INT, HEX, INT, INT),
    CALL(epoll_pwait, INT, HEX, INT, INT, &trace_signals_in, SIZE),

    /* Files, by name. */
    CALL(open, PATH, &trace_open_flags, OCTAL),
    CALL(openat, AT, PATH, &trace_open_flags, OCTAL),
    CALL(creat, PATH, OCTAL),
    CALL(stat, PATH, &trace_stat_out),
    CALL(lstat, PATH, &trace_stat_out),
    CALL(newfstatat, AT, PATH, &trace_stat_out, &trace_at_flags),
    CALL(statx, AT, PATH, &trace_at_flags, HEX, HEX),
    CALL(statfs, PATH, HEX),
    CALL(access, PATH, &trace_access_mode),
    CALL(faccessat, AT, PATH, &trace_access_mode),
    CALL(faccessat2, AT, PATH, &trace_access_mode, &trace_at_flags),
    CALL(readlink, PATH, &trace_buffer_out, SIZE),
    CALL(readlinkat, AT, PATH, &trace_buffer_out, SIZE),
    CALL(mkdir, PATH, OCTAL),
    CALL(mkdirat, AT, PATH, OCTAL),
    CALL(mknod, PATH, OCTAL, HEX),
    CALL(mknodat, AT, PATH, OCTAL, HEX),
    CALL(rmdir, PATH),
    CALL(unlink, PATH),
    CALL(unlinkat, AT, PATH, &trace_at_flags),
    CALL(rename, PATH, PATH),
    CALL(renameat, AT, PATH, AT, PATH),
    CALL(renameat2, AT, PATH, AT, PATH, &trace_rename_flags),
    CALL(link, PATH, PATH),
    CALL(linkat, AT, PATH, AT, PATH, &trace_at_flags),
    CALL(symlink, PATH, PATH),
    CALL(symlinkat, PATH, AT, PATH),
    CALL(chmod, PATH, OCTAL),
    CALL(fchmodat, AT, PATH, OCTAL),
    CALL(chown, PATH, INT, INT),
    CALL(lchown, PATH, INT, INT),
    CALL(fchownat, AT, PATH, INT, INT, &trace_at_flags),
    CALL(truncate, PATH, LONG),
    CALL(utimensat, AT, PATH, HEX, &trace_at_flags),
    CALL(chdir, PATH),
    CALL(getcwd, &trace_text_out, SIZE),
    CALL(umask, OCTAL),
    CALL(execve, PATH, &trace_strings, HEX),

    /* Signals. */
    CALL(rt_sigaction, SIGNAL, HEX, HEX, SIZE),
    CALL(rt_sigprocmask, &trace_mask_how, &trace_signals_in, HEX, SIZE),
    CALL(rt_sigsuspend, &trace_signals_in, SIZE),
    CALL(rt_sigtimedwait, &trace_signals_in, HEX, &trace_time_in, SIZE),
    NOTHING(rt_sigreturn),
    CALL(sigaltstack, HEX, HEX),
    CALL(kill, INT, SIGNAL),
    CALL(tkill, INT, SIGNAL),
    CALL(tgkill, INT, INT, SIGNAL),
    CALL(alarm, INT),
    NOTHING(pause),

    /* Time. */
    CALL(clock_gettime, CLOCK, &trace_time_out),
    CALL(clock_getres, CLOCK, &trace_time_out),
    CALL(clock_nanosleep, CLOCK, &trace_timer_flags, &trace_time_in, HEX),
    CALL(nanosleep, &trace_time_in, HEX),
    CALL(gettimeofday, HEX, HEX),
    CALL(time, HEX),

    /* Process and threads. */
    CALL(exit, INT),
    CALL(exit_group, INT),
    CALL(arch_prctl, &trace_arch, HEX),
    CALL(prctl, &trace_prctl, HEX, HEX, HEX, HEX),
    CALL(set_tid_address, HEX),
    CALL(set_robust_list, HEX, SIZE),
    CALL(futex, HEX, &trace_futex, INT, HEX, HEX, INT),
    CALL(clone, &trace_clone_flags, HEX, HEX, HEX, HEX),
    CALL(clone3, HEX, SIZE),
    NOTHING(fork),
    NOTHING(vfork),
    CALL(wait4, INT, HEX, HEX, HEX),
    NOTHING(getpid),
    NOTHING(gettid),
    NOTHING(getppid),
    NOTHING(getuid),
    NOTHING(geteuid),
    NOTHING(getgid),
    NOTHING(getegid),
    NOTHING(sched_yield),
    CALL(sched_getaffinity, INT, SIZE, HEX),
    CALL(getcpu, HEX, HEX),
    CALL(getrandom, HEX, SIZE, &trace_random_flags),
    CALL(getrlimit, &trace_resource, &trace_limit_out),
    CALL(setrlimit, &trace_resource, &trace_limit_in),
    CALL(prlimit64, INT, &trace_resource, &trace_limit_in, &trace_limit_out),
    CALL(getrusage, INT, HEX),
    CALL(sysinfo, HEX),
    CALL(uname, HEX),
    CALL(socket, INT, INT, INT),
    CALL(socketpair, INT, INT, INT, &trace_pair_out),
};

const struct trace_signature *trace_signature(uint64_t number)
{
    static const struct trace_signature plain = {
        .arguments = {HEX, HEX, HEX, HEX, HEX, HEX}};

    if (number < sizeof(signatures) / sizeof(signatures[0]) &&
        signatures[number].result != TRACE_NONE)
        return &signatures[number];
    return &plain;
}

const char *trace_name(uint64_t number)
{
    return number < TRACE_NAMES ? trace_names[number] : NULL;
}
