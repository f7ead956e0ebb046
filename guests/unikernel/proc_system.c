/* The files right below /proc: what there is to know of the whole system. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/mount.h"
#include "guests/unikernel/proc.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/scheduler.h"

#include <stddef.h>

enum { NS_PER_SECOND = 1000000000, NS_PER_TICK = NS_PER_SECOND / CLOCK_TICKS };

static void show_meminfo(struct text *text, uint64_t id)
{
    const uint64_t total = address_space_size() / 1024;
    const uint64_t free = total - address_space_used() / 1024;
    const struct {
        const char *name;
        uint64_t kilobytes;
    } rows[] = {
        {"MemTotal:", total},
        {"MemFree:", free},
        {"MemAvailable:", free},
        {"Buffers:", 0},
        {"Cached:", 0},
        {"SwapCached:", 0},
        {"Active:", total - free},
        {"Inactive:", 0},
        {"SwapTotal:", 0},
        {"SwapFree:", 0},
        {"Dirty:", 0},
        {"Writeback:", 0},
        {"AnonPages:", total - free},
        {"Mapped:", 0},
        {"Shmem:", 0},
        {"Slab:", 0},
        {"SReclaimable:", 0},
        {"CommitLimit:", total},
        {"Committed_AS:", total - free},
    };

    (void)id;
    for (uint64_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        text_format(text, "%-15s %8lu kB\n", rows[i].name, rows[i].kilobytes);
}

static uint64_t idle_ns(void)
{
    uint64_t busy = clock_processor_ns();

    return clock_monotonic_ns() - busy;
}

/* Seconds with two decimals. */
static void show_seconds(struct text *text, uint64_t ns)
{
    text_format(text, "%lu.%02lu", ns / NS_PER_SECOND,
                ns % NS_PER_SECOND / (NS_PER_SECOND / 100));
}

static void show_uptime(struct text *text, uint64_t id)
{
    (void)id;
    show_seconds(text, clock_monotonic_ns());
    text_format(text, " ");
    show_seconds(text, idle_ns());
    text_format(text, "\n");
}

static void show_version(struct text *text, uint64_t id)
{
    const struct new_utsname *names = process_uname();

    (void)id;
    text_format(text, "%s version %s (ringside) %s\n", names->sysname,
                names->release, names->version);
}

static void show_stat(struct text *text, uint64_t id)
{
    const uint64_t busy = clock_processor_ns() / NS_PER_TICK;
    const uint64_t idle = idle_ns() / NS_PER_TICK;
    const uint64_t start = clock_realtime_ns() - clock_monotonic_ns();

    (void)id;
    text_format(text, "cpu  %lu 0 0 %lu 0 0 0 0 0 0\n", busy, idle);
    text_format(text, "cpu0 %lu 0 0 %lu 0 0 0 0 0 0\n", busy, idle);
    text_format(text, "intr 0\nctxt 0\nbtime %lu\n", start / NS_PER_SECOND);
    text_format(text, "processes 1\nprocs_running 1\nprocs_blocked 0\n"
                      "softirq 0 0 0 0 0 0 0 0 0 0 0\n");
}

static void show_loadavg(struct text *text, uint64_t id)
{
    (void)id;
    text_format(text, "0.00 0.00 0.00 1/%u %d\n", proc_thread_count(),
                PROCESS_ID);
}

static void show_filesystems(struct text *text, uint64_t id)
{
    const struct mount *mount;

    (void)id;
    for (unsigned i = 0; (mount = mount_row(i)) != NULL; i++)
        text_format(text, "nodev\t%s\n", mount->source);
}

static void show_command_line(struct text *text, uint64_t id)
{
    (void)id;
    text_format(text, "\n");
}

static void show_swaps(struct text *text, uint64_t id)
{
    (void)id;
    text_format(text, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
}

static const char *self_target(struct node *node)
{
    (void)node;
    return "1";
}

static const char *thread_self_target(struct node *node)
{
    static char link[24];
    struct text text = {.buffer = link, .size = sizeof(link)};

    (void)node;
    text_format(&text, "%d/task/%d", PROCESS_ID, thread_current->id);
    text_add(&text, "", 1);
    return link;
}

static const char *mounts_target(struct node *node)
{
    (void)node;
    return "self/mounts";
}

static const struct node_operations self = {
    .target = self_target,
    .release = proc_release,
};

static const struct node_operations thread_self = {
    .target = thread_self_target,
    .release = proc_release,
};

static const struct node_operations mounts = {
    .target = mounts_target,
    .release = proc_release,
};

static const struct proc_entry entries[] = {
    PROC_LINK("self", &self),
    PROC_LINK("thread-self", &thread_self),
    {
        .name = "1",
        .mode = 040555,
        .id = PROCESS_ID,
        .children = &proc_process_table,
    },
    PROC_FILE("cmdline", show_command_line),
    PROC_FILE("cpuinfo", proc_show_cpuinfo),
    PROC_FILE("filesystems", show_filesystems),
    PROC_FILE("loadavg", show_loadavg),
    PROC_FILE("meminfo", show_meminfo),
    PROC_LINK("mounts", &mounts),
    PROC_FILE("stat", show_stat),
    PROC_FILE("swaps", show_swaps),
    PROC_DIRECTORY("sys", &proc_sys_table),
    PROC_FILE("uptime", show_uptime),
    PROC_FILE("version", show_version),
};

const struct proc_table proc_system_table = PROC_TABLE(entries);
