/*
 * What C libraries, runtimes and tools read in /proc and /dev. Printed is what
 * does not depend on the machine; the rest is checked for its form.
 */
#include "tests/programs/show.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static char text[1 << 16];
static int initialised = 5;
static int zeroed[10000];

/* The whole file as a string; "" with a message where it cannot be read. */
static const char *slurp(const char *path)
{
    int fd = open(path, O_RDONLY);
    ssize_t length = 0, moved;

    if (fd < 0)
        printf("%s: %s\n", path, strerror(errno));
    while (fd >= 0 && (moved = read(fd, text + length,
                                    sizeof(text) - 1 - (size_t)length)) > 0)
        length += moved;
    text[length] = '\0';
    close(fd);
    return text;
}

/* The rest of the line that begins with a word; "" where there is none. */
static const char *field(const char *path, const char *word)
{
    static char line[4096];
    const char *at = slurp(path);

    while (at != NULL && strncmp(at, word, strlen(word)) != 0) {
        at = strchr(at, '\n');
        at = at == NULL || at[1] == '\0' ? NULL : at + 1;
    }
    if (at == NULL)
        return "";
    snprintf(line, sizeof(line), "%.*s", (int)strcspn(at + strlen(word), "\n"),
             at + strlen(word));
    return line;
}

struct region {
    uintptr_t start, end;
    char rights[5], path[PATH_MAX];
    unsigned long offset;
};

/* The region of /proc/self/maps around an address. */
static struct region find_region(const void *address)
{
    struct region region = {0};
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[8192];

    while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
        region = (struct region){0};
        if (sscanf(line,
                   "%" SCNxPTR "-%" SCNxPTR " %4s %lx %*x:%*x %*u %4095[^\n]",
                   &region.start, &region.end, region.rights, &region.offset,
                   region.path) < 4)
            printf("not a line of maps: %s", line);
        if ((uintptr_t)address >= region.start &&
            (uintptr_t)address < region.end)
            break;
        region = (struct region){0};
    }
    if (maps != NULL)
        fclose(maps);
    return region;
}

static void show_region(const char *what, const void *address)
{
    struct region region = find_region(address);
    char *base = strrchr(region.path, '/');

    printf("%s: %s %s\n", what, region.rights,
           base != NULL ? base : region.path);
}

static void show_maps(void)
{
    char *memory = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct region region;
    pthread_attr_t attributes;
    void *stack;
    size_t size;
    int here, file;
    char *shared;

    show_region("code", (const void *)&show_maps);
    show_region("constants", "a constant");
    show_region("data", &initialised);
    show_region("zeroed data", &zeroed[9000]);
    show_region("brk heap", (char *)sbrk(0) - 1);
    show_region("stack", &here);
    show_region("mapping", memory);
    mprotect(memory + 4096, 4096, PROT_NONE);
    show_region("protected", memory + 4096);
    region = find_region(memory + 4096);
    printf("alone %d\n", region.start == (uintptr_t)memory + 4096 &&
                             region.end == (uintptr_t)memory + 2 * 4096);
    file = memfd_create("shared", 0);
    ftruncate(file, 8192);
    shared = mmap(NULL, 8192, PROT_READ, MAP_SHARED, file, 4096);
    region = find_region(shared);
    printf("shared: %s from %lx\n", region.rights, region.offset);
    SHOW(madvise(shared, 4096, MADV_WILLNEED));
    SHOW(mlock(shared, 4096));
    SHOW(munmap(shared, 8192));
    printf("gone %d\n", find_region(shared).start == 0);
    close(file);
    munmap(memory + 4096, 4096);
    show_region("unmapped", memory + 4096);
    SHOW(pthread_getattr_np(pthread_self(), &attributes));
    pthread_attr_getstack(&attributes, &stack, &size);
    printf("here is in it %d\n", (char *)&here >= (char *)stack &&
                                     (char *)&here < (char *)stack + size);
}

static void show_self(char **argv)
{
    unsigned long vector[2], entries = 0;
    char link[PATH_MAX] = "", path[PATH_MAX] = "";
    FILE *file;

    SHOW(readlink("/proc/self/exe", link, sizeof(link) - 1) > 0);
    printf("same program %d\n",
           realpath(argv[0], path) != NULL && strcmp(link, path) == 0);
    printf("arguments '%s'\n", strrchr(slurp("/proc/self/cmdline"), '/') + 1);
    printf("environment %d\n",
           strstr(slurp("/proc/self/environ"), "NAME=") != NULL);
    printf("command %s", slurp("/proc/self/comm"));
    prctl(PR_SET_NAME, "renamed");
    printf("command %s", slurp("/proc/thread-self/comm"));
    printf("Name:%s\n", field("/proc/self/status", "Name:"));
    printf("%s\n", strstr(slurp("/proc/self/stat"), "(renamed)") != NULL
                       ? "in stat, too"
                       : "not in stat");
    file = fopen("/proc/self/auxv", "r");
    while (fread(vector, sizeof(vector), 1, file) == 1 && vector[0] != AT_NULL)
        entries += vector[1] == getauxval(vector[0]);
    fclose(file);
    printf("auxiliary vector %s\n", entries > 10 ? "as given" : "differs");
}

static void show_numbers(void)
{
    unsigned long a, b, c;
    double up, idle;
    long fields = 1;

    printf("status: umask%s, uid%s, threads%s, no new privileges%s\n",
           field("/proc/self/status", "Umask:"),
           field("/proc/self/status", "Uid:"),
           field("/proc/self/status", "Threads:"),
           field("/proc/self/status", "NoNewPrivs:"));
    printf("memory in status %d\n",
           atoi(field("/proc/self/status", "VmRSS:")) > 0);
    for (const char *at = slurp("/proc/self/stat"); *at != '\0'; at++)
        fields += *at == ' ';
    printf("fields of stat %ld\n", fields);
    printf("statm %d\n",
           sscanf(slurp("/proc/self/statm"), "%lu %lu %lu", &a, &b, &c));
    printf("uptime %d\n",
           sscanf(slurp("/proc/uptime"), "%lf %lf", &up, &idle) == 2 &&
               up >= 0 && idle >= 0 && idle < 1e9);
    printf("open files %s\n", field("/proc/self/limits", "Max open files"));
    printf("total memory %d\n", atol(field("/proc/meminfo", "MemTotal:")) > 0);
    printf("available %d\n", atol(field("/proc/meminfo", "MemAvailable:")) > 0);
    printf("processor %s\n", field("/proc/cpuinfo", "processor"));
    printf("flags %d\n",
           strstr(field("/proc/cpuinfo", "flags"), " sse2") != NULL);
    printf("cpu line %d\n",
           sscanf(field("/proc/stat", "cpu "), "%lu %lu", &a, &b));
    printf("boot time %d\n", atol(field("/proc/stat", "btime ")) > 1000000000);
    printf("version %.14s\n", slurp("/proc/version"));
    printf("load %d\n", sscanf(slurp("/proc/loadavg"), "%lf", &up));
    printf("mounts %d\n", strstr(slurp("/proc/mounts"), " / ") != NULL);
    printf("mountinfo %d\n",
           strstr(slurp("/proc/self/mountinfo"), " / / ") != NULL);
    printf("cgroup %.4s\n",
           strrchr(slurp("/proc/self/cgroup"), '\n') > text ? "told" : "none");
}

static void show_system(void)
{
    printf("%s", slurp("/proc/sys/kernel/ostype"));
    printf("host name %d\n", strlen(slurp("/proc/sys/kernel/hostname")) > 1);
    printf("release %d\n", strlen(slurp("/proc/sys/kernel/osrelease")) > 1);
    printf("last capability %d\n",
           atoi(slurp("/proc/sys/kernel/cap_last_cap")) >= 38);
    printf("groups %s", slurp("/proc/sys/kernel/ngroups_max"));
    printf("id %zu\n", strlen(slurp("/proc/sys/kernel/random/boot_id")));
    printf("id %zu\n", strlen(slurp("/proc/sys/kernel/random/uuid")));
    printf("dashes %d %c\n", text[8] == '-' && text[23] == '-', text[14]);
    printf("overcommit %d\n",
           strlen(slurp("/proc/sys/vm/overcommit_memory")) == 2);
    printf("pipes %s", slurp("/proc/sys/fs/pipe-max-size"));
}

static void show_descriptors(void)
{
    char link[PATH_MAX] = "", other[PATH_MAX];
    int ends[2], null = open("/dev/null", O_RDWR), again;
    struct dirent *entry;
    struct stat one, two;
    int count = 0;
    DIR *directory;

    SHOW(pipe(ends));
    snprintf(other, sizeof(other), "/proc/self/fd/%d", ends[0]);
    SHOW(readlink(other, link, sizeof(link) - 1) > 6);
    printf("%.6s\n", link);
    SHOW(stat(other, &one) | fstat(ends[0], &two));
    printf("same %d\n", one.st_ino == two.st_ino);
    SHOW(lstat(other, &one));
    printf("mode %o\n", one.st_mode);
    snprintf(other, sizeof(other), "/dev/fd/%d", ends[1]);
    SHOW(again = open(other, O_WRONLY));
    SHOW(write(again, "x", 1));
    SHOW(read(ends[0], link, 1));
    close(again);
    memset(link, 0, sizeof(link));
    snprintf(other, sizeof(other), "/proc/self/fd/%d", null);
    SHOW(readlink(other, link, sizeof(link) - 1));
    printf("%s\n", link);
    directory = opendir("/proc/self/fd");
    while ((entry = readdir(directory)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(directory);
    printf("descriptors %d\n", count);
    close(null);
    SHOW(readlink(other, link, sizeof(link)));
    SHOW(open("/proc/self/fd/77", O_RDONLY));
    SHOW(open("/proc/self/fd/x", O_RDONLY));
    snprintf(other, sizeof(other), "/proc/self/fdinfo/%d", ends[0]);
    printf("%.20s\n", slurp(other));
    SHOW(readlink("/proc/self/cwd", link, sizeof(link)) > 0);
    printf("root %d\n", (int)readlink("/proc/self/root", link, sizeof(link)));
    SHOW(access("/proc/self/task", X_OK));
    close(ends[0]);
    close(ends[1]);
}

static void show_errors(void)
{
    char bytes[8];
    int fd;

    SHOW(open("/proc/nothing", O_RDONLY));
    SHOW(open("/proc/self/nothing", O_RDONLY));
    SHOW(open("/proc/new", O_CREAT | O_WRONLY, 0644));
    SHOW(mkdir("/proc/new", 0755));
    SHOW(unlink("/proc/version"));
    SHOW(fd = open("/proc/uptime", O_RDONLY));
    SHOW(lseek(fd, 2, SEEK_SET));
    SHOW(read(fd, bytes, 1));
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW(read(fd, bytes, 1));
    SHOW(write(fd, bytes, 1));
    close(fd);
    SHOW(readlink("/proc/version", bytes, 8));
    SHOW(open("/proc/self", O_RDONLY | O_NOFOLLOW));
    SHOW(syscall(SYS_rmdir, "/proc/self/fd"));
}

static void show_devices(void)
{
    static const char *const names[] = {"null", "zero", "full", "random",
                                        "urandom"};
    unsigned char bytes[64];
    struct stat status;

    for (int i = 0; i < 5; i++) {
        char path[32];
        int fd, any = 0;

        snprintf(path, sizeof(path), "/dev/%s", names[i]);
        SHOW(fd = open(path, O_RDWR) < 0 ? -1 : 0);
        fd = open(path, O_RDWR);
        fstat(fd, &status);
        printf("%s %o %u:%u\n", names[i], status.st_mode, major(status.st_rdev),
               minor(status.st_rdev));
        memset(bytes, 1, sizeof(bytes));
        SHOW(read(fd, bytes, sizeof(bytes)));
        for (size_t j = 0; j < sizeof(bytes); j++)
            any |= bytes[j] != 0 && bytes[j] != 1;
        printf("random %d first %s\n", any,
               bytes[0] == 0 && !any ? "zero" : "other");
        SHOW(write(fd, bytes, sizeof(bytes)));
        SHOW(write(fd, bytes, 0));
        SHOW(read(fd, BAD, 0));
        SHOW(ioctl(fd, TCGETS, bytes));
        SHOW(lseek(fd, 0, SEEK_SET));
        close(fd);
    }
    SHOW(open("/dev/nothing", O_RDONLY));
    SHOW(access("/dev/stdin", F_OK) | access("/dev/fd/0", F_OK));
    SHOW(open("/dev/shm", O_RDONLY | O_DIRECTORY) > 0);
}

int main(int argc, char **argv)
{
    const struct rlimit limit = {100, 200};

    setrlimit(RLIMIT_NOFILE, &limit);
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    free(malloc(100000));
    (void)argc;
    show_maps();
    show_self(argv);
    show_numbers();
    show_system();
    show_descriptors();
    show_errors();
    show_devices();
    return 0;
}
