/*
 * Interval timers and POSIX timers. Both are one thing inside: a moment on a
 * clock, an interval, and what to tell when it comes.
 */
#include "guests/unikernel/timer.h"

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/scheduler.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/time.h"

#include <asm/errno.h>
#include <asm/siginfo.h>
#include <linux/signal.h>
#include <linux/time.h>
#include <stddef.h>

enum {
    TIMERS_MAX = 64, /* of timer_create */
    NS_PER_US = 1000,
    OVERRUN_MAX = INT32_MAX,
};

/* Which time a timer's moment is measured in. */
enum timer_time { MONOTONIC_TIME, PROCESSOR_TIME };

struct timer {
    enum timer_time time;
    uint64_t moment; /* 0: not running */
    uint64_t interval;
};

static struct timer interval_timers[] = {
    [ITIMER_REAL] = {MONOTONIC_TIME, 0, 0},
    [ITIMER_VIRTUAL] = {PROCESSOR_TIME, 0, 0},
    [ITIMER_PROF] = {PROCESSOR_TIME, 0, 0},
};
static const uint64_t interval_signals[] = {
    [ITIMER_REAL] = SIGALRM,
    [ITIMER_VIRTUAL] = SIGVTALRM,
    [ITIMER_PROF] = SIGPROF,
};

enum { INTERVAL_TIMERS = 3 };

static struct posix_timer {
    bool exists, pending; /* pending: its signal was sent and not yet taken */
    bool realtime;
    int32_t notify, signal, thread;
    uint64_t value, overrun, told_overrun;
    struct timer timer;
} posix_timers[TIMERS_MAX];

/* How many timers of either kind run: none is the usual case. */
static uint64_t running;

static uint64_t now_of(const struct timer *timer)
{
    return timer->time == PROCESSOR_TIME ? clock_processor_ns()
                                         : clock_monotonic_ns();
}

static void set(struct timer *timer, uint64_t moment, uint64_t interval)
{
    running += (moment != 0) - (timer->moment != 0);
    timer->moment = moment;
    timer->interval = interval;
    attention_set();
}

/* Whether it came; if so how often beyond once, and the next moment is set. */
static bool expired(struct timer *timer, uint64_t *more)
{
    uint64_t now;

    if (timer->moment == 0)
        return false;
    now = now_of(timer);
    if (now < timer->moment)
        return false;
    *more = 0;
    if (timer->interval == 0) {
        set(timer, 0, 0);
    } else {
        *more = (now - timer->moment) / timer->interval;
        set(timer, timer->moment + (*more + 1) * timer->interval,
            timer->interval);
    }
    return true;
}

/* Counts what comes while the signal still waits; see timer_getoverrun(2). */
static void notify(struct posix_timer *timer, uint64_t more)
{
    const struct signal_info info = {
        .signal = timer->signal,
        .code = SI_TIMER,
        .fields = {(uint64_t)(timer - posix_timers), timer->value},
    };
    struct thread *thread = thread_find(timer->thread);

    if (timer->notify == SIGEV_NONE)
        return;
    timer->overrun += more + (timer->pending ? 1 : 0);
    if (timer->pending)
        return;
    timer->pending = true;
    if (timer->notify & SIGEV_THREAD_ID) {
        if (thread != NULL)
            signal_send_thread(thread, &info);
    } else {
        signal_send_process(&info);
    }
}

void timers_expire(void)
{
    uint64_t more;

    if (running == 0)
        return;
    for (int i = 0; i < INTERVAL_TIMERS; i++) {
        if (expired(&interval_timers[i], &more))
            signal_raise(interval_signals[i]);
    }
    for (int i = 0; i < TIMERS_MAX; i++) {
        if (expired(&posix_timers[i].timer, &more))
            notify(&posix_timers[i], more);
    }
}

static uint64_t earliest(const struct timer *timer, bool program_runs,
                         uint64_t moment)
{
    uint64_t own = timer->moment;

    if (own == 0 || (timer->time == PROCESSOR_TIME && !program_runs))
        return moment;
    if (timer->time == PROCESSOR_TIME)
        own += clock_monotonic_ns() - clock_processor_ns();
    return own < moment ? own : moment;
}

uint64_t timers_next(bool program_runs)
{
    uint64_t moment = THREAD_FOREVER;

    if (running == 0)
        return moment;
    for (int i = 0; i < INTERVAL_TIMERS; i++)
        moment = earliest(&interval_timers[i], program_runs, moment);
    for (int i = 0; i < TIMERS_MAX; i++)
        moment = earliest(&posix_timers[i].timer, program_runs, moment);
    return moment;
}

int64_t timer_signal_taken(uint64_t number)
{
    struct posix_timer *timer;

    if (number >= TIMERS_MAX || !posix_timers[number].exists)
        return 0;
    timer = &posix_timers[number];
    timer->pending = false;
    timer->told_overrun =
        timer->overrun < OVERRUN_MAX ? timer->overrun : OVERRUN_MAX;
    timer->overrun = 0;
    return (int64_t)timer->told_overrun;
}

static uint64_t left(const struct timer *timer)
{
    uint64_t now;

    if (timer->moment == 0)
        return 0;
    now = now_of(timer);
    return timer->moment > now ? timer->moment - now : 1;
}

/* The sum is never 0, which would mean that the timer does not run. */
static uint64_t later(const struct timer *timer, uint64_t ns)
{
    uint64_t moment;

    if (ns == 0)
        return 0;
    if (__builtin_add_overflow(now_of(timer), ns, &moment))
        moment = THREAD_FOREVER - 1;
    return moment;
}

/* struct itimerval. */
struct interval {
    int64_t interval_s, interval_us, value_s, value_us;
};

static struct interval interval_of(const struct timer *timer)
{
    /* A rest below the resolution still shows that the timer runs. */
    uint64_t rest = (left(timer) + NS_PER_US - 1) / NS_PER_US;

    return (struct interval){
        .interval_s = (int64_t)(timer->interval / NS_PER_SECOND),
        .interval_us = (int64_t)(timer->interval % NS_PER_SECOND / NS_PER_US),
        .value_s = (int64_t)(rest / (NS_PER_SECOND / NS_PER_US)),
        .value_us = (int64_t)(rest % (NS_PER_SECOND / NS_PER_US)),
    };
}

int64_t sys_getitimer(const struct registers *call)
{
    struct interval old;

    if ((uint32_t)call->rdi >= INTERVAL_TIMERS)
        return -EINVAL;
    old = interval_of(&interval_timers[(uint32_t)call->rdi]);
    return user_copy_out(call->rsi, &old, sizeof(old));
}

static int64_t from_microseconds(int64_t s, int64_t us, uint64_t *ns)
{
    struct __kernel_timespec time = {.tv_sec = s};

    if (us < 0 || us >= NS_PER_SECOND / NS_PER_US)
        return -EINVAL;
    time.tv_nsec = us * NS_PER_US;
    return time_from(&time, ns);
}

int64_t sys_setitimer(const struct registers *call)
{
    uint64_t value = 0, interval = 0;
    struct interval new = {0}, old;
    struct timer *timer;
    int64_t status;

    if (call->rsi != 0 && user_copy_in(&new, call->rsi, sizeof(new)) < 0)
        return -EFAULT;
    status = from_microseconds(new.value_s, new.value_us, &value);
    if (status == 0)
        status = from_microseconds(new.interval_s, new.interval_us, &interval);
    if (status < 0)
        return status;
    if ((uint32_t)call->rdi >= INTERVAL_TIMERS)
        return -EINVAL;
    timer = &interval_timers[(uint32_t)call->rdi];
    old = interval_of(timer);
    set(timer, later(timer, value), interval);
    return call->rdx != 0 ? user_copy_out(call->rdx, &old, sizeof(old)) : 0;
}

int64_t sys_alarm(const struct registers *call)
{
    struct timer *timer = &interval_timers[ITIMER_REAL];
    uint64_t rest = left(timer), seconds = (uint32_t)call->rdi;

    set(timer, later(timer, seconds * NS_PER_SECOND), 0);
    if (rest == 0)
        return 0;
    /* To the nearest second, but not to none. */
    rest = (rest + NS_PER_SECOND / 2) / NS_PER_SECOND;
    return rest > 0 ? (int64_t)rest : 1;
}

static struct posix_timer *find(uint64_t number)
{
    if ((uint32_t)number >= TIMERS_MAX ||
        !posix_timers[(uint32_t)number].exists)
        return NULL;
    return &posix_timers[(uint32_t)number];
}

static int64_t check_event(const struct sigevent *event)
{
    switch (event->sigev_notify) {
    case SIGEV_SIGNAL | SIGEV_THREAD_ID:
        if (thread_find(event->_sigev_un._tid) == NULL)
            return -EINVAL;
        break;
    case SIGEV_NONE:
        return 0;
    case SIGEV_SIGNAL:
    case SIGEV_THREAD:
        break;
    default:
        return -EINVAL;
    }
    return event->sigev_signo < 1 || event->sigev_signo > SIGNALS ? -EINVAL : 0;
}

int64_t sys_timer_create(const struct registers *call)
{
    struct sigevent event = {.sigev_signo = SIGALRM};
    struct posix_timer *timer = posix_timers;
    uint64_t ns;
    int32_t number;
    int64_t status = clock_read(call->rdi, &ns);

    if (status < 0)
        return status;
    while (timer < posix_timers + TIMERS_MAX && timer->exists)
        timer++;
    if (timer == posix_timers + TIMERS_MAX)
        return -EAGAIN;
    number = (int32_t)(timer - posix_timers);
    event.sigev_value.sival_int = number;
    if (call->rsi != 0 && user_copy_in(&event, call->rsi, sizeof(event)) < 0)
        return -EFAULT;
    status = check_event(&event);
    if (status == 0)
        status = user_copy_out(call->rdx, &number, sizeof(number));
    if (status < 0)
        return status;
    *timer = (struct posix_timer){
        .exists = true,
        .realtime = (uint32_t)call->rdi == CLOCK_REALTIME ||
                    (uint32_t)call->rdi == CLOCK_TAI,
        .notify = event.sigev_notify,
        .signal = event.sigev_signo,
        .thread = event._sigev_un._tid,
        .value = (uint64_t)event.sigev_value.sival_ptr,
    };
    if ((int32_t)call->rdi < 0 ||
        (uint32_t)call->rdi == CLOCK_PROCESS_CPUTIME_ID ||
        (uint32_t)call->rdi == CLOCK_THREAD_CPUTIME_ID)
        timer->timer.time = PROCESSOR_TIME;
    return 0;
}

static int64_t copy_out_setting(uint64_t address, const struct timer *timer)
{
    const struct __kernel_itimerspec setting = {
        .it_interval = time_to(timer->interval),
        .it_value = time_to(left(timer)),
    };

    return user_copy_out(address, &setting, sizeof(setting));
}

int64_t sys_timer_gettime(const struct registers *call)
{
    const struct posix_timer *timer = find(call->rdi);

    return timer == NULL ? -EINVAL : copy_out_setting(call->rsi, &timer->timer);
}

int64_t sys_timer_settime(const struct registers *call)
{
    struct __kernel_itimerspec setting;
    struct posix_timer *timer = find(call->rdi);
    uint64_t value = 0, interval = 0, moment;
    struct timer old;

    if (call->rdx == 0)
        return -EINVAL;
    if (user_copy_in(&setting, call->rdx, sizeof(setting)) < 0)
        return -EFAULT;
    if (timer == NULL || time_from(&setting.it_value, &value) < 0 ||
        time_from(&setting.it_interval, &interval) < 0)
        return -EINVAL;
    old = timer->timer;
    moment = later(&timer->timer, value);
    if (call->rsi & TIMER_ABSTIME && value != 0)
        moment = timer->realtime ? clock_realtime_moment(value) : value;
    if (value != 0 && moment == 0)
        moment = 1;
    set(&timer->timer, moment, interval);
    timer->overrun = timer->told_overrun = 0;
    return call->r10 != 0 ? copy_out_setting(call->r10, &old) : 0;
}

int64_t sys_timer_getoverrun(const struct registers *call)
{
    const struct posix_timer *timer = find(call->rdi);

    return timer == NULL ? -EINVAL : (int64_t)timer->told_overrun;
}

int64_t sys_timer_delete(const struct registers *call)
{
    struct posix_timer *timer = find(call->rdi);

    if (timer == NULL)
        return -EINVAL;
    set(&timer->timer, 0, 0);
    timer->exists = false;
    return 0;
}
