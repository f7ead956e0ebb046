/*
 * The tracer's loop; see trace.h. The command is seized (PTRACE_SEIZE) before
 * it executes anything, and the kernel attaches us to whatever it starts.
 * Everything then is an answer to a stop. Source: ptrace(2).
 */
#include "bench/trace.h"

#include "bench/function_trace.h"
#include "bench/records.h"
#include "bench/trace_kvm.h"
#include "oci/cleanup.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/kvm.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { SYSCALL_STOP = SIGTRAP | 0x80 /* PTRACE_O_TRACESYSGOOD */ };

struct tracer {
    const struct trace_request *request;
    struct trace *trace;
    struct kvm_counters counters;
    struct records *records; /* for the ready line */
    pid_t command;
    bool executed; /* the command's own program runs */
    bool ended;
    int status;
    int signals; /* signalfd: SIGCHLD, SIGUSR1 */
    int relay;   /* the command's stdout, or -1 */
};

/*
 * In the child: has the creation of a virtual processor, and nothing else, stop
 * for the tracer.
 */
static int stop_for_processors(void)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                 offsetof(struct seccomp_data, args[1])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, KVM_CREATE_VCPU, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog filter = {sizeof(program) / sizeof(program[0]),
                                      program};

    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0)
        return 0;
    /* Without CAP_SYS_ADMIN only for what can gain no rights any more. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -1;
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
}

/* In the child: waits until it is traced, then becomes the command. */
static void become_command(const struct trace_request *request, int go,
                           int output, int failed)
{
    sigset_t none;
    char byte;
    int code;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && read(go, &byte, 1) == 1 &&
        (output < 0 || dup2(output, STDOUT_FILENO) >= 0) &&
        (request->calls || request->functions || stop_for_processors() == 0))
        execvp(request->arguments[0], request->arguments);
    code = errno;
    if (write(failed, &code, sizeof(code)) < 0)
        _exit(126);
    _exit(127);
}

static int open_signals(struct error *error)
{
    sigset_t wanted;
    int fd;

    sigemptyset(&wanted);
    sigaddset(&wanted, SIGCHLD);
    sigaddset(&wanted, SIGUSR1);
    sigprocmask(SIG_BLOCK, &wanted, NULL);
    fd = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? error_errno(error, errno, "signalfd") : fd;
}

static int seize(pid_t pid, struct error *error)
{
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
                         PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                         PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP |
                         PTRACE_O_EXITKILL;

    if (ptrace(PTRACE_SEIZE, pid, NULL, options) == 0)
        return 0;
    return error_errno(error, errno, "ptrace(PTRACE_SEIZE)");
}

/* Starts the command, traced from its first instruction; it waits for `go`. */
static int start(struct tracer *tracer, int *go, int *failed,
                 struct error *error)
{
    int ready[2] = {-1, -1}, failure[2] = {-1, -1}, output[2] = {-1, -1};
    int result = 0;

    if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(failure, O_CLOEXEC) < 0 ||
        (tracer->request->relay && (pipe2(output, O_CLOEXEC) < 0 ||
                                    fcntl(output[0], F_SETFL, O_NONBLOCK) < 0)))
        result = error_errno(error, errno, "pipe");
    if (result == 0)
        tracer->command = fork();
    if (result == 0 && tracer->command == 0)
        become_command(tracer->request, ready[0], output[1], failure[1]);
    if (result == 0 && tracer->command < 0)
        result = error_errno(error, errno, "fork");
    if (result == 0)
        result = tracer->request->functions
                     ? function_trace_start(tracer->command,
                                            &tracer->trace->functions, error)
                     : seize(tracer->command, error);
    tracer->relay = take_fd(&output[0]);
    *go = take_fd(&ready[1]);
    *failed = take_fd(&failure[0]);
    cleanup_close(&ready[0]);
    cleanup_close(&failure[1]);
    cleanup_close(&output[1]);
    return result;
}

static void write_out(const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes, size);

        if (n < 0 && errno != EINTR)
            return; /* nobody reads it: the command's own affair no more */
        if (n > 0) {
            bytes += n;
            size -= (size_t)n;
        }
    }
}

/* Passes on what the command has written by now, and notes the ready line. */
static void pass_output(struct tracer *tracer)
{
    char buffer[16384];
    ssize_t n;

    while (tracer->relay >= 0 &&
           (n = read(tracer->relay, buffer, sizeof(buffer))) != -1) {
        if (n == 0) {
            cleanup_close(&tracer->relay);
            tracer->relay = -1;
            return;
        }
        records_feed(tracer->records, buffer, (size_t)n, 0);
        if (tracer->records->ready && !tracer->trace->ready) {
            tracer->trace->ready = true;
            if (tracer->trace->functions != NULL)
                function_trace_ready(tracer->trace->functions);
            kvm_counters_read(&tracer->counters, TRACE_START, tracer->trace);
        }
        write_out(buffer, (size_t)n);
    }
}

static void count_call(struct tracer *tracer,
                       const struct __ptrace_syscall_info *info)
{
    const enum trace_phase phase =
        tracer->trace->ready ? TRACE_WORK : TRACE_START;
    size_t number = TRACE_OTHER;

    if (!tracer->executed)
        return;
    if (info->arch == AUDIT_ARCH_X86_64 && info->entry.nr < TRACE_CALLS)
        number = (size_t)info->entry.nr;
    tracer->trace->calls[phase][number]++;
}

/* The thread has entered or left a system call. */
static void at_call(struct tracer *tracer, pid_t thread)
{
    struct __ptrace_syscall_info info;

    if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof(info), &info) <= 0)
        return;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
        count_call(tracer, &info);
    } else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
        kvm_counters_obtain(thread, &tracer->counters);
        if (!tracer->trace->ready) /* while it waits, so that none slips by */
            pass_output(tracer);
    }
}

static bool is_group_stop(int signal)
{
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN ||
           signal == SIGTTOU;
}

/* Answers one stop; errors of a thread that was killed meanwhile are none. */
static void at_stop(struct tracer *tracer, pid_t thread, int status)
{
    const int signal = WSTOPSIG(status), event = status >> 16;
    long resume = tracer->request->calls ? PTRACE_SYSCALL : PTRACE_CONT;
    long deliver = 0;

    if (event == PTRACE_EVENT_STOP && is_group_stop(signal)) {
        resume = PTRACE_LISTEN;
    } else if (event == PTRACE_EVENT_EXEC) {
        tracer->executed = true;
    } else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
               event == PTRACE_EVENT_CLONE) {
        tracer->trace->tasks++;
    } else if (event == PTRACE_EVENT_SECCOMP) {
        resume = PTRACE_SYSCALL; /* to the end of this one call */
    } else if (event == 0 && signal == SYSCALL_STOP) {
        at_call(tracer, thread);
    } else if (event == 0) {
        deliver = signal;
    }
    ptrace((enum __ptrace_request)resume, thread, NULL, deliver);
}

/* Every stop and end that there is now. */
static void answer_all(struct tracer *tracer)
{
    pid_t pid;
    int status;

    while (!tracer->ended &&
           (pid = waitpid(-1, &status, __WALL | WNOHANG)) > 0) {
        if (WIFSTOPPED(status)) {
            at_stop(tracer, pid, status);
        } else if (pid == tracer->command) {
            tracer->ended = true;
            tracer->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
                                                 : WEXITSTATUS(status);
        }
    }
}

static int report(struct tracer *tracer, struct error *error)
{
    kvm_counters_read(&tracer->counters, TRACE_WORK, tracer->trace);
    if (tracer->trace->functions != NULL)
        function_trace_stop(tracer->trace->functions);
    return tracer->request->report == NULL
               ? 0
               : trace_write(tracer->trace, tracer->request->report, error);
}

/* Takes the signals that came; whether a report is asked for. */
static bool take_signals(int signals)
{
    struct signalfd_siginfo taken;
    bool wanted = false;

    while (read(signals, &taken, sizeof(taken)) == sizeof(taken))
        wanted = wanted || taken.ssi_signo == SIGUSR1;
    return wanted;
}

static int follow(struct tracer *tracer, struct error *error)
{
    struct function_trace *functions = tracer->trace->functions;
    int result = 0;

    while (!tracer->ended && result == 0) {
        struct pollfd polls[] = {{.fd = tracer->signals, .events = POLLIN},
                                 {.fd = tracer->relay, .events = POLLIN}};

        /* The function tracer's buffer must not run full meanwhile. */
        if (poll(polls, 2, functions != NULL ? 1 : -1) < 0 && errno != EINTR)
            return error_errno(error, errno, "poll");
        if (take_signals(tracer->signals))
            result = report(tracer, error);
        answer_all(tracer);
        pass_output(tracer);
        if (functions != NULL)
            function_trace_read(functions);
    }
    return result == 0 ? report(tracer, error) : result;
}

/* The errno of a command that could not be executed, or 0. */
static int start_failure(int failed)
{
    int code = 0;

    return read(failed, &code, sizeof(code)) == sizeof(code) ? code : 0;
}

static int run(struct tracer *tracer, struct error *error)
{
    _cleanup_close_ int go = -1;
    _cleanup_close_ int failed = -1;
    int result, code;

    tracer->signals = open_signals(error);
    if (tracer->signals < 0)
        return tracer->signals;
    result = start(tracer, &go, &failed, error);
    if (result < 0 && tracer->command > 0)
        kill(tracer->command, SIGKILL); /* it waits, and for nothing */
    if (result == 0 && write(go, "", 1) != 1)
        result = error_errno(error, errno, "pipe");
    if (result == 0)
        result = follow(tracer, error);
    if (result < 0)
        return result;
    code = tracer->executed ? 0 : start_failure(failed);
    return code == 0
               ? 0
               : error_errno(error, code, "%s", tracer->request->arguments[0]);
}

int trace_run(const struct trace_request *request, struct trace *trace,
              int *status, struct error *error)
{
    struct tracer tracer = {
        .request = request, .trace = trace, .signals = -1, .relay = -1};
    int result;

    *trace = (struct trace){.tasks = 1};
    tracer.records = calloc(1, sizeof(*tracer.records));
    result = tracer.records == NULL ? error_set(error, ENOMEM, "out of memory")
                                    : run(&tracer, error);
    *status = tracer.status;
    kvm_counters_release(&tracer.counters);
    cleanup_close(&tracer.signals);
    cleanup_close(&tracer.relay);
    free(tracer.records);
    return result;
}

void trace_release(struct trace *trace)
{
    function_trace_end(trace->functions);
    trace->functions = NULL;
}
