/* /proc/sys: what C libraries and programs look up there, sysctl(5). */
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/limits.h"
#include "guests/unikernel/pipe.h"
#include "guests/unikernel/proc.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/random.h"
#include "guests/unikernel/unnamed_node.h"

#include <linux/limits.h>
#include <linux/stat.h>

/* A file that says the same for ever. */
#define CONSTANT(function, words)                        \
    static void function(struct text *text, uint64_t id) \
    {                                                    \
        (void)id;                                        \
        text_format(text, "%s\n", words);                \
    }

CONSTANT(show_zero, "0")
CONSTANT(show_one, "1")
CONSTANT(show_two, "2")
CONSTANT(show_pid_max, "32768")
CONSTANT(show_overflow_id, "65534")
CONSTANT(show_core_pattern, "core")
CONSTANT(show_max_map_count, "65530")
CONSTANT(show_min_address, "65536")
CONSTANT(show_ratio, "50")
CONSTANT(show_swappiness, "60")
CONSTANT(show_entropy, "256")
CONSTANT(show_pipe_max_size, "1048576")
CONSTANT(show_open_max, "1048576")
CONSTANT(show_file_max, "9223372036854775807")

static void show_system_name(struct text *text, uint64_t id)
{
    (void)id;
    text_format(text, "%s\n", process_uname()->sysname);
}

static void show_release(struct text *text, uint64_t id)
{
    (void)id;
    text_format(text, "%s\n", process_uname()->release);
}

static void show_version(struct text *text, uint64_t id)
{
    (void)id;
    text_format(text, "%s\n", process_uname()->version);
}

static void show_host_name(struct text *text, uint64_t id)
{
    (void)id;
    text_format(text, "%s\n", process_uname()->nodename);
}

static void show_domain_name(struct text *text, uint64_t id)
{
    (void)id;
    text_format(text, "%s\n", process_uname()->domainname);
}

static void show_last_capability(struct text *text, uint64_t id)
{
    (void)id;
    text_format(text, "%d\n", CAP_LAST_CAP);
}

static void show_groups_max(struct text *text, uint64_t id)
{
    (void)id;
    text_format(text, "%d\n", NGROUPS_MAX);
}

/* A random UUID of version 4: RFC 9562, 5.4. */
static void show_uuid_of(struct text *text, const uint8_t bytes[16])
{
    for (int i = 0; i < 16; i++) {
        uint32_t byte = bytes[i];

        if (i == 6)
            byte = (byte & 0x0f) | 0x40;
        if (i == 8)
            byte = (byte & 0x3f) | 0x80;
        text_format(text,
                    i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x",
                    byte);
    }
    text_format(text, "\n");
}

static void show_uuid(struct text *text, uint64_t id)
{
    uint8_t bytes[16];

    (void)id;
    random_fill(bytes, sizeof(bytes));
    show_uuid_of(text, bytes);
}

static void show_boot_id(struct text *text, uint64_t id)
{
    (void)id;
    show_uuid_of(text, process_boot()->id);
}

static const struct proc_entry random_entries[] = {
    PROC_FILE("boot_id", show_boot_id),
    PROC_FILE("entropy_avail", show_entropy),
    PROC_FILE("poolsize", show_entropy),
    PROC_FILE("uuid", show_uuid),
};
static const struct proc_table random_table = PROC_TABLE(random_entries);

static const struct proc_entry kernel_entries[] = {
    PROC_FILE("cap_last_cap", show_last_capability),
    PROC_FILE("core_pattern", show_core_pattern),
    PROC_FILE("domainname", show_domain_name),
    PROC_FILE("hostname", show_host_name),
    PROC_FILE("ngroups_max", show_groups_max),
    PROC_FILE("osrelease", show_release),
    PROC_FILE("ostype", show_system_name),
    PROC_FILE("overflowgid", show_overflow_id),
    PROC_FILE("overflowuid", show_overflow_id),
    PROC_FILE("pid_max", show_pid_max),
    PROC_DIRECTORY("random", &random_table),
    PROC_FILE("randomize_va_space", show_zero),
    PROC_FILE("threads-max", show_pid_max),
    PROC_FILE("version", show_version),
};
static const struct proc_table kernel_table = PROC_TABLE(kernel_entries);

static const struct proc_entry memory_entries[] = {
    PROC_FILE("max_map_count", show_max_map_count),
    PROC_FILE("mmap_min_addr", show_min_address),
    PROC_FILE("nr_hugepages", show_zero),
    PROC_FILE("overcommit_memory", show_two),
    PROC_FILE("overcommit_ratio", show_ratio),
    PROC_FILE("swappiness", show_swappiness),
};
static const struct proc_table memory_table = PROC_TABLE(memory_entries);

static const struct proc_entry file_entries[] = {
    PROC_FILE("file-max", show_file_max),
    PROC_FILE("nr_open", show_open_max),
    PROC_FILE("pipe-max-size", show_pipe_max_size),
    PROC_FILE("protected_hardlinks", show_one),
    PROC_FILE("protected_symlinks", show_one),
};
static const struct proc_table file_table = PROC_TABLE(file_entries);

static const struct proc_entry entries[] = {
    PROC_DIRECTORY("fs", &file_table),
    PROC_DIRECTORY("kernel", &kernel_table),
    PROC_DIRECTORY("vm", &memory_table),
};

const struct proc_table proc_sys_table = PROC_TABLE(entries);
