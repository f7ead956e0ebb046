/* Counters of other people's virtual machines; see trace_kvm.h. */
#include "bench/trace_kvm.h"

#include "bench/files.h"
#include "oci/cleanup.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

enum {
    SYSCALL_STOP = SIGTRAP | 0x80, /* PTRACE_O_TRACESYSGOOD */
    SYSCALL_BYTES = 2,             /* 0f 05 */
    MAX_NAME = 256,
    KERNEL_SIGSET_SIZE = 8,
};

/* Resumes a stopped thread until it enters or leaves a system call. */
static int to_next_stop(pid_t thread)
{
    int status;

    if (ptrace(PTRACE_SYSCALL, thread, NULL, NULL) < 0 ||
        waitpid(thread, &status, __WALL) != thread)
        return -ESRCH;
    return WIFSTOPPED(status) && WSTOPSIG(status) == SYSCALL_STOP ? 0 : -ESRCH;
}

/*
 * Leads a thread that has just left a system call through another one, from the
 * same instruction. Its signals are blocked. Returns what the call did.
 */
static long lead(pid_t thread, const struct user_regs_struct *original,
                 unsigned long number, unsigned long first,
                 unsigned long second)
{
    struct user_regs_struct registers = *original;

    registers.rip -= SYSCALL_BYTES;
    registers.rax = number;
    registers.orig_rax = (unsigned long)-1; /* nothing to restart */
    registers.rdi = first;
    registers.rsi = second;
    registers.rdx = 0;
    if (ptrace(PTRACE_SETREGS, thread, NULL, &registers) < 0 ||
        to_next_stop(thread) < 0 || to_next_stop(thread) < 0 ||
        ptrace(PTRACE_GETREGS, thread, NULL, &registers) < 0)
        return -ESRCH;
    return (long)registers.rax;
}

/* The process that a thread belongs to. */
static pid_t process_of(pid_t thread)
{
    char path[64], text[4096];
    int64_t process;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)thread);
    if (file_read(path, text, sizeof(text)) <= 0 ||
        field_number(text, "Tgid", &process) < 0)
        return -ESRCH;
    return (pid_t)process;
}

/* A copy of a thread's descriptor, ours. */
static int copy_out(pid_t thread, int fd)
{
    _cleanup_close_ int process =
        (int)syscall(SYS_pidfd_open, process_of(thread), 0);

    if (process < 0)
        return -errno;
    return (int)syscall(SYS_pidfd_getfd, process, fd, 0);
}

/* Whether the bytes before the instruction pointer are `syscall`. */
static bool came_by_syscall(pid_t thread,
                            const struct user_regs_struct *registers)
{
    long word;

    errno = 0;
    word = ptrace(PTRACE_PEEKTEXT, thread, registers->rip - SYSCALL_BYTES, 0);
    return errno == 0 && (word & 0xffff) == 0x050f;
}

static void keep(struct kvm_counters *counters, int file)
{
    if (file >= 0 && counters->count < TRACE_MAX_VCPUS) {
        counters->files[counters->count++] = file;
        return;
    }
    cleanup_close(&file);
    counters->blind++;
}

int kvm_counters_obtain(pid_t thread, struct kvm_counters *counters)
{
    struct user_regs_struct registers;
    uint64_t all = UINT64_MAX, mask;
    long fd;

    if (ptrace(PTRACE_GETREGS, thread, NULL, &registers) < 0)
        return -ESRCH;
    if (registers.orig_rax != SYS_ioctl ||
        (unsigned int)registers.rsi != KVM_CREATE_VCPU ||
        (long)registers.rax < 0 || !came_by_syscall(thread, &registers))
        return 0;
    if (ptrace(PTRACE_GETSIGMASK, thread, KERNEL_SIGSET_SIZE, &mask) < 0 ||
        ptrace(PTRACE_SETSIGMASK, thread, KERNEL_SIGSET_SIZE, &all) < 0)
        return -ESRCH;
    fd = lead(thread, &registers, SYS_ioctl, registers.rax, KVM_GET_STATS_FD);
    keep(counters, fd >= 0 ? copy_out(thread, (int)fd) : -1);
    if (fd >= 0)
        lead(thread, &registers, SYS_close, (unsigned long)fd, 0);
    if (ptrace(PTRACE_SETREGS, thread, NULL, &registers) < 0 ||
        ptrace(PTRACE_SETSIGMASK, thread, KERNEL_SIGSET_SIZE, &mask) < 0)
        return -ESRCH;
    return 0;
}

/* The trace's counter of that name, added if need be; NULL when it is full. */
static struct trace_counter *find_counter(struct trace *trace, const char *name)
{
    struct trace_counter *counter = trace->counters;

    for (size_t i = 0; i < trace->counter_count; i++, counter++) {
        if (strcmp(counter->name, name) == 0)
            return counter;
    }
    if (trace->counter_count == TRACE_MAX_COUNTERS ||
        strlen(name) >= TRACE_NAME_SIZE)
        return NULL;
    trace->counter_count++;
    strcpy(counter->name, name);
    return counter;
}

/* Adds one counter of one processor; those that only grow count. */
static bool add_counter(int file, const struct kvm_stats_header *header,
                        uint32_t number, enum trace_phase phase,
                        struct trace *trace)
{
    union {
        struct kvm_stats_desc head;
        char storage[sizeof(struct kvm_stats_desc) + MAX_NAME];
    } descriptor = {0};
    const size_t size = sizeof(descriptor.head) + header->name_size;
    struct trace_counter *counter;
    uint64_t value;

    if (pread(file, &descriptor, size, header->desc_offset + number * size) !=
        (ssize_t)size)
        return false;
    descriptor.storage[sizeof(descriptor) - 1] = '\0';
    if (descriptor.head.size != 1 ||
        (descriptor.head.flags & KVM_STATS_TYPE_MASK) !=
            KVM_STATS_TYPE_CUMULATIVE)
        return true;
    if (pread(file, &value, sizeof(value),
              (off_t)header->data_offset + descriptor.head.offset) !=
        sizeof(value))
        return false;
    counter = find_counter(trace, descriptor.head.name);
    if (counter != NULL)
        counter->values[phase] += value;
    return true;
}

void kvm_counters_read(const struct kvm_counters *counters,
                       enum trace_phase phase, struct trace *trace)
{
    for (size_t i = 0; i < trace->counter_count; i++)
        trace->counters[i].values[phase] = 0;
    trace->vcpus = counters->count;
    trace->blind = counters->blind;
    for (size_t i = 0; i < counters->count; i++) {
        const int file = counters->files[i];
        struct kvm_stats_header header;

        if (pread(file, &header, sizeof(header), 0) != sizeof(header) ||
            header.name_size >= MAX_NAME)
            continue;
        for (uint32_t j = 0; j < header.num_desc; j++) {
            if (!add_counter(file, &header, j, phase, trace))
                break;
        }
    }
}

void kvm_counters_release(struct kvm_counters *counters)
{
    while (counters->count > 0)
        close(counters->files[--counters->count]);
}
