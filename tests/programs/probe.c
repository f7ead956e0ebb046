/*
 * probe VERB [ARGUMENT...] [+ VERB ...]: what the kernel grants a container,
 * a line each. Verbs that fail say why and go on: a refusal is what many a
 * test is about.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* call NUMBER ARGUMENT...: a system call's result, or its errno's words. */
static int call(char **words)
{
    long arguments[7] = {0};
    long result;

    for (int i = 0; i < 7 && words[i] != NULL; i++)
        arguments[i] = (long)strtoull(words[i], NULL, 0);
    errno = 0;
    result = syscall(arguments[0], arguments[1], arguments[2], arguments[3],
                     arguments[4], arguments[5], arguments[6]);
    if (result < 0)
        printf("%s: %s\n", words[0], strerror(errno));
    else
        printf("%s: ok\n", words[0]);
    return 0;
}

/* die NUMBER: the signal that a child dies of which makes the call. */
static int die(char **words)
{
    int status = 0;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        syscall(strtol(words[0], NULL, 0), 0, 0, 0, 0, 0, 0);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    printf("%s\n", WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "lived");
    return 0;
}

static int show(char **words)
{
    char buffer[4096];
    int fd = open(words[0], O_RDONLY);
    ssize_t n = -1;

    if (fd >= 0)
        n = read(fd, buffer, sizeof(buffer));
    if (n < 0)
        printf("%s: %s\n", words[0], strerror(errno));
    else
        fwrite(buffer, 1, (size_t)n, stdout);
    if (fd >= 0)
        close(fd);
    return 0;
}

static int put(char **words)
{
    int fd = open(words[0], O_WRONLY);

    if (fd < 0 || write(fd, words[1], strlen(words[1])) < 0)
        printf("%s: %s\n", words[0], strerror(errno));
    else
        printf("%s: ok\n", words[0]);
    if (fd >= 0)
        close(fd);
    return 0;
}

/* open PATH rw: whether it can be opened so. */
static int open_path(char **words)
{
    int flags = words[1][0] == 'r' ? (words[1][1] == 'w' ? O_RDWR : O_RDONLY)
                                   : O_WRONLY;
    int fd = open(words[0], flags | O_NONBLOCK);

    printf("%s: %s\n", words[0], fd >= 0 ? "ok" : strerror(errno));
    if (fd >= 0)
        close(fd);
    return 0;
}

static int make_node(char **words)
{
    dev_t number = makedev(atoi(words[2]), atoi(words[3]));
    mode_t type = words[1][0] == 'b' ? S_IFBLK : S_IFCHR;

    printf("%s: %s\n", words[0],
           mknod(words[0], type | 0600, number) == 0 ? "ok" : strerror(errno));
    return 0;
}

static int show_node(char **words)
{
    struct stat status;

    if (lstat(words[0], &status) < 0)
        printf("%s: %s\n", words[0], strerror(errno));
    else
        printf("%s: %o %u:%u %u %u\n", words[0], status.st_mode,
               major(status.st_rdev), minor(status.st_rdev), status.st_uid,
               status.st_gid);
    return 0;
}

static int show_machine(char **words)
{
    struct utsname name;

    (void)words;
    uname(&name);
    printf("%s %s\n", name.machine, name.domainname);
    return 0;
}

static int show_scheduling(char **words)
{
    cpu_set_t set;
    int priority = (int)syscall(SYS_ioprio_get, 1, 0);

    (void)words;
    sched_getaffinity(0, sizeof(set), &set);
    printf("policy %d nice %d io %d/%d cpus",
           (int)syscall(SYS_sched_getscheduler, 0),
           getpriority(PRIO_PROCESS, 0), priority >> 13, priority & 7);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &set))
            printf(" %d", cpu);
    }
    putchar('\n');
    return 0;
}

/* Seconds of the clocks that a time namespace moves. */
static int show_clocks(char **words)
{
    struct timespec monotonic, boottime;

    (void)words;
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    clock_gettime(CLOCK_BOOTTIME, &boottime);
    printf("%lld %lld\n", (long long)monotonic.tv_sec,
           (long long)boottime.tv_sec);
    return 0;
}

static int leave(char **words)
{
    fflush(stdout);
    _exit(atoi(words[0]));
}

static int wait_for_line(char **words)
{
    char line[64];

    (void)words;
    puts("ready");
    fflush(stdout);
    return fgets(line, sizeof(line), stdin) == NULL;
}

static const struct {
    const char *name;
    int (*run)(char **words);
} verbs[] = {
    {"call", call},
    {"die", die},
    {"cat", show},
    {"put", put},
    {"open", open_path},
    {"mknod", make_node},
    {"node", show_node},
    {"machine", show_machine},
    {"sched", show_scheduling},
    {"clocks", show_clocks},
    {"exit", leave},
    {"wait", wait_for_line},
};

static int execute(char **words)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strcmp(verbs[i].name, words[0]) == 0)
            return verbs[i].run(words + 1);
    }
    fprintf(stderr, "probe: unknown verb %s\n", words[0]);
    return 99;
}

int main(int argc, char **argv)
{
    for (int first = 1; first < argc;) {
        int last = first, status;

        while (last < argc && strcmp(argv[last], "+") != 0)
            last++;
        argv[last] = NULL;
        status = execute(argv + first);
        fflush(stdout);
        if (status != 0)
            return status;
        first = last + 1;
    }
    return 0;
}
