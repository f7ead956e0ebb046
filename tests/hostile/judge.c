/*
 * Runs a command that is under attack and judges how it ends:
 *
 *   judge [-l SECONDS] [-t SECONDS] [-e SECONDS] [-m MIB] COMMAND...
 *
 *   -l SECONDS  it must have ended by itself in this time (5)
 *   -t SECONDS  it is one that need not end: after this time it gets SIGTERM,
 *               and must then have ended within the limit
 *   -e SECONDS  the same, but it may also end before
 *   -m MIB      the most memory that it may ever have had resident
 *
 * It must end by itself, which is not by a signal (a VMM that crashes), and
 * leave no process behind. Exits with the command's status, or says in a line
 * what was wrong and exits with 99.
 * Source: wait4(2), prctl(2) PR_SET_CHILD_SUBREAPER.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { VERDICT_BAD = 99, KIB_PER_MIB = 1024 };

struct rules {
    double limit, until_signal; /* seconds; until_signal 0: none is sent */
    bool may_end;               /* before the signal */
    long memory_mib;            /* 0: any */
};

static struct timespec to_timespec(double seconds)
{
    const time_t whole = (time_t)seconds;

    return (struct timespec){
        .tv_sec = whole,
        .tv_nsec = (long)((seconds - (double)whole) * 1e9),
    };
}

/* Waits for SIGCHLD, which is blocked; 0 where the time is over first. */
static int wait_for_end(double seconds)
{
    const struct timespec time = to_timespec(seconds);
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    return sigtimedwait(&set, NULL, &time) == SIGCHLD;
}

static int verdict(const char *what, long value)
{
    fprintf(stderr, "judge: ");
    fprintf(stderr, what, value);
    fputc('\n', stderr);
    return VERDICT_BAD;
}

/* Descendants come to this process when their parents end. */
static int left_behind(void)
{
    const pid_t other = waitpid(-1, NULL, WNOHANG);

    if (other < 0 && errno == ECHILD)
        return 0;
    kill(-getpid(), SIGTERM);
    return 1;
}

static int judge_end(const struct rules *rules, int status,
                     const struct rusage *usage)
{
    if (WIFSIGNALED(status))
        return verdict("it died of signal %ld", WTERMSIG(status));
    if (left_behind())
        return verdict("it left a process behind, after status %ld",
                       WEXITSTATUS(status));
    if (rules->memory_mib > 0 &&
        usage->ru_maxrss > rules->memory_mib * KIB_PER_MIB)
        return verdict("it had %ld KiB of memory", usage->ru_maxrss);
    return WEXITSTATUS(status);
}

static int judge(const struct rules *rules, pid_t pid)
{
    struct rusage usage;
    int status;

    bool ended = false;

    if (rules->until_signal > 0) {
        ended = wait_for_end(rules->until_signal);
        if (ended && !rules->may_end)
            return verdict("it ended before process %ld got a signal", pid);
        kill(pid, SIGTERM);
    }
    if (!ended && !wait_for_end(rules->limit)) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        return verdict("it did not end, and was killed after %ld s",
                       (long)(rules->limit + rules->until_signal));
    }
    if (wait4(pid, &status, 0, &usage) != pid)
        return verdict("wait4: error %ld", errno);
    return judge_end(rules, status, &usage);
}

static void run(char **command, const sigset_t *before)
{
    sigprocmask(SIG_SETMASK, before, NULL);
    execvp(command[0], command);
    fprintf(stderr, "judge: %s: %s\n", command[0], strerror(errno));
    _exit(VERDICT_BAD);
}

static int parse(int argc, char **argv, struct rules *rules)
{
    int option;

    *rules = (struct rules){.limit = 5};
    while ((option = getopt(argc, argv, "+l:t:e:m:")) != -1) {
        if (option == 'l')
            rules->limit = strtod(optarg, NULL);
        else if (option == 't' || option == 'e')
            rules->until_signal = strtod(optarg, NULL);
        else if (option == 'm')
            rules->memory_mib = strtol(optarg, NULL, 10);
        else
            return -1;
        rules->may_end = rules->may_end || option == 'e';
    }
    return optind < argc ? 0 : -1;
}

int main(int argc, char **argv)
{
    struct rules rules;
    sigset_t child, before;
    pid_t pid;

    if (parse(argc, argv, &rules) < 0) {
        fputs("usage: judge [-l SECONDS] [-t SECONDS] [-e SECONDS] [-m MIB] "
              "COMMAND...\n",
              stderr);
        return VERDICT_BAD;
    }
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &before);
    signal(SIGTERM, SIG_IGN); /* left_behind sends it to the whole group */
    setpgid(0, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid = fork();
    if (pid == 0) {
        signal(SIGTERM, SIG_DFL);
        run(argv + optind, &before);
    }
    if (pid < 0)
        return verdict("fork: error %ld", errno);
    return judge(&rules, pid);
}
