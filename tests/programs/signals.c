/*
 * What POSIX and Linux promise about signals, one case at a time; run natively
 * and as a unikernel, the output and the status must be the same.
 *
 *   signals CASE...
 */
#include "guests/unikernel/function_call.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum { SECOND = 1000000000, STACK = 64 << 10 };

/* An address that nothing has, which the compiler does not know. */
static volatile uintptr_t nowhere = 16;
static volatile sig_atomic_t count, last, code;
static volatile uintptr_t address;
static volatile int value;
static sigjmp_buf back;

static void note(int signal)
{
    count++;
    last = signal;
}

static void note_info(int signal, siginfo_t *info, void *context)
{
    (void)context;
    note(signal);
    code = info->si_code;
    value = info->si_value.sival_int;
}

/* A call's result, and errno where it failed. */
static void tell(long result)
{
    printf("%ld %d\n", result, result < 0 ? errno : 0);
}

static void handle(int signal, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

    if (sigaction(signal, &action, NULL) < 0)
        perror("sigaction");
}

static void handle_info(int signal, void (*handler)(int, siginfo_t *, void *),
                        int flags)
{
    struct sigaction action = {.sa_sigaction = handler,
                               .sa_flags = flags | SA_SIGINFO};

    if (sigaction(signal, &action, NULL) < 0)
        perror("sigaction");
}

static sigset_t set_of(int first, int second)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, first);
    if (second != 0)
        sigaddset(&set, second);
    return set;
}

static void arm(int which, long first_us, long interval_us)
{
    const struct itimerval timer = {
        .it_interval = {interval_us / 1000000, interval_us % 1000000},
        .it_value = {first_us / 1000000, first_us % 1000000},
    };

    if (setitimer(which, &timer, NULL) < 0)
        perror("setitimer");
}

static void handlers_run(void)
{
    handle_info(SIGUSR1, note_info, 0);
    raise(SIGUSR1);
    printf("%d %d %d\n", count, last == SIGUSR1, code == SI_TKILL);
    kill(getpid(), SIGUSR1);
    printf("%d %d\n", count, code == SI_USER);
    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    printf("%d\n", count);
    printf("%d %d\n", kill(getpid(), 0), kill(getpid(), 65) < 0 ? errno : 0);
    printf("%d\n", kill(12345, 0) < 0 ? errno : 0);
    printf("%d\n", signal(SIGKILL, note) == SIG_ERR ? errno : 0);
}

static void inner(int signal)
{
    printf("inner %d\n", signal == SIGUSR2);
}

static void outer(int signal)
{
    printf("outer in %d\n", signal == SIGUSR1);
    raise(SIGUSR2);
    raise(SIGUSR1); /* blocked until this handler ends */
    printf("outer out\n");
    handle(SIGUSR1, inner, 0);
}

static int depth;

static void recurse(int signal)
{
    if (++depth < 5)
        raise(signal);
    printf("depth %d\n", depth);
}

static void nesting(void)
{
    handle(SIGUSR1, outer, 0);
    handle(SIGUSR2, inner, 0);
    raise(SIGUSR1);
    handle(SIGUSR1, recurse, SA_NODEFER);
    raise(SIGUSR1);
    handle(SIGUSR1, note, SA_RESETHAND);
    count = 0;
    raise(SIGUSR1);
    printf("%d %d\n", count, signal(SIGUSR1, SIG_IGN) == SIG_DFL);
}

static void masks(void)
{
    sigset_t set = set_of(SIGUSR1, SIGUSR2), old, waiting;

    handle(SIGUSR1, note, 0);
    handle(SIGUSR2, note, 0);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    raise(SIGUSR1);
    raise(SIGUSR2);
    sigpending(&waiting);
    printf("%d %d %d\n", count, sigismember(&waiting, SIGUSR1),
           sigismember(&waiting, SIGHUP));
    sigprocmask(SIG_UNBLOCK, &set, &old);
    printf("%d %d\n", count, sigismember(&old, SIGUSR2));
    printf("%d\n", sigprocmask(77, &set, NULL) < 0 ? errno : 0);
    sigfillset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    sigprocmask(SIG_SETMASK, NULL, &old);
    printf("%d\n", sigismember(&old, SIGKILL));
}

static void fault_info(int signal, siginfo_t *info, void *context)
{
    last = signal;
    code = info->si_code;
    address = (uintptr_t)info->si_addr;
    (void)context;
    siglongjmp(back, 1);
}

#define FAULTS(statement)                                \
    do {                                                 \
        if (sigsetjmp(back, 1) == 0) {                   \
            statement;                                   \
            printf("no fault\n");                        \
        } else {                                         \
            printf("%d %d %#lx\n", last, code, address); \
        }                                                \
    } while (0)

static void faults(void)
{
    char *page =
        mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    handle_info(SIGSEGV, fault_info, 0);
    handle_info(SIGFPE, fault_info, 0);
    handle_info(SIGILL, fault_info, 0);
    handle_info(SIGTRAP, fault_info, 0);
    handle_info(SIGBUS, fault_info, 0);
    FAULTS(*(volatile char *)nowhere);
    FAULTS(*(volatile char *)nowhere = 1);
    if (sigsetjmp(back, 1) == 0)
        *(volatile char *)page = 1;
    printf("%d %d %d\n", last, code, address == (uintptr_t)page);
    mprotect(page, 4096, PROT_NONE);
    if (sigsetjmp(back, 1) == 0)
        (void)*(volatile char *)page;
    printf("%d %d %d\n", last, code, address == (uintptr_t)page);
    FAULTS(*(volatile char *)0x8000000000000000);
    FAULTS(__asm__ volatile("hlt"));
    FAULTS(__asm__ volatile("int3"));
    if (sigsetjmp(back, 1) == 0)
        __asm__ volatile("divl %0" : : "r"(0), "a"(1), "d"(0));
    printf("%d %d\n", last, code);
    if (sigsetjmp(back, 1) == 0)
        __asm__ volatile("ud2");
    printf("%d %d\n", last, code);
    if (sigsetjmp(back, 1) == 0) {
        uint32_t unmasked = 0x1f80 & ~(1u << 9);
        float one = 1, none = 0;

        __asm__ volatile("ldmxcsr %0" : : "m"(unmasked));
        __asm__ volatile("divss %1, %0" : "+x"(one) : "x"(none));
    }
    printf("%d %d\n", last, code);
}

/* Steps over the two bytes of ud2, and answers in a register. */
static void step_over(int signal, siginfo_t *info, void *context)
{
    ucontext_t *at = context;

    (void)signal;
    (void)info;
    at->uc_mcontext.gregs[REG_RIP] += 2;
    at->uc_mcontext.gregs[REG_RAX] = 42;
}

/* As sanitizers and garbage collectors do: mend the page, go on. */
static void mend(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    mprotect((void *)((uintptr_t)info->si_addr & ~4095ul), 4096,
             PROT_READ | PROT_WRITE);
    count++;
}

static void handlers_that_mend(void)
{
    char *pages =
        mmap(NULL, 8 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    long result = 0;

    handle_info(SIGILL, step_over, 0);
    __asm__ volatile("ud2" : "=a"(result) : "a"(1L));
    printf("%ld\n", result);
    handle_info(SIGSEGV, mend, 0);
    for (int i = 0; i < 8; i++)
        pages[i * 4096] = (char)i;
    printf("%d %d\n", count, pages[7 * 4096]);
}

static volatile int sink;

static int overflow(int n)
{
    volatile char block[4096];

    if (n < 0)
        return 0;
    block[0] = (char)n;
    sink = overflow(n + 1) + block[0];
    return sink;
}

static void on_alternate_stack(int signal, siginfo_t *info, void *context)
{
    stack_t stack;

    (void)info;
    (void)context;
    sigaltstack(NULL, &stack);
    last = signal;
    code = (stack.ss_flags & SS_ONSTACK) != 0;
    stack.ss_flags = SS_DISABLE;
    value = sigaltstack(&stack, NULL) < 0 ? errno : 0;
    siglongjmp(back, 1);
}

static void alternate_stack(void)
{
    stack_t stack = {.ss_sp = malloc(STACK), .ss_size = STACK}, old;

    printf("%d\n", sigaltstack(NULL, &old));
    printf("%d\n", old.ss_flags == SS_DISABLE);
    sigaltstack(&stack, NULL);
    stack.ss_size = 100;
    printf("%d\n", sigaltstack(&stack, NULL) < 0 ? errno : 0);
    stack.ss_flags = 99;
    printf("%d\n", sigaltstack(&stack, NULL) < 0 ? errno : 0);
    handle_info(SIGSEGV, on_alternate_stack, SA_ONSTACK);
    for (int i = 0; i < 2; i++) {
        if (sigsetjmp(back, 1) == 0)
            overflow(0);
        printf("%d %d %d\n", last == SIGSEGV, code, value);
    }
}

static void restart_or_not(void)
{
    struct timespec second = {1, 0}, rest = {0, 0};
    int pipes[2];
    char byte = 0;

    if (pipe(pipes) < 0)
        perror("pipe");
    handle(SIGALRM, note, 0);
    arm(ITIMER_REAL, 5000, 0);
    tell(read(pipes[0], &byte, 1));
    arm(ITIMER_REAL, 5000, 0);
    tell(nanosleep(&second, &rest));
    printf("%d\n", rest.tv_sec == 0 && rest.tv_nsec > SECOND / 10);
    arm(ITIMER_REAL, 5000, 0);
    tell(pause());
    printf("%d\n", count);
}

static int restart_pipe[2];

static void write_at_third(int signal)
{
    note(signal);
    if (count == 3 && write(restart_pipe[1], "x", 1) != 1)
        count = 99;
}

static void restarted_calls(void)
{
    char byte = 0;

    if (pipe(restart_pipe) < 0)
        perror("pipe");
    handle(SIGALRM, write_at_third, SA_RESTART);
    arm(ITIMER_REAL, 3000, 3000);
    tell(read(restart_pipe[0], &byte, 1));
    printf("%c\n", byte);
    arm(ITIMER_REAL, 0, 0);
    printf("%d\n", count >= 3);
}

static void alarm_during_computation(void)
{
    volatile double sum = 0;

    handle(SIGALRM, note, 0);
    arm(ITIMER_REAL, 5000, 2000);
    while (count < 5)
        sum += 0.5;
    arm(ITIMER_REAL, 0, 0);
    printf("%d %d\n", last == SIGALRM, sum > 0);
    handle(SIGVTALRM, note, 0);
    handle(SIGPROF, note, 0);
    count = 0;
    arm(ITIMER_VIRTUAL, 5000, 0);
    while (count == 0)
        continue;
    printf("%d\n", last == SIGVTALRM);
    arm(ITIMER_PROF, 5000, 0);
    while (count == 1)
        continue;
    printf("%d\n", last == SIGPROF);
    tell(alarm(100));
    tell(alarm(0));
    tell(alarm(0));
}

/* Fills every vector register that the program knows of, and spoils them. */
static void spoil(int signal)
{
    volatile double x = 1;

    for (int i = 0; i < 100; i++)
        x = x * 1.5 + i;
    __asm__ volatile("pcmpeqd %%xmm0, %%xmm0\n pcmpeqd %%xmm1, %%xmm1\n"
                     "pcmpeqd %%xmm7, %%xmm7\n pcmpeqd %%xmm15, %%xmm15"
                     :
                     :
                     : "xmm0", "xmm1", "xmm7", "xmm15");
    if (__builtin_cpu_supports("avx"))
        __asm__ volatile("vzeroall");
    note(signal);
}

__attribute__((target("avx"))) static int keep_avx(void)
{
    uint32_t in[8] = {1, 2, 3, 4, 5, 6, 7, 8}, out[8];

    __asm__ volatile("vmovups %2, %%ymm6\n"
                     "1: cmpl $20, %1\n"
                     "jl 1b\n"
                     "vmovups %%ymm6, %0"
                     : "=m"(out)
                     : "m"(count), "m"(in)
                     : "xmm6", "cc");
    return memcmp(in, out, sizeof(in)) == 0;
}

static int keep_sse(void)
{
    uint32_t in[4] = {1, 2, 3, 4}, out[4];

    __asm__ volatile("movups %2, %%xmm7\n"
                     "1: cmpl $20, %1\n"
                     "jl 1b\n"
                     "movups %%xmm7, %0"
                     : "=m"(out)
                     : "m"(count), "m"(in)
                     : "xmm7", "cc");
    return memcmp(in, out, sizeof(in)) == 0;
}

static void vector_registers(void)
{
    handle(SIGALRM, spoil, 0);
    arm(ITIMER_REAL, 1000, 500);
    printf("%d\n", keep_sse());
    count = 0;
    printf("%d\n", __builtin_cpu_supports("avx") ? keep_avx() : 1);
    arm(ITIMER_REAL, 0, 0);
}

static void queued_signals(void)
{
    const int first = SIGRTMIN + 1, second = SIGRTMIN;
    sigset_t set = set_of(first, second);
    const struct timespec none = {0, 0}, brief = {0, 3000000};
    siginfo_t info;

    sigprocmask(SIG_BLOCK, &set, NULL);
    for (int i = 0; i < 3; i++) {
        sigqueue(getpid(), first, (union sigval){.sival_int = i});
        sigqueue(getpid(), second, (union sigval){.sival_int = 10 + i});
    }
    for (int i = 0; i < 6; i++) {
        int signal = sigtimedwait(&set, &info, &none);

        printf("%d %d %d %d\n", signal - SIGRTMIN, info.si_value.sival_int,
               info.si_code == SI_QUEUE, info.si_pid == getpid());
    }
    tell(sigtimedwait(&set, &info, &none));
    tell(sigtimedwait(&set, &info, &brief));
    handle_info(first, note_info, 0);
    sigqueue(getpid(), first, (union sigval){.sival_int = 77});
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    printf("%d\n", value);
}

static void *send_soon(void *argument)
{
    usleep(3000);
    kill(getpid(), (int)(long)argument);
    return NULL;
}

static void waiting_for_signals(void)
{
    sigset_t set = set_of(SIGUSR1, 0), none, now;
    pthread_t thread;
    int signal = 0;

    sigemptyset(&none);
    handle(SIGUSR1, note, 0);
    sigprocmask(SIG_BLOCK, &set, NULL);
    pthread_create(&thread, NULL, send_soon, (void *)(long)SIGUSR1);
    tell(sigwait(&set, &signal));
    printf("%d %d\n", signal == SIGUSR1, count);
    pthread_join(thread, NULL);
    raise(SIGUSR1);
    tell(sigsuspend(&none));
    printf("%d\n", count);
    sigprocmask(SIG_SETMASK, NULL, &now);
    printf("%d\n", sigismember(&now, SIGUSR1));
    pthread_create(&thread, NULL, send_soon, (void *)(long)SIGUSR1);
    tell(sigsuspend(&none));
    printf("%d\n", count);
    pthread_join(thread, NULL);
}

static void polling_with_a_mask(void)
{
    const struct timespec brief = {0, 3000000};
    sigset_t set = set_of(SIGALRM, 0), none, now;
    int pipes[2];

    sigemptyset(&none);
    handle(SIGALRM, note, SA_RESTART);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if (pipe(pipes) < 0)
        perror("pipe");
    struct pollfd entry = {.fd = pipes[0], .events = POLLIN};
    arm(ITIMER_REAL, 3000, 0);
    tell(ppoll(&entry, 1, NULL, &none));
    printf("%d\n", count);
    sigprocmask(SIG_SETMASK, NULL, &now);
    printf("%d\n", sigismember(&now, SIGALRM));
    tell(ppoll(&entry, 1, &brief, &none));
    arm(ITIMER_REAL, 3000, 0);
    tell(pselect(0, NULL, NULL, NULL, NULL, &none));
    printf("%d\n", count);
    if (write(pipes[1], "x", 1) != 1)
        perror("write");
    tell(ppoll(&entry, 1, NULL, &none));
    sigprocmask(SIG_SETMASK, NULL, &now);
    printf("%d\n", sigismember(&now, SIGALRM));
}

/* What interrupts a system call by function call finds it as any other. */
static void calls_by_function(void)
{
    unsigned long entry = function_call_entry();
    char byte = 0;

    if (pipe(restart_pipe) < 0)
        perror("pipe");
    handle(SIGALRM, write_at_third, SA_RESTART);
    arm(ITIMER_REAL, 3000, 3000);
    const unsigned long arguments[6] = {(unsigned long)restart_pipe[0],
                                        (unsigned long)&byte, 1};
    long result = entry != 0 ? function_call(entry, SYS_read, arguments)
                             : read(restart_pipe[0], &byte, 1);
    printf("%ld %c\n", result, byte);
    arm(ITIMER_REAL, 0, 0);
    handle(SIGALRM, note, 0);
    arm(ITIMER_REAL, 3000, 0);
    if (entry != 0)
        result = function_call(entry, SYS_read, arguments);
    else if (read(restart_pipe[0], &byte, 1) < 0)
        result = -errno;
    printf("%ld\n", result);
}

static void timer_files(void)
{
    struct itimerspec time = {{0, 2000000}, {0, 1000000}}, now;
    int file = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    struct pollfd entry = {.fd = file, .events = POLLIN};
    uint64_t expired = 0;

    tell(timerfd_settime(file, 0, &time, NULL));
    tell(poll(&entry, 1, -1));
    tell(read(file, &expired, sizeof(expired)));
    printf("%d\n", expired >= 1);
    usleep(10000);
    tell(read(file, &expired, sizeof(expired)));
    printf("%d\n", expired >= 4);
    tell(timerfd_gettime(file, &now));
    printf("%ld\n", (long)now.it_interval.tv_nsec);
    tell(read(file, &expired, 4));
    time = (struct itimerspec){{0, 0}, {0, 3000000}};
    timerfd_settime(file, 0, &time, &now);
    tell(read(file, &expired, sizeof(expired)));
    printf("%d\n", (int)expired);
    time = (struct itimerspec){{0, 0}, {1, 0}};
    file = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK);
    tell(read(file, &expired, sizeof(expired)));
    tell(timerfd_settime(file, TFD_TIMER_ABSTIME, &time, NULL));
    entry.fd = file;
    tell(
        poll(&entry, 1, -1)); /* a moment long past, but Linux takes its time */
    tell(read(file, &expired, sizeof(expired)));
    tell(write(file, &expired, sizeof(expired)));
    tell(timerfd_create(77, 0));
    tell(timerfd_settime(0, 0, &time, NULL));
    tell(timerfd_settime(99, 0, &time, NULL));
}

static void signal_files(void)
{
    sigset_t set = set_of(SIGUSR1, SIGRTMIN + 3);
    int file = signalfd(-1, &set, SFD_NONBLOCK);
    struct pollfd entry = {.fd = file, .events = POLLIN};
    struct signalfd_siginfo info[4];
    pthread_t thread;

    sigprocmask(SIG_BLOCK, &set, NULL);
    tell(read(file, info, sizeof(info)));
    tell(poll(&entry, 1, 0));
    raise(SIGUSR1);
    sigqueue(getpid(), SIGRTMIN + 3, (union sigval){.sival_int = 4});
    tell(poll(&entry, 1, 0));
    tell(read(file, info, sizeof(info)));
    printf("%d %d\n", info[0].ssi_signo == SIGUSR1,
           info[0].ssi_pid == (uint32_t)getpid());
    printf("%d %d\n", info[1].ssi_signo == (uint32_t)SIGRTMIN + 3,
           info[1].ssi_int);
    pthread_create(&thread, NULL, send_soon, (void *)(long)SIGUSR1);
    tell(poll(&entry, 1, -1));
    pthread_join(thread, NULL);
    tell(read(file, info, sizeof(info)));
    fcntl(file, F_SETFL, 0);
    pthread_create(&thread, NULL, send_soon, (void *)(long)SIGUSR1);
    tell(read(file, info, sizeof(info)));
    pthread_join(thread, NULL);
    tell(read(file, info, 10));
    tell(signalfd(0, &set, 0));
}

static pthread_t handled_by;

static void note_thread(int signal)
{
    handled_by = pthread_self();
    note(signal);
}

static void *wait_for_count(void *argument)
{
    sigset_t set = set_of(SIGUSR2, 0);

    pthread_sigmask(SIG_BLOCK, &set, NULL);
    while (count == 0)
        usleep(500);
    (void)argument;
    return (void *)(long)(pthread_equal(handled_by, pthread_self()) != 0);
}

static void signals_to_threads(void)
{
    sigset_t set = set_of(SIGUSR1, 0);
    pthread_t thread;
    void *own;

    handle(SIGUSR1, note_thread, 0);
    handle(SIGUSR2, note_thread, 0);
    pthread_create(&thread, NULL, wait_for_count, NULL);
    usleep(2000);
    pthread_kill(thread, SIGUSR1);
    pthread_join(thread, &own);
    printf("own %ld\n", (long)own);
    count = 0;
    pthread_create(&thread, NULL, wait_for_count, NULL);
    usleep(2000);
    kill(getpid(), SIGUSR2); /* which the other thread blocks */
    pthread_join(thread, &own);
    printf("own %ld, main's %d\n", (long)own,
           pthread_equal(handled_by, pthread_self()) != 0);
    count = 0;
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_create(&thread, NULL, wait_for_count, NULL);
    set = set_of(SIGUSR1, 0);
    usleep(2000);
    pthread_kill(thread, SIGUSR1); /* inherited the mask: stays pending */
    usleep(2000);
    printf("%d\n", count);
    kill(getpid(), SIGUSR2);
    pthread_join(thread, &own);
    printf("%d\n", count);
}

static void timers(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGUSR1,
                             .sigev_value.sival_int = 5};
    struct itimerspec time = {{0, 1000000}, {0, 2000000}}, now;
    sigset_t set = set_of(SIGUSR1, 0);
    timer_t timer;

    handle_info(SIGUSR1, note_info, 0);
    printf("%d\n", timer_create(CLOCK_MONOTONIC, &event, &timer));
    printf("%d\n", timer_settime(timer, 0, &time, NULL));
    while (count < 3)
        pause();
    printf("%d %d\n", code == SI_TIMER, value);
    sigprocmask(SIG_BLOCK, &set, NULL);
    usleep(20000);
    sigwaitinfo(&set, NULL); /* while the next one stays blocked */
    printf("%d\n", timer_getoverrun(timer) >= 5);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    printf("%d\n", timer_gettime(timer, &now));
    printf("%ld\n", (long)now.it_interval.tv_nsec);
    printf("%d\n", timer_delete(timer));
    count = 0;
    event.sigev_notify = SIGEV_NONE;
    timer_create(CLOCK_REALTIME, &event, &timer);
    time = (struct itimerspec){{0, 0}, {100, 0}};
    timer_settime(timer, 0, &time, NULL);
    timer_gettime(timer, &now);
    printf("%d\n", now.it_value.tv_sec >= 99 && now.it_value.tv_sec <= 100);
    timer_delete(timer);
    printf("%d\n", timer_create(9999, &event, &timer) < 0 ? errno : 0);
    printf("%d\n", count);
}

static volatile int stop;

static void *compute_until_stopped(void *argument)
{
    volatile unsigned long n = 0;

    while (!stop)
        n++;
    (void)argument;
    return NULL;
}

/* Timer signals arrive while several threads compete for the processor. */
static void signals_among_threads(void)
{
    pthread_t threads[3];

    handle(SIGALRM, note, SA_RESTART);
    arm(ITIMER_REAL, 1000, 1000);
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, compute_until_stopped, NULL);
    while (count < 20)
        continue;
    stop = 1;
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    arm(ITIMER_REAL, 0, 0);
    printf("%d\n", count >= 20);
}

/* A moment to take a snapshot of: timers run and threads compete. */
static void ready_among_threads(void)
{
    pthread_t computing, sleeping;

    stop = 0;
    handle(SIGALRM, note, 0);
    arm(ITIMER_REAL, 2000, 2000);
    pthread_create(&computing, NULL, compute_until_stopped, NULL);
    pthread_create(&sleeping, NULL, send_soon, (void *)0L);
    while (count < 3)
        continue;
    printf("ringside ready\n");
    fflush(stdout);
    count = 0;
    while (count < 10)
        continue;
    stop = 1;
    pthread_join(computing, NULL);
    pthread_join(sleeping, NULL);
    arm(ITIMER_REAL, 0, 0);
    printf("done\n");
}

static void bad_calls(void)
{
    sigset_t set = set_of(SIGUSR1, 0);

    tell(syscall(SYS_rt_sigaction, 1, NULL, NULL, 4));
    tell(syscall(SYS_rt_sigaction, 0, NULL, NULL, 8));
    tell(syscall(SYS_rt_sigaction, 65, NULL, NULL, 8));
    tell(syscall(SYS_rt_sigaction, 9, NULL, NULL, 8));
    tell(syscall(SYS_rt_sigaction, 9, 16L, NULL, 8));
    tell(syscall(SYS_rt_sigprocmask, 0, 16L, NULL, 8));
    tell(syscall(SYS_rt_sigprocmask, 0, &set, NULL, 16));
    tell(syscall(SYS_rt_sigsuspend, 16L, 8));
    tell(syscall(SYS_tkill, 0, 1));
    tell(syscall(SYS_tkill, 99999, 0));
    tell(syscall(SYS_tgkill, getpid(), 99999, 0));
    tell(syscall(SYS_tgkill, getpid(), getpid(), 65));
    tell(syscall(SYS_sigaltstack, 16L, NULL));
    tell(syscall(SYS_setitimer, 3, NULL, NULL));
    tell(syscall(SYS_getitimer, 0, 16L));
    tell(syscall(SYS_timer_settime, 77, 0, NULL, NULL));
}

static void terminated(void)
{
    printf("before\n");
    fflush(stdout);
    raise(SIGTERM);
}

static void aborted(void)
{
    printf("before\n");
    fflush(stdout);
    abort();
}

static void unhandled_fault_in_handler(int signal)
{
    (void)signal;
    *(volatile int *)nowhere = 1; /* SIGSEGV is blocked here: the end */
}

static void fault_in_handler(void)
{
    handle(SIGSEGV, unhandled_fault_in_handler, 0);
    printf("before\n");
    fflush(stdout);
    raise(SIGSEGV);
}

static void no_stack_for_handler(void)
{
    handle(SIGSEGV, note, 0);
    printf("before\n");
    fflush(stdout);
    overflow(0);
}

/* Says when it is ready, then ends by what it is sent. */
static void report_external(int signal)
{
    static char text[] = "handled ??\n";

    /* It may have come in the middle of printf. */
    text[8] = (char)('0' + signal / 10);
    text[9] = (char)('0' + signal % 10);
    _exit(write(STDOUT_FILENO, text, sizeof(text) - 1) < 0 ? 8 : 7);
}

static void external_signal(void)
{
    handle(SIGTERM, report_external, 0);
    handle(SIGHUP, report_external, 0);
    handle(SIGALRM, report_external, 0);
    printf("ready\n");
    fflush(stdout);
    for (;;)
        pause();
}

static void external_signal_while_computing(void)
{
    handle(SIGTERM, report_external, 0);
    signal(SIGINT, SIG_IGN);
    printf("ready\n");
    fflush(stdout);
    for (;;)
        continue;
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"handlers-run", handlers_run},
    {"nesting", nesting},
    {"masks", masks},
    {"faults", faults},
    {"handlers-that-mend", handlers_that_mend},
    {"alternate-stack", alternate_stack},
    {"restart-or-not", restart_or_not},
    {"restarted-calls", restarted_calls},
    {"alarm-during-computation", alarm_during_computation},
    {"vector-registers", vector_registers},
    {"queued-signals", queued_signals},
    {"waiting-for-signals", waiting_for_signals},
    {"polling-with-a-mask", polling_with_a_mask},
    {"calls-by-function", calls_by_function},
    {"timer-files", timer_files},
    {"signal-files", signal_files},
    {"signals-to-threads", signals_to_threads},
    {"timers", timers},
    {"signals-among-threads", signals_among_threads},
    {"ready-among-threads", ready_among_threads},
    {"bad-calls", bad_calls},
    {"terminated", terminated},
    {"aborted", aborted},
    {"fault-in-handler", fault_in_handler},
    {"no-stack-for-handler", no_stack_for_handler},
    {"external-signal", external_signal},
    {"external-signal-while-computing", external_signal_while_computing},
};

int main(int argc, char **argv)
{
    const size_t total = sizeof(cases) / sizeof(cases[0]);

    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    for (int i = 1; i < argc; i++) {
        size_t at = 0;

        while (at < total && strcmp(cases[at].name, argv[i]) != 0)
            at++;
        if (at == total)
            return 2;
        printf("%s:\n", argv[i]);
        count = 0;
        cases[at].run();
    }
    return argc == 1 ? 2 : 0;
}
