/*
 * Threads: their beginning, their end, and what they may ask of the
 * scheduler. There are threads of one process only; for everything else clone
 * gives what fork gives.
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/futex.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/processor.h"
#include "guests/unikernel/scheduler.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/vector_state.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/errno.h>
#include <linux/sched.h>
#include <stddef.h>

enum { ID_MAX = 1 << 22, INTERVAL_NS = 4000000 };

/* What makes a thread, and what besides that has a meaning here. */
#define CLONE_NEEDED (CLONE_VM | CLONE_SIGHAND | CLONE_THREAD)
#define CLONE_KNOWN                                                         \
    (CLONE_NEEDED | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM | CLONE_SETTLS | \
     CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID |      \
     CLONE_DETACHED | CLONE_IO | CLONE_PTRACE | CLONE_UNTRACED)

static int32_t last_id = PROCESS_ID;
/* Threads that ended leave their memory to those that begin. */
static struct thread *unused;
/* What exit(2) gave in the first thread, whose status the process has. */
static uint32_t first_status;

const char *thread_name(const struct thread *thread)
{
    return thread->id == PROCESS_ID ? process_command_name() : thread->name;
}

void thread_set_name(struct thread *thread, const char name[COMMAND_NAME_SIZE])
{
    if (thread->id == PROCESS_ID)
        process_set_command_name(name);
    else
        memcpy(thread->name, name, sizeof(thread->name));
}

/* One allocation: the thread and behind it its vector registers. */
struct thread *thread_new(void)
{
    struct thread *thread = unused;
    uint64_t size =
        (sizeof(struct thread) + VECTOR_ALIGNMENT - 1) & -VECTOR_ALIGNMENT;
    void *vectors;
    char *memory;

    if (thread != NULL) {
        unused = thread->next_of_all;
        vectors = thread->vectors;
    } else {
        memory = heap_allocate_zeroed(size + vector_size() + VECTOR_ALIGNMENT);
        if (memory == NULL)
            return NULL;
        thread = (struct thread *)memory;
        vectors = (void *)(((uint64_t)memory + size + VECTOR_ALIGNMENT - 1) &
                           -(uint64_t)VECTOR_ALIGNMENT);
    }
    memset(thread, 0, sizeof(*thread));
    thread->vectors = vectors;
    return thread;
}

void thread_free(struct thread *thread)
{
    thread->next_of_all = unused;
    unused = thread;
}

/* The first thread has nowhere to save vector registers until now. */
static bool prepare_first(void)
{
    struct thread *spare;

    if (thread_current->vectors != NULL)
        return true;
    spare = thread_new();
    if (spare == NULL)
        return false;
    thread_current->vectors = spare->vectors;
    return true;
}

static int32_t next_id(void)
{
    do {
        last_id = last_id < ID_MAX ? last_id + 1 : PROCESS_ID + 1;
    } while (thread_find(last_id) != NULL);
    return last_id;
}

/* Goes on behind the call like its parent, but with 0 and its own stack. */
static void copy_registers(struct thread *thread, const struct registers *call,
                           const struct clone_args *arguments)
{
    thread->context = (struct context){
        .general = *call,
        .rip = call->rcx,
        .cs = SELECTOR_USER_CODE,
        .rflags = call->r11,
        .rsp = arguments->stack != 0 ? arguments->stack + arguments->stack_size
                                     : call->rsp,
        .ss = SELECTOR_USER_DATA,
    };
    thread->context.general.rax = 0;
    thread->position = AT_ANY;
    if (arguments->flags & CLONE_SETTLS)
        thread->fs = arguments->tls;
    else
        thread->fs = processor_fs();
    thread->gs = processor_gs();
    vector_save(thread->vectors);
}

static int64_t clone(const struct registers *call,
                     const struct clone_args *arguments)
{
    uint64_t flags = arguments->flags;
    struct thread *thread;

    if (flags & CLONE_SETTLS && arguments->tls >> 47 != 0)
        return -EPERM;
    if (!prepare_first())
        return -ENOMEM;
    thread = thread_new();
    if (thread == NULL)
        return -ENOMEM;
    thread->id = next_id();
    copy_registers(thread, call, arguments);
    thread->signals.mask = thread_current->signals.mask;
    memcpy(thread->name, thread_name(thread_current), sizeof(thread->name));
    if (flags & CLONE_PARENT_SETTID)
        user_copy_out(arguments->parent_tid, &thread->id, sizeof(thread->id));
    if (flags & CLONE_CHILD_SETTID)
        user_copy_out(arguments->child_tid, &thread->id, sizeof(thread->id));
    if (flags & CLONE_CHILD_CLEARTID)
        thread->clear_child_tid = arguments->child_tid;
    scheduler_add(thread);
    return thread->id;
}

/* As Linux: threads share signal handlers, and those share memory. */
static int64_t check_flags(uint64_t flags)
{
    if ((flags & CLONE_THREAD && !(flags & CLONE_SIGHAND)) ||
        (flags & CLONE_SIGHAND && !(flags & CLONE_VM)))
        return -EINVAL;
    if ((flags & CLONE_NEEDED) != CLONE_NEEDED || flags & ~CLONE_KNOWN)
        return -ENOSYS;
    return 0;
}

int64_t sys_clone(const struct registers *call)
{
    const struct clone_args arguments = {
        .flags = call->rdi & ~(uint64_t)CSIGNAL,
        .stack = call->rsi,
        .parent_tid = call->rdx,
        .child_tid = call->r10,
        .tls = call->r8,
    };
    int64_t status = check_flags(arguments.flags);

    return status < 0 ? status : clone(call, &arguments);
}

int64_t sys_clone3(const struct registers *call)
{
    struct clone_args arguments = {0};
    uint64_t size = call->rsi;
    int64_t status;

    if (size > PAGE_SIZE)
        return -E2BIG;
    if (size < CLONE_ARGS_SIZE_VER0)
        return -EINVAL;
    for (uint64_t at = sizeof(arguments); at < size; at++) {
        char byte;

        if (user_copy_in(&byte, call->rdi + at, 1) < 0)
            return -EFAULT;
        if (byte != 0)
            return -E2BIG;
    }
    if (user_copy_in(&arguments, call->rdi,
                     size < sizeof(arguments) ? size : sizeof(arguments)) < 0)
        return -EFAULT;
    if (arguments.flags & (CSIGNAL | CLONE_DETACHED) ||
        (arguments.flags & (CLONE_THREAD | CLONE_PARENT) &&
         arguments.exit_signal != 0) ||
        (arguments.stack == 0) != (arguments.stack_size == 0))
        return -EINVAL;
    status = check_flags(arguments.flags);
    return status < 0 ? status : clone(call, &arguments);
}

/* Ends the thread; the process, with the last one. */
int64_t sys_exit(const struct registers *call)
{
    struct thread *thread = thread_current;

    if (thread->id == PROCESS_ID)
        first_status = (uint32_t)call->rdi;
    if (scheduler_alone())
        vmm_exit(first_status);
    futex_thread_ends(thread);
    scheduler_remove_current();
    signal_thread_ends(thread);
    if (thread->id != PROCESS_ID)
        thread_free(thread);
    return THREAD_GONE;
}

int64_t sys_exit_group(const struct registers *call)
{
    vmm_exit((uint32_t)call->rdi);
}

int64_t sys_gettid(const struct registers *call)
{
    (void)call;
    return thread_current->id;
}

int64_t sys_set_tid_address(const struct registers *call)
{
    thread_current->clear_child_tid = call->rdi;
    return thread_current->id;
}

int64_t sys_sched_yield(const struct registers *call)
{
    (void)call;
    scheduler_yield();
    return 0;
}

/* Whether the number names a thread; 0 is the calling one. */
static bool exists(uint64_t id)
{
    return (int32_t)id == 0 || thread_find((int32_t)id) != NULL;
}

int64_t sys_sched_getaffinity(const struct registers *call)
{
    const uint64_t mask = 1;

    if (call->rsi < sizeof(mask) || call->rsi % sizeof(mask) != 0)
        return -EINVAL;
    if (!exists(call->rdi))
        return -ESRCH;
    return user_copy_out(call->rdx, &mask, sizeof(mask)) < 0
               ? -EFAULT
               : (int64_t)sizeof(mask);
}

int64_t sys_sched_setaffinity(const struct registers *call)
{
    uint64_t mask = 0, length = call->rsi;

    if (length > sizeof(mask))
        length = sizeof(mask);
    if (user_copy_in(&mask, call->rdx, length) < 0)
        return -EFAULT;
    if (!exists(call->rdi))
        return -ESRCH;
    return mask & 1 ? 0 : -EINVAL;
}

static int64_t check_policy(uint64_t policy, int32_t priority)
{
    switch ((int32_t)policy & ~SCHED_RESET_ON_FORK) {
    case SCHED_NORMAL:
    case SCHED_BATCH:
    case SCHED_IDLE:
        return priority == 0 ? 0 : -EINVAL;
    case SCHED_FIFO:
    case SCHED_RR:
        /* All threads get the processor by turns, none before another. */
        return priority < 1 || priority > 99 ? -EINVAL : -EPERM;
    default:
        return -EINVAL;
    }
}

int64_t sys_sched_setscheduler(const struct registers *call)
{
    int32_t priority;

    if ((int32_t)call->rdi < 0 || (int32_t)call->rsi < 0 || call->rdx == 0)
        return -EINVAL;
    if (user_copy_in(&priority, call->rdx, sizeof(priority)) < 0)
        return -EFAULT;
    if (!exists(call->rdi))
        return -ESRCH;
    return check_policy(call->rsi, priority);
}

int64_t sys_sched_setparam(const struct registers *call)
{
    int32_t priority;

    if ((int32_t)call->rdi < 0 || call->rsi == 0)
        return -EINVAL;
    if (user_copy_in(&priority, call->rsi, sizeof(priority)) < 0)
        return -EFAULT;
    if (!exists(call->rdi))
        return -ESRCH;
    return check_policy(SCHED_NORMAL, priority);
}

int64_t sys_sched_getscheduler(const struct registers *call)
{
    if ((int32_t)call->rdi < 0)
        return -EINVAL;
    return exists(call->rdi) ? SCHED_NORMAL : -ESRCH;
}

int64_t sys_sched_getparam(const struct registers *call)
{
    const int32_t priority = 0;

    if ((int32_t)call->rdi < 0 || call->rsi == 0)
        return -EINVAL;
    if (!exists(call->rdi))
        return -ESRCH;
    return user_copy_out(call->rsi, &priority, sizeof(priority));
}

static int64_t priority_limit(uint64_t policy, int64_t limit)
{
    switch ((int32_t)policy) {
    case SCHED_FIFO:
    case SCHED_RR:
        return limit;
    case SCHED_NORMAL:
    case SCHED_BATCH:
    case SCHED_IDLE:
    case SCHED_DEADLINE:
        return 0;
    default:
        return -EINVAL;
    }
}

int64_t sys_sched_get_priority_max(const struct registers *call)
{
    return priority_limit(call->rdi, 99);
}

int64_t sys_sched_get_priority_min(const struct registers *call)
{
    return priority_limit(call->rdi, 1);
}

int64_t sys_sched_rr_get_interval(const struct registers *call)
{
    const struct {
        int64_t seconds, ns;
    } interval = {0, INTERVAL_NS};

    if ((int32_t)call->rdi < 0)
        return -EINVAL;
    if (!exists(call->rdi))
        return -ESRCH;
    return user_copy_out(call->rsi, &interval, sizeof(interval));
}
