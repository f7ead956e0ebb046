/*
 * What a process asks of itself and of its kernel, each call with its error
 * cases: limits, names, priority, personality, prctl, children, memory locks.
 */
#include "tests/programs/show.h"

#include <fcntl.h>
#include <linux/membarrier.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOBODY 0x7ffffff0

static void show_limit(int resource)
{
    struct rlimit limit;

    if (getrlimit(resource, &limit) == 0)
        printf("limit %d: %ld %ld\n", resource, (long)limit.rlim_cur,
               (long)limit.rlim_max);
}

static void show_limits(void)
{
    struct rlimit limit = {50, 60}, wrong = {70, 60}, less = {40, 60}, old;

    SHOW(syscall(SYS_setrlimit, RLIMIT_NOFILE, &limit));
    show_limit(RLIMIT_NOFILE);
    SHOW(syscall(SYS_setrlimit, RLIMIT_NOFILE, &wrong));
    SHOW(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &less, &old));
    printf("old %ld %ld\n", (long)old.rlim_cur, (long)old.rlim_max);
    SHOW(syscall(SYS_prlimit64, getpid(), RLIMIT_NOFILE, NULL, NULL));
    SHOW(syscall(SYS_prlimit64, NOBODY, RLIMIT_NOFILE, NULL, NULL));
    SHOW(syscall(SYS_prlimit64, NOBODY, 16, BAD, NULL));
    SHOW(syscall(SYS_prlimit64, 0, 16, &limit, NULL));
    SHOW(syscall(SYS_prlimit64, 0, RLIMIT_CPU, NULL, BAD));
    SHOW(syscall(SYS_getrlimit, 16, &limit));
    SHOW(syscall(SYS_getrlimit, RLIMIT_CPU, BAD));
    SHOW(syscall(SYS_setrlimit, 16, &limit));
    SHOW(syscall(SYS_setrlimit, 16, BAD));
    limit = (struct rlimit){10, 20};
    SHOW(syscall(SYS_setrlimit, RLIMIT_CORE, &limit));
    show_limit(RLIMIT_CORE);
    show_limit(RLIMIT_FSIZE);
    show_limit(RLIMIT_STACK);
    show_limit(RLIMIT_RTTIME);
}

/* The limit on open files holds for every way to get a descriptor. */
static void show_open_files(void)
{
    const struct rlimit few = {5, 60}, more = {50, 60};
    struct pollfd fds[6] = {{-1, 0, 0}};
    int ends[2];

    SHOW(setrlimit(RLIMIT_NOFILE, &few));
    SHOW(dup(0));
    SHOW(pipe(ends));
    SHOW(dup(0));
    SHOW(dup(0));
    SHOW(open("/dev/null", O_RDONLY));
    SHOW(epoll_create1(0));
    SHOW(fcntl(0, F_DUPFD, 5));
    SHOW(dup2(0, 5));
    SHOW(poll(fds, 6, 0));
    SHOW(setrlimit(RLIMIT_NOFILE, &more));
    SHOW(dup2(0, 49));
    SHOW(dup(0));
    SHOW(close(49) | close(3) | close(4) | close(5));
}

static void show_usage(void)
{
    struct rusage usage;
    struct tms times_used;
    struct timespec now;

    memset(&usage, 0xff, sizeof(usage));
    SHOW(syscall(SYS_getrusage, RUSAGE_CHILDREN, &usage));
    printf("children %ld %ld %ld\n", (long)usage.ru_utime.tv_sec,
           (long)usage.ru_utime.tv_usec, usage.ru_maxrss);
    SHOW(syscall(SYS_getrusage, RUSAGE_SELF, &usage));
    printf("resident %s\n", usage.ru_maxrss > 0 ? "some" : "none");
    SHOW(syscall(SYS_getrusage, RUSAGE_THREAD, &usage));
    SHOW(syscall(SYS_getrusage, 7, &usage));
    SHOW(syscall(SYS_getrusage, -3, &usage));
    SHOW(syscall(SYS_getrusage, RUSAGE_SELF, BAD));
    SHOW(syscall(SYS_times, &times_used) >= 0);
    printf("children's ticks %ld %ld\n", (long)times_used.tms_cutime,
           (long)times_used.tms_cstime);
    SHOW(syscall(SYS_times, BAD));
    SHOW(syscall(SYS_times, NULL) >= 0);
    SHOW(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now));
    printf("processor time %s\n", now.tv_sec < 5 ? "short" : "long");
}

static void show_names(void)
{
    char name[65] = "short";
    struct utsname names;

    SHOW(syscall(SYS_uname, BAD));
    SHOW(uname(&names));
    printf("%s %s\n", names.sysname, names.machine);
    SHOW(syscall(SYS_sethostname, name, -1));
    SHOW(syscall(SYS_sethostname, name, 65));
    SHOW(syscall(SYS_sethostname, BAD, 5));
    SHOW(syscall(SYS_setdomainname, name, 65));
    SHOW(prctl(PR_SET_NAME, "a name that is too long", 0, 0, 0));
    SHOW(prctl(PR_GET_NAME, name, 0, 0, 0));
    printf("name '%s'\n", name);
    SHOW(prctl(PR_SET_NAME, "", 0, 0, 0));
    SHOW(prctl(PR_GET_NAME, name, 0, 0, 0));
    printf("name '%s'\n", name);
    SHOW(prctl(PR_SET_NAME, BAD, 0, 0, 0));
    SHOW(prctl(PR_GET_NAME, BAD, 0, 0, 0));
}

static void show_system(void)
{
    struct sysinfo info;

    SHOW(syscall(SYS_sysinfo, BAD));
    SHOW(sysinfo(&info));
    printf("memory %s, used %s, processes %s\n", info.totalram ? "some" : "no",
           info.freeram < info.totalram ? "some" : "no",
           info.procs > 0 ? "some" : "no");
    SHOW(syscall(SYS_personality, 0xffffffff));
    SHOW(syscall(SYS_personality, ADDR_NO_RANDOMIZE));
    SHOW(syscall(SYS_personality, 0xffffffff));
    SHOW(syscall(SYS_personality, 0));
}

static void show_priority(void)
{
    SHOW(syscall(SYS_getpriority, PRIO_PROCESS, 0));
    SHOW(syscall(SYS_setpriority, PRIO_PROCESS, 0, 5));
    SHOW(syscall(SYS_getpriority, PRIO_PROCESS, getpid()));
    SHOW(syscall(SYS_setpriority, PRIO_PROCESS, 0, 100));
    SHOW(syscall(SYS_getpriority, PRIO_PROCESS, 0));
    SHOW(syscall(SYS_getpriority, 3, 0));
    SHOW(syscall(SYS_setpriority, 3, 0, 0));
    SHOW(syscall(SYS_getpriority, PRIO_PROCESS, NOBODY));
    SHOW(syscall(SYS_setpriority, PRIO_PROCESS, NOBODY, 0));
    SHOW(syscall(SYS_getpriority, PRIO_USER, NOBODY));
}

static void show_prctl(void)
{
    int value = -1;

    SHOW(prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0));
    SHOW(prctl(PR_GET_PDEATHSIG, &value, 0, 0, 0));
    printf("signal %d\n", value);
    SHOW(prctl(PR_SET_PDEATHSIG, 65, 0, 0, 0));
    SHOW(prctl(PR_GET_PDEATHSIG, BAD, 0, 0, 0));
    SHOW(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
    SHOW(prctl(PR_SET_DUMPABLE, 2, 0, 0, 0));
    SHOW(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
    SHOW(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
    SHOW(prctl(PR_GET_TIMING, 0, 0, 0, 0));
    SHOW(prctl(PR_SET_TIMING, 1, 0, 0, 0));
    SHOW(prctl(PR_GET_SECCOMP, 0, 0, 0, 0));
    SHOW(prctl(PR_SET_TIMERSLACK, 1000, 0, 0, 0));
    SHOW(prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
    SHOW(prctl(PR_SET_TIMERSLACK, 0, 0, 0, 0));
    SHOW(prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
    SHOW(prctl(PR_GET_TSC, &value, 0, 0, 0));
    printf("tsc %d\n", value);
    SHOW(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
    SHOW(prctl(PR_GET_CHILD_SUBREAPER, &value, 0, 0, 0));
    printf("subreaper %d\n", value);
    SHOW(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
    SHOW(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 1, 0));
    SHOW(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    SHOW(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    SHOW(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    SHOW(prctl(PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0));
    SHOW(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
    SHOW(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
    SHOW(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
    SHOW(prctl(PR_GET_ENDIAN, &value, 0, 0, 0));
    SHOW(prctl(9999, 0, 0, 0, 0));
}

static void show_children(void)
{
    siginfo_t info;

    SHOW(syscall(SYS_wait4, -1, NULL, 0, NULL));
    SHOW(syscall(SYS_wait4, 5, NULL, WNOHANG, NULL));
    SHOW(syscall(SYS_wait4, -1, NULL, 0x100, NULL));
    SHOW(syscall(SYS_wait4, INT32_MIN, NULL, 0, NULL));
    SHOW(syscall(SYS_waitid, P_ALL, 0, &info, WEXITED, NULL));
    SHOW(syscall(SYS_waitid, P_ALL, 0, &info, 0, NULL));
    SHOW(syscall(SYS_waitid, P_ALL, 0, &info, WEXITED | 0x100, NULL));
    SHOW(syscall(SYS_waitid, 9, 0, &info, WEXITED, NULL));
    SHOW(syscall(SYS_waitid, P_PID, 0, &info, WEXITED, NULL));
    SHOW(syscall(SYS_waitid, P_PID, 77, &info, WEXITED, NULL));
    SHOW(syscall(SYS_waitid, P_PGID, 1, &info, WEXITED, NULL));
}

/* Run under setsid: the process leads its session, as a container's does. */
static void show_session(void)
{
    SHOW(getpgrp() == getpid());
    SHOW(syscall(SYS_getpgid, 0) == getpid());
    SHOW(syscall(SYS_getsid, getpid()) == getpid());
    SHOW(syscall(SYS_getsid, NOBODY));
    SHOW(syscall(SYS_getpgid, NOBODY));
    SHOW(syscall(SYS_setsid));
    SHOW(syscall(SYS_setpgid, 0, 0));
    SHOW(syscall(SYS_setpgid, 0, -1));
    SHOW(syscall(SYS_setpgid, NOBODY, 0));
}

static void show_barriers(void)
{
    const int cpu = MEMBARRIER_CMD_FLAG_CPU;

    SHOW(syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0) >= 0x1f);
    SHOW(syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 1, 0));
    SHOW(syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0));
    SHOW(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
    SHOW(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0,
                 0));
    SHOW(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
    SHOW(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, cpu, 0));
    SHOW(syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0));
    SHOW(syscall(SYS_membarrier, 1 << 30, 0, 0));
}

static void show_processor(void)
{
    unsigned int cpu = 99, node = 99;

    SHOW(syscall(SYS_getcpu, &cpu, &node, NULL));
    printf("cpu %s node %u\n", cpu < 99 ? "known" : "unknown", node);
    SHOW(syscall(SYS_getcpu, NULL, NULL, NULL));
    SHOW(syscall(SYS_getcpu, BAD, NULL, NULL));
}

static void show_advice(void)
{
    const size_t page = 4096;
    char *memory = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned char resident[4] = {9, 9, 9, 9};

    memset(memory, 1, 4 * page);
    SHOW(syscall(SYS_mincore, memory, 4 * page, resident));
    printf("resident %d %d %d %d\n", resident[0], resident[1], resident[2],
           resident[3]);
    SHOW(syscall(SYS_mincore, memory + 1, page, resident));
    SHOW(syscall(SYS_mincore, memory, page, BAD));
    SHOW(syscall(SYS_mincore, memory, -1, resident));
    SHOW(syscall(SYS_mincore, memory, 0, resident));
    SHOW(madvise(memory, 2 * page, MADV_DONTNEED));
    printf("discarded %d %d kept %d\n", memory[0], memory[page],
           memory[2 * page]);
    SHOW(madvise(memory + 1, page, MADV_DONTNEED));
    SHOW(madvise(memory, page, 12345));
    SHOW(madvise(memory, -1, MADV_NORMAL));
    SHOW(madvise(memory, 0, MADV_NORMAL));
    SHOW(madvise(memory, page - 1, MADV_WILLNEED));
    SHOW(madvise(memory, page, MADV_REMOVE));
    SHOW(madvise(memory, page, MADV_WIPEONFORK));
    SHOW(madvise(memory, page, MADV_DONTDUMP));
    SHOW(madvise(memory, page, MADV_COLD));
    SHOW(madvise(memory, page, MADV_POPULATE_WRITE));
    SHOW(mprotect(memory + 2 * page, page, PROT_READ));
    SHOW(madvise(memory, 4 * page, MADV_POPULATE_WRITE));
    SHOW(madvise(memory, 4 * page, MADV_POPULATE_READ));
    SHOW(madvise(memory, 4 * page, MADV_DONTNEED));
    printf("discarded %d %d\n", memory[2 * page], memory[3 * page]);
    SHOW(munmap(memory + 2 * page, page));
    SHOW(madvise(memory, 4 * page, MADV_WILLNEED));
    SHOW(madvise(memory, 4 * page, MADV_DONTNEED));
    SHOW(syscall(SYS_mincore, memory, 4 * page, resident));
}

static void show_locks(void)
{
    const size_t page = 4096;
    char *memory = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    SHOW(mlock(memory + 100, page));
    SHOW(mlock(memory, 0));
    SHOW(mlock(memory, -1));
    SHOW(syscall(SYS_mlock2, memory, page, 1));
    SHOW(syscall(SYS_mlock2, memory, page, 2));
    SHOW(munlock(memory, 3 * page));
    SHOW(mprotect(memory + page, page, PROT_NONE));
    SHOW(mlock(memory, 3 * page));
    SHOW(munmap(memory + page, page));
    SHOW(mlock(memory, 3 * page));
    SHOW(munlock(memory, 3 * page));
    SHOW(mlockall(0));
    SHOW(mlockall(MCL_ONFAULT));
    SHOW(mlockall(8));
    SHOW(mlockall(MCL_CURRENT));
    SHOW(munlockall());
}

int main(void)
{
    show_advice();
    show_locks();
    show_session();
    show_limits();
    show_open_files();
    show_usage();
    show_names();
    show_system();
    show_priority();
    show_prctl();
    show_children();
    show_barriers();
    show_processor();
    return 0;
}
