/* Processes as /proc shows them; see process.h for the contract. */
#include "bench/process.h"

#include "bench/files.h"
#include "bench/results.h"
#include "oci/cleanup.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * The fields after the command name, which is in parentheses and may hold
 * anything: state is the first of them, number 3 of proc(5).
 */
static const char *stat_fields(pid_t pid, char *buffer, size_t size)
{
    char path[64];
    char *end;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    if (file_read(path, buffer, size) <= 0)
        return NULL;
    end = strrchr(buffer, ')');
    return end == NULL || end[1] == '\0' ? NULL : end + 2;
}

int process_start_time(pid_t pid, uint64_t *ticks)
{
    char buffer[1024];
    const char *fields = stat_fields(pid, buffer, sizeof(buffer));
    unsigned long long value;

    /* Field 22; the first of `fields` is number 3. */
    if (fields == NULL ||
        sscanf(fields,
               "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d "
               "%*d %*d %*d %*d %llu",
               &value) != 1)
        return -ESRCH;
    *ticks = value;
    return 0;
}

/* The next numeric entry of /proc, or 0 at the end. */
static pid_t next_pid(DIR *proc)
{
    struct dirent *entry;

    while ((entry = readdir(proc)) != NULL) {
        char *end;
        long pid = strtol(entry->d_name, &end, 10);

        if (*end == '\0' && pid > 0)
            return (pid_t)pid;
    }
    return 0;
}

struct parentage {
    pid_t pid, parent;
};

static size_t read_parentage(struct parentage *table, size_t room)
{
    _cleanup_directory_ DIR *proc = opendir("/proc");
    size_t count = 0;
    pid_t pid;

    while (proc != NULL && count < room && (pid = next_pid(proc)) != 0) {
        char buffer[1024], state;
        const char *fields = stat_fields(pid, buffer, sizeof(buffer));
        int parent;

        if (fields != NULL && sscanf(fields, "%c %d", &state, &parent) == 2 &&
            state != 'Z')
            table[count++] = (struct parentage){pid, parent};
    }
    return count;
}

static bool is_in(pid_t pid, const pid_t *pids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pids[i] == pid)
            return true;
    }
    return false;
}

size_t process_descendants(pid_t *pids, size_t room)
{
    enum { TABLE = 65536 };
    _cleanup_free_ struct parentage *table = calloc(TABLE, sizeof(*table));
    size_t entries = table == NULL ? 0 : read_parentage(table, TABLE);
    size_t count = 0, before;

    /* A child can have a smaller pid than its parent, so until no change. */
    do {
        before = count;
        for (size_t i = 0; i < entries && count < room; i++) {
            if ((table[i].parent == getpid() ||
                 is_in(table[i].parent, pids, count)) &&
                !is_in(table[i].pid, pids, count))
                pids[count++] = table[i].pid;
        }
    } while (count != before);
    return count;
}

size_t process_executing(dev_t device, ino_t inode, pid_t *pids, size_t room)
{
    _cleanup_directory_ DIR *proc = opendir("/proc");
    size_t count = 0;
    pid_t pid;

    while (proc != NULL && count < room && (pid = next_pid(proc)) != 0) {
        char path[64];
        struct stat status;

        snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
        if (stat(path, &status) == 0 && status.st_dev == device &&
            status.st_ino == inode)
            pids[count++] = pid;
    }
    return count;
}

static void add_time(struct timeval *sum, const struct timeval *more)
{
    sum->tv_sec += more->tv_sec;
    sum->tv_usec += more->tv_usec;
    if (sum->tv_usec >= 1000000) {
        sum->tv_sec++;
        sum->tv_usec -= 1000000;
    }
}

void process_add_usage(struct rusage *usage, const struct rusage *more)
{
    add_time(&usage->ru_utime, &more->ru_utime);
    add_time(&usage->ru_stime, &more->ru_stime);
    usage->ru_minflt += more->ru_minflt;
    usage->ru_majflt += more->ru_majflt;
    usage->ru_nvcsw += more->ru_nvcsw;
    usage->ru_nivcsw += more->ru_nivcsw;
}

uint64_t process_ticks_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec * (uint64_t)sysconf(_SC_CLK_TCK) +
           (uint64_t)(now.tv_nsec / (1000000000 / sysconf(_SC_CLK_TCK)));
}

void process_reap(uint64_t since, struct rusage *usage)
{
    siginfo_t ended = {0};

    while (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           ended.si_pid > 0) {
        struct rusage used;
        uint64_t started;
        bool counts = usage != NULL &&
                      process_start_time(ended.si_pid, &started) == 0 &&
                      started >= since;

        if (wait4(ended.si_pid, NULL, 0, &used) > 0 && counts)
            process_add_usage(usage, &used);
        ended.si_pid = 0;
    }
}

/* Adds a field of smaps_rollup, which is in kB. */
static bool add_field(const char *text, const char *key, int64_t *sum)
{
    int64_t value;

    if (field_number(text, key, &value) < 0 || value < 0)
        return false;
    *sum += value * 1024;
    return true;
}

static bool add_memory(pid_t pid, struct process_memory *memory)
{
    char path[64], text[4096];
    ssize_t n;

    snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
    n = file_read(path, text, sizeof(text));
    if (n == -ENOENT || n == -ESRCH || n == 0)
        return true; /* gone, or a kernel thread: no memory */
    return n > 0 && add_field(text, "Pss", &memory->pss) &&
           add_field(text, "Private_Clean", &memory->uss) &&
           add_field(text, "Private_Dirty", &memory->uss) &&
           add_field(text, "Private_Hugetlb", &memory->uss);
}

void process_memory(const pid_t *pids, size_t count,
                    struct process_memory *memory)
{
    *memory = (struct process_memory){0};
    for (size_t i = 0; i < count; i++) {
        if (!add_memory(pids[i], memory)) {
            *memory = (struct process_memory){RESULT_ABSENT, RESULT_ABSENT};
            return;
        }
    }
    if (count == 0)
        *memory = (struct process_memory){RESULT_ABSENT, RESULT_ABSENT};
}
