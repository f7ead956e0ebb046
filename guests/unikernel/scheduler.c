/*
 * Which thread runs. The program leaves the processor in three ways: a system
 * call that asked for attention (scheduler_after_call), an exception or an
 * upcall (scheduler_interrupted). All end in scheduler_run, which takes the
 * first ready thread, begins its call again where it has one, lets it act on
 * its signals and goes on by its context.
 *
 * An upcall is asked for only where something is to happen by itself while
 * the program runs: another thread is ready, or a deadline or timer is set. A
 * program of one thread without timers is never interrupted.
 */
#include "guests/unikernel/scheduler.h"

#include "guests/unikernel/clock.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/processor.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/timer.h"
#include "guests/unikernel/vector_state.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/errno.h>
#include <stddef.h>

enum {
    SLICE_NS = 4000000, /* while other threads are ready */
    /* How often streams are looked at while a thread runs. */
    STREAM_INTERVAL_NS = 10000000,
};

static struct thread first_thread = {.id = PROCESS_ID};
struct thread *thread_current = &first_thread;
struct thread *thread_list = &first_thread;

static struct {
    struct wait_queue ready;
    /* Whose fs, gs and vector registers the processor holds; or NULL. */
    struct thread *loaded;
    uint64_t armed;        /* when an upcall comes, THREAD_FOREVER: never */
    uint64_t slice_end;    /* of the running thread; 0: nobody else is ready */
    bool yield;            /* the running thread gives way */
    uint64_t loaded_since; /* by clock_processor_ns */
} scheduler = {.loaded = &first_thread, .armed = THREAD_FOREVER};

/* The VMM writes these words, too, but never while an instruction runs. */
static uint64_t *trap_word(uint64_t offset)
{
    return (uint64_t *)(SYSTEM_BASE + SYSTEM_TRAP + offset);
}

static uint64_t take_word(uint64_t offset)
{
    return __atomic_exchange_n(trap_word(offset), 0, __ATOMIC_RELAXED);
}

void attention_set(void)
{
    __atomic_or_fetch(trap_word(TRAP_ATTENTION), ATTENTION_LOOK,
                      __ATOMIC_RELAXED);
}

struct thread *thread_find(int32_t id)
{
    struct thread *thread = thread_list;

    while (thread != NULL && thread->id != id)
        thread = thread->next_of_all;
    return thread;
}

void thread_ready(struct thread *thread)
{
    if (!thread->waiting)
        return;
    thread_wait_ended(thread);
    wait_queue_append(&scheduler.ready, thread);
    attention_set();
}

void scheduler_add(struct thread *thread)
{
    thread->next_of_all = thread_list;
    thread_list = thread;
    wait_queue_append(&scheduler.ready, thread);
    attention_set();
}

bool scheduler_alone(void)
{
    return thread_list->next_of_all == NULL;
}

void scheduler_remove_current(void)
{
    struct thread **link = &thread_list;

    while (*link != thread_current)
        link = &(*link)->next_of_all;
    *link = thread_current->next_of_all;
    thread_current = thread_list;
    scheduler.loaded = NULL;
    attention_set();
}

void scheduler_yield(void)
{
    scheduler.yield = true;
    attention_set();
}

uint64_t scheduler_thread_ns(const struct thread *thread)
{
    if (thread != scheduler.loaded)
        return thread->processor_ns;
    return thread->processor_ns + clock_processor_ns() - scheduler.loaded_since;
}

/* What happened outside since the last look: time, signals, streams. */
static void look_around(void)
{
    uint64_t attention = take_word(TRAP_ATTENTION), streams;

    if (*trap_word(TRAP_SIGNALS_ARRIVED) != 0)
        signal_arrived(take_word(TRAP_SIGNALS_ARRIVED));
    thread_expire_deadlines();
    timers_expire();
    if (!(attention & ATTENTION_TIMER))
        return;
    scheduler.armed = THREAD_FOREVER;
    streams = thread_awaited_streams();
    if (streams != 0)
        thread_streams_ready((uint64_t)vmm_poll(0, streams));
}

bool thread_interrupted(void)
{
    look_around();
    attention_set();
    return signal_due(thread_current);
}

void scheduler_renew(void)
{
    scheduler.armed = THREAD_FOREVER;
    attention_set();
}

static uint64_t least(uint64_t left, uint64_t right)
{
    return left < right ? left : right;
}

/* Asks for an upcall where the running program must not go on for ever. */
static void arm(void)
{
    uint64_t moment = least(thread_next_deadline(), timers_next(true));

    if (scheduler.ready.first == NULL) {
        scheduler.slice_end = 0;
    } else {
        if (scheduler.slice_end == 0)
            scheduler.slice_end = clock_monotonic_ns() + SLICE_NS;
        moment = least(moment, scheduler.slice_end);
    }
    if (thread_awaited_streams() != 0)
        moment = least(moment, clock_monotonic_ns() + STREAM_INTERVAL_NS);
    if (moment < scheduler.armed) {
        uint64_t now = clock_monotonic_ns();

        vmm_timer(moment > now ? moment - now : 1);
        scheduler.armed = moment;
    }
}

/* Nobody is ready: leaves the processor until something may have happened. */
static void idle(void)
{
    uint64_t moment = least(thread_next_deadline(), timers_next(false));
    uint64_t began = clock_monotonic_ns(), duration = UINT64_MAX;
    int64_t ready;

    if (moment != THREAD_FOREVER)
        duration = moment > began ? moment - began : 0;
    ready = vmm_poll(duration, thread_awaited_streams());
    clock_waited(clock_monotonic_ns() - began);
    if (ready > 0)
        thread_streams_ready((uint64_t)ready);
}

/* Gives the processor the thread's fs, gs and vector registers. */
static void load(struct thread *thread)
{
    struct thread *before = scheduler.loaded;
    uint64_t now;

    thread_current = thread;
    if (thread == before)
        return;
    scheduler.slice_end = 0;
    now = clock_processor_ns();
    if (before != NULL) {
        before->fs = processor_fs();
        before->gs = processor_gs();
        vector_save(before->vectors);
        before->processor_ns += now - scheduler.loaded_since;
    }
    processor_set_fs(thread->fs);
    processor_set_gs(thread->gs);
    vector_load(thread->vectors);
    scheduler.loaded_since = now;
    scheduler.loaded = thread;
}

/*
 * The call's result. Returns false where the thread does not go on: it waits,
 * or is no more.
 */
static bool finish_call(struct thread *thread, int64_t result)
{
    if (result == THREAD_GONE)
        return false;
    if (result == THREAD_WAIT) {
        thread->position = AT_CALL;
        thread->restarted = true;
        return false;
    }
    thread_call_finished(thread);
    if (result == THREAD_RESUME)
        return true;
    thread->position = AT_RESULT;
    thread->call_number = thread->context.general.rax;
    thread->context.general.rax = (uint64_t)result;
    return true;
}

/* Whether the thread, which is loaded, can go on by its context now. */
static bool go_on(struct thread *thread)
{
    do {
        if (thread->position == AT_CALL &&
            !finish_call(thread, syscall_serve(&thread->context.general)))
            return false;
        signal_deliver(thread);
    } while (thread->position == AT_CALL);
    return true;
}

_Noreturn void scheduler_run(void)
{
    for (;;) {
        struct thread *thread;

        look_around();
        thread = scheduler.ready.first;
        if (thread == NULL) {
            idle();
            continue;
        }
        wait_queue_remove(thread);
        load(thread);
        if (!go_on(thread))
            continue;
        arm();
        context_resume(&thread->context);
    }
}

/* Puts the calling thread, which can go on, back among those that are ready. */
static void step_back(struct thread *thread)
{
    if (scheduler.yield)
        wait_queue_append(&scheduler.ready, thread);
    else
        wait_queue_prepend(&scheduler.ready, thread);
    scheduler.yield = false;
}

static void save_call(struct thread *thread, const struct registers *registers)
{
    thread->context = (struct context){
        .general = *registers,
        .rip = registers->rcx,
        .cs = SELECTOR_USER_CODE,
        .rflags = registers->r11,
        .rsp = registers->rsp,
        .ss = SELECTOR_USER_DATA,
    };
}

void scheduler_after_call(const struct registers *registers, int64_t result)
{
    struct thread *thread = thread_current;

    if (result != THREAD_WAIT && result != THREAD_GONE)
        thread_call_finished(thread);
    look_around();
    if (result == THREAD_GONE)
        scheduler_run();
    if (!scheduler.yield && result != THREAD_WAIT && result != THREAD_RESUME &&
        !call_broken_off(result) && !signal_due(thread) &&
        !thread->signals.has_saved_mask) {
        arm();
        return;
    }
    if (result != THREAD_RESUME)
        save_call(thread, registers);
    if (finish_call(thread, result))
        step_back(thread);
    scheduler_run();
}

_Noreturn void scheduler_interrupted(const struct context *context,
                                     enum thread_position position)
{
    struct thread *thread = thread_current;

    thread->context = *context;
    thread->position = position;
    if (scheduler.slice_end != 0 &&
        clock_monotonic_ns() >= scheduler.slice_end - SLICE_NS / 2)
        scheduler.yield = true;
    step_back(thread);
    run_on_system_stack(scheduler_run);
}

/* entry.S calls it with what the VMM and it pushed. */
_Noreturn void upcall(const struct context *context);

_Noreturn void upcall(const struct context *context)
{
    scheduler_interrupted(context, AT_ANY);
}
