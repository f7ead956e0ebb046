/* What a program asks about itself and the system it runs on. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/random.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/thread.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/errno.h>
#include <asm/prctl.h>
#include <linux/futex.h>
#include <linux/prctl.h>
#include <linux/resource.h>
#include <linux/sysinfo.h>
#include <linux/utsname.h>

enum { RANDOM_CHUNK = 256, RESOURCES = 16 };

static struct {
    const struct boot_info *boot;
    const char *executable, *working_directory;
    uint32_t umask;
} process = {.umask = 022};

void process_init(const struct boot_info *boot, const char *executable,
                  const char *working_directory)
{
    process.boot = boot;
    process.executable = executable;
    process.working_directory = working_directory;
}

const char *process_executable(void)
{
    return process.executable;
}

const char *process_working_directory(void)
{
    return process.working_directory;
}

int64_t sys_exit(const struct registers *call)
{
    vmm_exit((uint32_t)call->rdi);
}

int64_t sys_arch_prctl(const struct registers *call)
{
    uint64_t base;

    switch (call->rdi) {
    case ARCH_SET_FS:
    case ARCH_SET_GS:
        if (call->rsi >> 47 != 0)
            return -EPERM;
        if (call->rdi == ARCH_SET_FS)
            __asm__ volatile("wrfsbase %0" : : "r"(call->rsi));
        else
            __asm__ volatile("wrgsbase %0" : : "r"(call->rsi));
        return 0;
    case ARCH_GET_FS:
        __asm__ volatile("rdfsbase %0" : "=r"(base));
        return user_copy_out(call->rsi, &base, sizeof(base));
    case ARCH_GET_GS:
        __asm__ volatile("rdgsbase %0" : "=r"(base));
        return user_copy_out(call->rsi, &base, sizeof(base));
    default:
        return -EINVAL;
    }
}

int64_t sys_set_tid_address(const struct registers *call)
{
    return sys_getpid(call);
}

int64_t sys_getpid(const struct registers *call)
{
    (void)call;
    return PROCESS_ID;
}

int64_t sys_getppid(const struct registers *call)
{
    (void)call;
    return 0;
}

int64_t sys_getuid(const struct registers *call)
{
    (void)call;
    return (int64_t)process.boot->uid;
}

int64_t sys_getgid(const struct registers *call)
{
    (void)call;
    return (int64_t)process.boot->gid;
}

/* No supplementary groups. */
int64_t sys_getgroups(const struct registers *call)
{
    return (int32_t)call->rdi < 0 ? -EINVAL : 0;
}

/* For calls whose whole effect is success on one processor, one thread. */
int64_t sys_zero(const struct registers *call)
{
    (void)call;
    return 0;
}

int64_t sys_uname(const struct registers *call)
{
    static const struct new_utsname name = {
        .sysname = "Linux",
        .nodename = "unikernel",
        .release = "5.10.0-ringside",
        .version = "library OS",
        .machine = "x86_64",
        .domainname = "(none)",
    };

    return user_copy_out(call->rdi, &name, sizeof(name));
}

int64_t sys_sysinfo(const struct registers *call)
{
    struct sysinfo information;

    memset(&information, 0, sizeof(information));
    information.uptime = (int64_t)(clock_monotonic_ns() / 1000000000);
    information.totalram = process.boot->window_size;
    information.freeram = process.boot->window_size - address_space_used();
    information.procs = 1;
    information.mem_unit = 1;
    return user_copy_out(call->rdi, &information, sizeof(information));
}

/* Limits are those of the guest; none can be changed. */
static int64_t get_limit(uint64_t resource, uint64_t address)
{
    uint64_t limit[2] = {~0ull, ~0ull};

    if (resource >= RESOURCES)
        return -EINVAL;
    if (resource == RLIMIT_STACK)
        limit[0] = process.boot->stack_end - process.boot->stack;
    else if (resource == RLIMIT_NOFILE)
        limit[0] = limit[1] = 3;
    else if (resource == RLIMIT_NPROC)
        limit[0] = limit[1] = 1;
    else if (resource == RLIMIT_CORE)
        limit[0] = limit[1] = 0;
    return user_copy_out(address, limit, sizeof(limit));
}

int64_t sys_prlimit64(const struct registers *call)
{
    if (call->rdi != 0 && call->rdi != PROCESS_ID)
        return -ESRCH;
    if (call->rdx != 0)
        return -EPERM;
    return call->r10 != 0 ? get_limit(call->rsi, call->r10) : 0;
}

int64_t sys_getrlimit(const struct registers *call)
{
    return get_limit(call->rdi, call->rsi);
}

int64_t sys_getrusage(const struct registers *call)
{
    uint64_t ns = clock_monotonic_ns();
    struct rusage usage;

    memset(&usage, 0, sizeof(usage));
    if ((int32_t)call->rdi == RUSAGE_SELF) {
        usage.ru_utime.tv_sec = (int64_t)(ns / 1000000000);
        usage.ru_utime.tv_usec = (int64_t)(ns / 1000 % 1000000);
    }
    return user_copy_out(call->rsi, &usage, sizeof(usage));
}

int64_t sys_sched_getaffinity(const struct registers *call)
{
    uint64_t mask = 1;

    if (call->rdi != 0 && call->rdi != PROCESS_ID)
        return -ESRCH;
    if (call->rsi < sizeof(mask))
        return -EINVAL;
    return user_copy_out(call->rdx, &mask, sizeof(mask)) < 0
               ? -EFAULT
               : (int64_t)sizeof(mask);
}

int64_t sys_getcpu(const struct registers *call)
{
    const uint32_t zero = 0;

    if (call->rdi != 0 && user_copy_out(call->rdi, &zero, sizeof(zero)) < 0)
        return -EFAULT;
    if (call->rsi != 0 && user_copy_out(call->rsi, &zero, sizeof(zero)) < 0)
        return -EFAULT;
    return 0;
}

int64_t sys_getrandom(const struct registers *call)
{
    uint8_t chunk[RANDOM_CHUNK];
    uint64_t length = call->rsi;

    if (length > INT32_MAX)
        length = INT32_MAX;
    if (user_check_write(call->rdi, length) < 0)
        return -EFAULT;
    for (uint64_t done = 0; done < length;) {
        uint64_t part = length - done;

        if (part > sizeof(chunk))
            part = sizeof(chunk);
        random_fill(chunk, part);
        memcpy((void *)(call->rdi + done), chunk, part);
        done += part;
    }
    return (int64_t)length;
}

int64_t sys_prctl(const struct registers *call)
{
    static char name[16] = "unikernel";

    switch (call->rdi) {
    case PR_SET_NAME: {
        int64_t length = user_copy_string(name, call->rsi, sizeof(name));

        name[sizeof(name) - 1] = '\0';
        return length == -EFAULT ? -EFAULT : 0;
    }
    case PR_GET_NAME:
        return user_copy_out(call->rsi, name, sizeof(name));
    default:
        return -EINVAL;
    }
}

int64_t sys_umask(const struct registers *call)
{
    uint32_t old = process.umask;

    process.umask = (uint32_t)call->rdi & 0777;
    return old;
}

/*
 * With one thread nobody else can change the word or wake us: a wait on an
 * unchanged word would never end, and says so.
 */
int64_t sys_futex(const struct registers *call)
{
    uint32_t word;

    switch (call->rsi & FUTEX_CMD_MASK) {
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
        return 0;
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
        if (user_copy_in(&word, call->rdi, sizeof(word)) < 0)
            return -EFAULT;
        return word != (uint32_t)call->rdx ? -EAGAIN : -EDEADLK;
    default:
        return -ENOSYS;
    }
}
