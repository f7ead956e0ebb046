/*
 * Ways out over the host's processes, where the container sees them, and over
 * programs that give rights.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempt.h"

/* memory PID ADDRESS: what a process keeps in memory. */
static int memory(char **words)
{
    char text[101] = "";
    struct iovec here = {text, sizeof(text) - 1};
    struct iovec there = {(void *)strtoul(words[1], NULL, 0), here.iov_len};

    if (process_vm_readv(atoi(words[0]), &here, 1, &there, 1, 0) < 0)
        return refused("process_vm_readv");
    return escaped("%s", text);
}

/* trace PID: stops a process, to have it do anything. */
static int trace(char **words)
{
    pid_t pid = atoi(words[0]);

    if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) < 0)
        return refused("ptrace");
    if (waitpid(pid, NULL, __WALL) != pid ||
        ptrace(PTRACE_DETACH, pid, NULL, NULL) < 0)
        return refused("waitpid");
    return escaped("stopped %s", words[0]);
}

/* root PID FILE: a file below the root of a process. */
static int root(char **words)
{
    char path[512];

    snprintf(path, sizeof(path), "/proc/%s/root%s", words[0], words[1]);
    return escaped_with(open(path, O_RDONLY), path);
}

/* end PID: kills a process. */
static int end(char **words)
{
    if (kill(atoi(words[0]), SIGKILL) < 0)
        return refused("kill");
    return escaped("killed %s", words[0]);
}

/* enter PID FILE: joins the mount namespace of a process, as nsenter(1). */
static int enter(char **words)
{
    char path[64];
    int fd;

    snprintf(path, sizeof(path), "/proc/%s/ns/mnt", words[0]);
    fd = open(path, O_RDONLY);
    if (fd < 0 || setns(fd, CLONE_NEWNS) < 0)
        return refused("setns");
    return escaped_with(open(words[1], O_RDONLY), words[1]);
}

/* root-program: runs this program again, whose file says that root does. */
static int root_program(char **words)
{
    (void)words;
    if (geteuid() == 0)
        return escaped("effective user 0");
    errno = EPERM;
    return refused("still nobody");
}

/* user-namespace: gets all rights, towards a kernel that has more to get
 * wrong for those who have them. */
static int user_namespace(char **words)
{
    (void)words;
    if (unshare(CLONE_NEWUSER) < 0)
        return refused("unshare");
    return escaped("all capabilities");
}

const struct attempt process_attempts[] = {
    {"memory", 2, memory},
    {"trace", 1, trace},
    {"root", 2, root},
    {"end", 1, end},
    {"enter", 2, enter},
    {"root-program", 0, root_program},
    {"user-namespace", 0, user_namespace},
    {NULL, 0, NULL},
};
