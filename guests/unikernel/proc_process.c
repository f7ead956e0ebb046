/*
 * /proc/self: the process as proc(5) lays it out. Most of its files are also
 * in the directories of its threads, /proc/self/task.
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/limits.h"
#include "guests/unikernel/mount.h"
#include "guests/unikernel/path.h"
#include "guests/unikernel/proc.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/scheduler.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/working_directory.h"

#include <asm/errno.h>
#include <linux/stat.h>
#include <stddef.h>

enum { FIRST_POSITION = 2 };

/* What can still be read of [start, end) in the program's memory. */
static void add_memory(struct text *text, uint64_t start, uint64_t end)
{
    uint64_t length = user_reach_read(start, end - start);

    text_add(text, (const char *)start, length);
}

static void show_arguments(struct text *text, uint64_t id)
{
    const struct process_strings *strings = process_strings();

    (void)id;
    add_memory(text, strings->arguments, strings->environment);
}

static void show_environment(struct text *text, uint64_t id)
{
    const struct process_strings *strings = process_strings();

    (void)id;
    add_memory(text, strings->environment, strings->end);
}

static void show_auxiliary(struct text *text, uint64_t id)
{
    const struct process_strings *strings = process_strings();

    (void)id;
    add_memory(text, strings->auxiliary,
               strings->auxiliary + strings->auxiliary_size);
}

static void show_command(struct text *text, uint64_t id)
{
    struct thread *thread = thread_find((int32_t)id);

    if (thread != NULL)
        text_format(text, "%s\n", thread_name(thread));
}

/* As PR_SET_NAME; a line's end is not part of the name. */
static int64_t store_command(const char *written, uint64_t length, uint64_t id)
{
    struct thread *thread = thread_find((int32_t)id);
    char name[COMMAND_NAME_SIZE] = {0};

    if (thread == NULL)
        return -ESRCH;
    if (length > sizeof(name) - 1)
        length = sizeof(name) - 1;
    memcpy(name, written, length);
    if (length > 0 && name[length - 1] == '\n')
        name[length - 1] = '\0';
    thread_set_name(thread, name);
    return 0;
}

static void show_limit(struct text *text, uint64_t limit)
{
    if (limit == UINT64_MAX)
        text_format(text, "%-20s ", "unlimited");
    else
        text_format(text, "%-20lu ", limit);
}

static void show_limits(struct text *text, uint64_t id)
{
    static const struct {
        const char *name, *unit;
    } rows[] = {
        [RLIMIT_CPU] = {"Max cpu time", "seconds"},
        [RLIMIT_FSIZE] = {"Max file size", "bytes"},
        [RLIMIT_DATA] = {"Max data size", "bytes"},
        [RLIMIT_STACK] = {"Max stack size", "bytes"},
        [RLIMIT_CORE] = {"Max core file size", "bytes"},
        [RLIMIT_RSS] = {"Max resident set", "bytes"},
        [RLIMIT_NPROC] = {"Max processes", "processes"},
        [RLIMIT_NOFILE] = {"Max open files", "files"},
        [RLIMIT_MEMLOCK] = {"Max locked memory", "bytes"},
        [RLIMIT_AS] = {"Max address space", "bytes"},
        [RLIMIT_LOCKS] = {"Max file locks", "locks"},
        [RLIMIT_SIGPENDING] = {"Max pending signals", "signals"},
        [RLIMIT_MSGQUEUE] = {"Max msgqueue size", "bytes"},
        [RLIMIT_NICE] = {"Max nice priority", ""},
        [RLIMIT_RTPRIO] = {"Max realtime priority", ""},
        [RLIMIT_RTTIME] = {"Max realtime timeout", "us"},
    };

    (void)id;
    text_format(text, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit",
                "Hard Limit", "Units");
    for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        text_format(text, "%-25s ", rows[i].name);
        show_limit(text, limit_soft(i));
        show_limit(text, limit_hard(i));
        if (rows[i].unit[0] != '\0')
            text_format(text, "%-10s", rows[i].unit);
        text_format(text, "\n");
    }
}

static void show_mounts(struct text *text, uint64_t id)
{
    const struct mount *mount;

    (void)id;
    for (unsigned i = 0; (mount = mount_row(i)) != NULL; i++)
        text_format(text, "%s %s %s %s 0 0\n", mount->source, mount->path,
                    mount->source, mount->options);
}

/* Numbers of mounts are their rows from 1 on. */
static void show_mount_information(struct text *text, uint64_t id)
{
    const struct mount *mount;

    (void)id;
    for (unsigned i = 0; (mount = mount_row(i)) != NULL; i++)
        text_format(text, "%u %u 0:%u / %s %s - %s %s rw\n", i + 1,
                    i > 0 ? 1 : 0, i + 1, mount->path, mount->options,
                    mount->source, mount->source);
}

static void show_cgroup(struct text *text, uint64_t id)
{
    (void)id;
    text_format(text, "0::/\n");
}

static void show_statm(struct text *text, uint64_t id)
{
    const struct process_memory memory = proc_memory();

    (void)id;
    text_format(text, "%lu %lu 0 %lu 0 %lu 0\n", memory.total / 4,
                memory.total / 4, memory.code / 4,
                (memory.data + memory.stack) / 4);
}

static void show_identity_map(struct text *text, uint64_t id)
{
    (void)id;
    text_format(text, "%10u %10u %10u\n", 0u, 0u, UINT32_MAX);
}

static void show_zero(struct text *text, uint64_t id)
{
    (void)id;
    text_format(text, "0\n");
}

/* Nobody logged in: -1. */
static void show_no_login(struct text *text, uint64_t id)
{
    (void)id;
    text_format(text, "%u", UINT32_MAX);
}

static void show_personality(struct text *text, uint64_t id)
{
    (void)id;
    text_format(text, "%08x\n", process_personality());
}

static void show_setgroups(struct text *text, uint64_t id)
{
    (void)id;
    text_format(text, "allow\n");
}

static const char *executable_target(struct node *node)
{
    (void)node;
    return process_executable();
}

static const struct node_operations executable_link = {
    .target = executable_target,
    .release = proc_release,
};

static const char *root_target(struct node *node)
{
    (void)node;
    return "/";
}

static const struct node_operations root_link = {
    .target = root_target,
    .release = proc_release,
};

static int64_t directory_readlink(struct node *node, char *buffer,
                                  uint64_t size)
{
    struct node *directory;
    int64_t status = working_directory(&directory);
    char *path, *text;

    (void)node;
    if (status < 0)
        return status;
    path = heap_allocate(PATH_LENGTH_MAX);
    if (path == NULL)
        return -ENOMEM;
    text = path_text(directory, NULL, path, PATH_LENGTH_MAX, &status);
    if (text != NULL)
        status = proc_link_text(text, buffer, size);
    heap_free(path);
    return status;
}

static int64_t directory_follow(struct node *node, struct node **target)
{
    int64_t status = working_directory(target);

    (void)node;
    if (status == 0)
        node_reference(*target);
    return status;
}

static const struct node_operations directory_link = {
    .readlink = directory_readlink,
    .follow = directory_follow,
    .release = proc_release,
};

/* The files of a process that its threads have as well. */
#define COMMON_ENTRIES                                                         \
    {.name = "auxv", .mode = S_IFREG | 0400, .show = show_auxiliary},          \
        PROC_FILE("cgroup", show_cgroup),                                      \
        PROC_FILE("cmdline", show_arguments),                                  \
        {.name = "comm",                                                       \
         .mode = S_IFREG | 0644,                                               \
         .show = show_command,                                                 \
         .store = store_command},                                              \
        PROC_LINK("cwd", &directory_link),                                     \
        {.name = "environ", .mode = S_IFREG | 0400, .show = show_environment}, \
        PROC_LINK("exe", &executable_link),                                    \
        {.name = "fd",                                                         \
         .mode = S_IFDIR | 0500,                                               \
         .operations = &proc_descriptors},                                     \
        {.name = "fdinfo",                                                     \
         .mode = S_IFDIR | 0555,                                               \
         .operations = &proc_descriptor_files},                                \
        PROC_FILE("gid_map", show_identity_map),                               \
        PROC_FILE("limits", show_limits),                                      \
        PROC_FILE("loginuid", show_no_login),                                  \
        PROC_FILE("maps", proc_show_maps),                                     \
        PROC_FILE("mountinfo", show_mount_information),                        \
        PROC_FILE("mounts", show_mounts), PROC_FILE("oom_score", show_zero),   \
        PROC_FILE("oom_score_adj", show_zero),                                 \
        {.name = "personality",                                                \
         .mode = S_IFREG | 0400,                                               \
         .show = show_personality},                                            \
        PROC_LINK("root", &root_link), PROC_FILE("sessionid", show_no_login),  \
        PROC_FILE("setgroups", show_setgroups),                                \
        PROC_FILE("stat", proc_show_stat), PROC_FILE("statm", show_statm),     \
        PROC_FILE("status", proc_show_status),                                 \
        PROC_FILE("uid_map", show_identity_map), PROC_FILE("wchan", show_zero)

static const struct proc_entry thread_entries[] = {COMMON_ENTRIES};
static const struct proc_table thread_table = PROC_TABLE(thread_entries);
static const struct proc_entry thread_entry = PROC_DIRECTORY("", &thread_table);

static int64_t threads_lookup(struct node *directory, struct node_name name,
                              struct node **child)
{
    uint64_t number = proc_number(name);

    if (number == UINT64_MAX || thread_find((int32_t)number) == NULL)
        return -ENOENT;
    return proc_make(directory, &thread_entry, number, child);
}

/* The lowest number at or behind the position. */
static int64_t threads_entry(struct node *directory, uint64_t *position,
                             struct node_entry *entry)
{
    static char name[12];
    struct text text = {.buffer = name, .size = sizeof(name)};
    const struct thread *next = NULL;
    const uint64_t from = *position - FIRST_POSITION;

    (void)directory;
    for (const struct thread *at = thread_list; at != NULL;
         at = at->next_of_all) {
        if ((uint64_t)at->id >= from && (next == NULL || at->id < next->id))
            next = at;
    }
    if (next == NULL)
        return 0;
    text_format(&text, "%d", next->id);
    entry->name = (struct node_name){name, (uint32_t)text.length};
    entry->inode = proc_inode(&thread_entry, (uint64_t)next->id);
    entry->type = S_IFDIR >> 12;
    *position = (uint64_t)next->id + 1 + FIRST_POSITION;
    return 1;
}

static const struct node_operations threads = {
    .lookup = threads_lookup,
    .entry = threads_entry,
    .release = proc_release,
};

static const struct proc_entry entries[] = {
    COMMON_ENTRIES,
    {.name = "task", .mode = S_IFDIR | 0555, .operations = &threads},
};

const struct proc_table proc_process_table = PROC_TABLE(entries);
