/* Words of flags, and choices, of traced calls; see trace_line.h. */
#include "vmm/trace_line.h"

#include <asm/prctl.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/futex.h>
#include <linux/prctl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define FLAG(name)        \
    {                     \
        name, name, #name \
    }
#define FIELD(mask, name) \
    {                     \
        mask, name, #name \
    }
#define SHORT_CHOICE(name)                  \
    {                                       \
        UINT32_MAX, (uint32_t)(name), #name \
    }

/* What no name stands for is a number; so is a word without any. */
static void print_flags(struct trace_line *line, const struct trace_call *call,
                        unsigned int index, const struct trace_type *type)
{
    const uint64_t word = (uint32_t)call->arguments[index];
    uint64_t left = word;
    const char *separator = "";

    for (const struct trace_flag *flag = type->flags; flag->name != NULL;
         flag++) {
        if ((word & flag->mask) != flag->value)
            continue;
        /* A flag of which another is a part comes first. */
        if (flag->value != 0 && (left & flag->value) != flag->value)
            continue;
        trace_add(line, "%s%s", separator, flag->name);
        separator = "|";
        left &= ~flag->mask;
    }
    if (left != 0 || separator[0] == '\0')
        trace_add(line, left != 0 ? "%s%#" PRIx64 : "%s%" PRIx64, separator,
                  left);
}

#define TYPE(type, ...)                                                \
    static const struct trace_flag type##_list[] = {__VA_ARGS__, {0}}; \
    const struct trace_type type = {.print = print_flags, .flags = type##_list}

TYPE(trace_open_flags, FIELD(O_ACCMODE, O_RDONLY), FIELD(O_ACCMODE, O_WRONLY),
     FIELD(O_ACCMODE, O_RDWR), FLAG(O_CREAT), FLAG(O_EXCL), FLAG(O_NOCTTY),
     FLAG(O_TRUNC), FLAG(O_APPEND), FLAG(O_NONBLOCK), FLAG(O_SYNC),
     FLAG(O_DSYNC), FLAG(O_DIRECT), {0100000, 0100000, "O_LARGEFILE"},
     FLAG(O_TMPFILE), FLAG(O_DIRECTORY), FLAG(O_NOFOLLOW), FLAG(O_NOATIME),
     FLAG(O_CLOEXEC), FLAG(O_PATH));
TYPE(trace_at_flags, FLAG(AT_SYMLINK_NOFOLLOW), FLAG(AT_REMOVEDIR),
     FLAG(AT_SYMLINK_FOLLOW), FLAG(AT_NO_AUTOMOUNT), FLAG(AT_EMPTY_PATH));
TYPE(trace_protection, SHORT_CHOICE(PROT_NONE), FLAG(PROT_READ),
     FLAG(PROT_WRITE), FLAG(PROT_EXEC), FLAG(PROT_GROWSDOWN));
TYPE(trace_map_flags, FIELD(0xf, MAP_SHARED), FIELD(0xf, MAP_PRIVATE),
     FIELD(0xf, MAP_SHARED_VALIDATE), FLAG(MAP_FIXED), FLAG(MAP_ANONYMOUS),
     FLAG(MAP_GROWSDOWN), FLAG(MAP_DENYWRITE), FLAG(MAP_LOCKED),
     FLAG(MAP_NORESERVE), FLAG(MAP_POPULATE), FLAG(MAP_STACK),
     FLAG(MAP_HUGETLB), FLAG(MAP_FIXED_NOREPLACE));
TYPE(trace_remap_flags, FLAG(MREMAP_MAYMOVE), FLAG(MREMAP_FIXED));
TYPE(trace_advice, SHORT_CHOICE(MADV_NORMAL), SHORT_CHOICE(MADV_RANDOM),
     SHORT_CHOICE(MADV_SEQUENTIAL), SHORT_CHOICE(MADV_WILLNEED),
     SHORT_CHOICE(MADV_DONTNEED), SHORT_CHOICE(MADV_FREE),
     SHORT_CHOICE(MADV_HUGEPAGE), SHORT_CHOICE(MADV_NOHUGEPAGE));
TYPE(trace_seek, SHORT_CHOICE(SEEK_SET), SHORT_CHOICE(SEEK_CUR),
     SHORT_CHOICE(SEEK_END), SHORT_CHOICE(SEEK_DATA), SHORT_CHOICE(SEEK_HOLE));
TYPE(trace_access_mode, SHORT_CHOICE(F_OK), FLAG(R_OK), FLAG(W_OK), FLAG(X_OK));
TYPE(trace_clock, SHORT_CHOICE(CLOCK_REALTIME), SHORT_CHOICE(CLOCK_MONOTONIC),
     SHORT_CHOICE(CLOCK_PROCESS_CPUTIME_ID),
     SHORT_CHOICE(CLOCK_THREAD_CPUTIME_ID), SHORT_CHOICE(CLOCK_MONOTONIC_RAW),
     SHORT_CHOICE(CLOCK_REALTIME_COARSE), SHORT_CHOICE(CLOCK_MONOTONIC_COARSE),
     SHORT_CHOICE(CLOCK_BOOTTIME), SHORT_CHOICE(CLOCK_TAI));
TYPE(trace_timer_flags, FLAG(TIMER_ABSTIME));
TYPE(trace_fcntl, SHORT_CHOICE(F_DUPFD), SHORT_CHOICE(F_GETFD),
     SHORT_CHOICE(F_SETFD), SHORT_CHOICE(F_GETFL), SHORT_CHOICE(F_SETFL),
     SHORT_CHOICE(F_GETLK), SHORT_CHOICE(F_SETLK), SHORT_CHOICE(F_SETLKW),
     SHORT_CHOICE(F_DUPFD_CLOEXEC), SHORT_CHOICE(F_OFD_GETLK),
     SHORT_CHOICE(F_OFD_SETLK), SHORT_CHOICE(F_OFD_SETLKW),
     SHORT_CHOICE(F_GETPIPE_SZ), SHORT_CHOICE(F_SETPIPE_SZ));
TYPE(trace_futex, FIELD(FUTEX_CMD_MASK, FUTEX_WAIT),
     FIELD(FUTEX_CMD_MASK, FUTEX_WAKE), FIELD(FUTEX_CMD_MASK, FUTEX_REQUEUE),
     FIELD(FUTEX_CMD_MASK, FUTEX_CMP_REQUEUE),
     FIELD(FUTEX_CMD_MASK, FUTEX_WAKE_OP),
     FIELD(FUTEX_CMD_MASK, FUTEX_WAIT_BITSET),
     FIELD(FUTEX_CMD_MASK, FUTEX_WAKE_BITSET), FLAG(FUTEX_PRIVATE_FLAG),
     FLAG(FUTEX_CLOCK_REALTIME));
TYPE(trace_mask_how, SHORT_CHOICE(SIG_BLOCK), SHORT_CHOICE(SIG_UNBLOCK),
     SHORT_CHOICE(SIG_SETMASK));
TYPE(trace_clone_flags, FLAG(CLONE_VM), FLAG(CLONE_FS), FLAG(CLONE_FILES),
     FLAG(CLONE_SIGHAND), FLAG(CLONE_VFORK), FLAG(CLONE_THREAD),
     FLAG(CLONE_SYSVSEM), FLAG(CLONE_SETTLS), FLAG(CLONE_PARENT_SETTID),
     FLAG(CLONE_CHILD_CLEARTID), FLAG(CLONE_DETACHED), FLAG(CLONE_CHILD_SETTID),
     FIELD(0xff, SIGCHLD));
TYPE(trace_resource, SHORT_CHOICE(RLIMIT_CPU), SHORT_CHOICE(RLIMIT_FSIZE),
     SHORT_CHOICE(RLIMIT_DATA), SHORT_CHOICE(RLIMIT_STACK),
     SHORT_CHOICE(RLIMIT_CORE), SHORT_CHOICE(RLIMIT_RSS),
     SHORT_CHOICE(RLIMIT_NPROC), SHORT_CHOICE(RLIMIT_NOFILE),
     SHORT_CHOICE(RLIMIT_MEMLOCK), SHORT_CHOICE(RLIMIT_AS));
TYPE(trace_arch, SHORT_CHOICE(ARCH_SET_GS), SHORT_CHOICE(ARCH_SET_FS),
     SHORT_CHOICE(ARCH_GET_FS), SHORT_CHOICE(ARCH_GET_GS));
TYPE(trace_random_flags, FLAG(GRND_NONBLOCK), FLAG(GRND_RANDOM));
TYPE(trace_epoll_flags, FLAG(EPOLL_CLOEXEC));
TYPE(trace_epoll_operation, SHORT_CHOICE(EPOLL_CTL_ADD),
     SHORT_CHOICE(EPOLL_CTL_DEL), SHORT_CHOICE(EPOLL_CTL_MOD));
TYPE(trace_pipe_flags, FLAG(O_CLOEXEC), FLAG(O_NONBLOCK), FLAG(O_DIRECT));
TYPE(trace_rename_flags, FLAG(RENAME_NOREPLACE), FLAG(RENAME_EXCHANGE),
     FLAG(RENAME_WHITEOUT));
TYPE(trace_prctl, SHORT_CHOICE(PR_SET_NAME), SHORT_CHOICE(PR_GET_NAME),
     SHORT_CHOICE(PR_SET_DUMPABLE), SHORT_CHOICE(PR_GET_DUMPABLE),
     SHORT_CHOICE(PR_SET_PDEATHSIG), SHORT_CHOICE(PR_SET_NO_NEW_PRIVS),
     SHORT_CHOICE(PR_GET_NO_NEW_PRIVS), SHORT_CHOICE(PR_CAPBSET_READ),
     SHORT_CHOICE(PR_SET_VMA));
TYPE(trace_ioctl, SHORT_CHOICE(TCGETS), SHORT_CHOICE(TCSETS),
     SHORT_CHOICE(TIOCGWINSZ), SHORT_CHOICE(TIOCGPGRP), SHORT_CHOICE(FIONREAD),
     SHORT_CHOICE(FIONBIO));
