/* Making and unmaking signal frames; see signal_frame.h. */
#include "guests/unikernel/signal_frame.h"

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/scheduler.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/vector_state.h"

#include <asm/errno.h>
#include <asm/sigcontext.h>
#include <linux/signal.h>
#include <stddef.h>

#include <asm/ucontext.h>

enum {
    RED_ZONE = 128,
    ADDRESS_BITS = 47, /* of the program's half */
    SIGINFO_SIZE = 128,
    SYSCALL_LENGTH = 2, /* bytes of the instruction */
    /* What of rflags the program may set: AC OF DF TF SF ZF AF PF CF RF. */
    FLAGS_USER = 0x50dd5,
    FLAG_TRAP = 1 << 8,
    FLAG_DIRECTION = 1 << 10,
    FLAG_RESUME = 1 << 16,
    VECTOR_HEADER = 512,
    LEGACY_FEATURES = 3, /* x87 and SSE, which lie before the header */
    SOFTWARE_BYTES = offsetof(struct _fpstate_64, sw_reserved),
};

struct signal_frame {
    uint64_t restorer; /* the handler's return address */
    struct ucontext context;
    char info[SIGINFO_SIZE];
};

/* entry.S */
extern const char call_again_entry[] __attribute__((visibility("hidden")));

bool signal_stack_in_use(const struct thread *thread, uint64_t rsp)
{
    const struct signal_state *signals = &thread->signals;

    return rsp > signals->stack && rsp - signals->stack <= signals->stack_size;
}

void signal_frame_call_again(struct thread *thread)
{
    static const uint8_t instruction[SYSCALL_LENGTH] = {0x0f, 0x05};
    struct context *context = &thread->context;
    uint8_t before[SYSCALL_LENGTH];

    context->general.rax = thread->call_number;
    if (user_copy_in(before, context->rip - sizeof(before), sizeof(before)) <
            0 ||
        memcmp(before, instruction, sizeof(before)) != 0)
        context->rip = (uint64_t)call_again_entry; /* rcx: where to go back */
    else
        context->rip -= sizeof(before);
}

/* Where the frame goes, and the vector registers above it. */
static int64_t place(const struct thread *thread, uint64_t flags,
                     uint64_t *vectors, uint64_t *frame)
{
    const struct signal_state *signals = &thread->signals;
    uint64_t rsp = thread->context.rsp - RED_ZONE;
    bool on_stack = signal_stack_in_use(thread, thread->context.rsp);
    bool enter = flags & SA_ONSTACK && signals->stack_size != 0 && !on_stack;

    if (enter)
        rsp = signals->stack + signals->stack_size;
    *vectors = (rsp - vector_size() - sizeof(uint32_t)) &
               ~(uint64_t)(VECTOR_ALIGNMENT - 1);
    *frame = ((*vectors - sizeof(struct signal_frame)) & ~15ull) - 8;
    if ((enter || on_stack) && !signal_stack_in_use(thread, *frame))
        return -EFAULT;
    return user_check_write(*frame, rsp - *frame);
}

/* Saves the registers to the program's memory, described as Linux does. */
static void write_vectors(uint64_t at)
{
    const struct _fpx_sw_bytes description = {
        .magic1 = FP_XSTATE_MAGIC1,
        .extended_size = (uint32_t)vector_size() + FP_XSTATE_MAGIC2_SIZE,
        .xfeatures = vector_features(),
        .xstate_size = (uint32_t)vector_size(),
    };
    const uint32_t end = FP_XSTATE_MAGIC2;
    char *area = (char *)at;

    if (vector_features() != 0)
        memset(area + VECTOR_HEADER, 0, VECTOR_ALIGNMENT);
    vector_save(area);
    if (vector_features() == 0)
        return;
    memcpy(area + SOFTWARE_BYTES, &description, sizeof(description));
    memcpy(area + vector_size(), &end, sizeof(end));
}

static void save_registers(const struct thread *thread,
                           struct sigcontext *saved)
{
    const struct registers *general = &thread->context.general;

    *saved = (struct sigcontext){
        .r8 = general->r8,
        .r9 = general->r9,
        .r10 = general->r10,
        .r11 = general->r11,
        .r12 = general->r12,
        .r13 = general->r13,
        .r14 = general->r14,
        .r15 = general->r15,
        .rdi = general->rdi,
        .rsi = general->rsi,
        .rbp = general->rbp,
        .rbx = general->rbx,
        .rdx = general->rdx,
        .rax = general->rax,
        .rcx = general->rcx,
        .rsp = thread->context.rsp,
        .rip = thread->context.rip,
        .eflags = thread->context.rflags,
        .cs = SELECTOR_USER_CODE,
        .ss = SELECTOR_USER_DATA,
        .trapno = thread->signals.trap_number,
        .err = thread->signals.trap_error,
        .cr2 = thread->signals.trap_address,
    };
}

static void load_registers(struct thread *thread,
                           const struct sigcontext *saved)
{
    thread->context = (struct context){
        .general =
            {
                .rax = saved->rax,
                .rdi = saved->rdi,
                .rsi = saved->rsi,
                .rdx = saved->rdx,
                .r10 = saved->r10,
                .r8 = saved->r8,
                .r9 = saved->r9,
                .rcx = saved->rcx,
                .r11 = saved->r11,
                .rbx = saved->rbx,
                .rbp = saved->rbp,
                .r12 = saved->r12,
                .r13 = saved->r13,
                .r14 = saved->r14,
                .r15 = saved->r15,
            },
        .rip = saved->rip,
        .cs = SELECTOR_USER_CODE,
        .rflags = (saved->eflags & FLAGS_USER) | RFLAGS_RING3,
        .rsp = saved->rsp,
        .ss = SELECTOR_USER_DATA,
    };
}

static void enter_handler(struct thread *thread,
                          const struct signal_action *action, uint64_t signal,
                          struct signal_frame *frame)
{
    struct context *context = &thread->context;

    context->general.rdi = signal;
    context->general.rsi = (uint64_t)frame->info;
    context->general.rdx = (uint64_t)&frame->context;
    context->general.rax = 0;
    context->rip = action->handler;
    context->rsp = (uint64_t)frame;
    context->rflags &= ~(uint64_t)(FLAG_TRAP | FLAG_DIRECTION | FLAG_RESUME);
}

stack_t signal_stack(const struct signal_state *signals)
{
    return (stack_t){
        .ss_sp = (void *)signals->stack,
        .ss_flags =
            signals->stack_size == 0 ? SS_DISABLE : (int)signals->stack_flags,
        .ss_size = signals->stack_size,
    };
}

int64_t signal_frame_push(struct thread *thread,
                          const struct signal_action *action,
                          const struct signal_info *info, uint64_t mask)
{
    struct signal_frame *frame;
    uint64_t vectors, at;

    if (!(action->flags & SA_RESTORER) ||
        place(thread, action->flags, &vectors, &at) < 0)
        return -EFAULT;
    frame = (struct signal_frame *)at;
    memset(frame, 0, sizeof(*frame));
    frame->restorer = action->restorer;
    frame->context.uc_flags = UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS |
                              (vector_features() != 0 ? UC_FP_XSTATE : 0);
    frame->context.uc_stack = signal_stack(&thread->signals);
    save_registers(thread, &frame->context.uc_mcontext);
    frame->context.uc_mcontext.oldmask = mask;
    frame->context.uc_mcontext.fpstate = (struct _fpstate *)vectors;
    memcpy(&frame->context.uc_sigmask, &mask, sizeof(mask));
    memcpy(frame->info, info, sizeof(*info));
    write_vectors(vectors);
    enter_handler(thread, action, (uint64_t)info->signal, frame);
    if (thread->signals.stack_flags & SS_AUTODISARM)
        thread->signals.stack_size = 0;
    return 0;
}

/* Loads what the handler left, as far as it is whole. */
static int64_t return_vectors(uint64_t at)
{
    static char area[VECTOR_SIZE_MAX]
        __attribute__((aligned(VECTOR_ALIGNMENT)));
    struct _fpx_sw_bytes description;
    uint64_t size = vector_size();

    if (at == 0) {
        vector_reset();
        return 0;
    }
    if (vector_features() == 0) {
        if (user_copy_in(area, at, size) < 0)
            return -EFAULT;
    } else {
        if (user_copy_in(area, at, VECTOR_HEADER) < 0)
            return -EFAULT;
        memcpy(&description, area + SOFTWARE_BYTES, sizeof(description));
        if (description.magic1 != FP_XSTATE_MAGIC1 ||
            user_copy_in(area, at, size) < 0) {
            description.xfeatures = LEGACY_FEATURES;
            memcpy(area + VECTOR_HEADER, &description.xfeatures,
                   sizeof(description.xfeatures));
        }
        vector_sanitize(area, description.xfeatures);
    }
    vector_load(area);
    return 0;
}

int64_t signal_frame_return(struct thread *thread)
{
    struct ucontext context;
    uint64_t mask;
    /* The handler's `ret` has taken the restorer's address off. */
    uint64_t at = thread->context.rsp - sizeof(uint64_t);

    if (user_copy_in(&context, at + offsetof(struct signal_frame, context),
                     sizeof(context)) < 0 ||
        context.uc_mcontext.rip >> ADDRESS_BITS != 0 ||
        return_vectors((uint64_t)context.uc_mcontext.fpstate) < 0)
        return -EFAULT;
    load_registers(thread, &context.uc_mcontext);
    thread->position = AT_ANY;
    memcpy(&mask, &context.uc_sigmask, sizeof(mask));
    signal_set_mask(thread, mask);
    if (context.uc_stack.ss_flags & SS_AUTODISARM) {
        thread->signals.stack = (uint64_t)context.uc_stack.ss_sp;
        thread->signals.stack_size = context.uc_stack.ss_size;
        thread->signals.stack_flags = SS_AUTODISARM;
    }
    return 0;
}
