/*
 * What a container looks like from inside: a static program that the tests
 * run in it. "inspect VERB [ARGUMENT...]", several separated by "+".
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int report(const char *what)
{
    printf("%s: %s\n", what, strerror(errno));
    return 1;
}

static int show_ids(char **arguments)
{
    gid_t groups[32];
    int count = getgroups(32, groups);

    (void)arguments;
    printf("pid %d uid %u gid %u groups", getpid(), getuid(), getgid());
    for (int i = 0; i < count; i++)
        printf(" %u", groups[i]);
    printf("\n");
    return 0;
}

static int show_file(char **arguments)
{
    char buffer[4096];
    FILE *file = fopen(arguments[0], "r");
    size_t n;

    if (file == NULL)
        return report(arguments[0]);
    while ((n = fread(buffer, 1, sizeof(buffer), file)) > 0)
        fwrite(buffer, 1, n, stdout);
    fclose(file);
    return 0;
}

static int show_directory(char **arguments)
{
    DIR *directory = opendir(arguments[0]);
    struct dirent *entry;

    if (directory == NULL)
        return report(arguments[0]);
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] != '.')
            printf("%s\n", entry->d_name);
    }
    closedir(directory);
    return 0;
}

/* Type, mode, device numbers. */
static int show_status(char **arguments)
{
    struct stat status;

    if (lstat(arguments[0], &status) < 0)
        return report(arguments[0]);
    printf("%s %s %o %u:%u\n", arguments[0],
           S_ISDIR(status.st_mode)   ? "directory"
           : S_ISCHR(status.st_mode) ? "device"
           : S_ISLNK(status.st_mode) ? "link"
                                     : "file",
           status.st_mode & 07777, major(status.st_rdev),
           minor(status.st_rdev));
    return 0;
}

static int show_link(char **arguments)
{
    char target[4096];
    ssize_t n = readlink(arguments[0], target, sizeof(target) - 1);

    if (n < 0)
        return report(arguments[0]);
    printf("%.*s\n", (int)n, target);
    return 0;
}

static int show_host_name(char **arguments)
{
    char name[256];

    (void)arguments;
    gethostname(name, sizeof(name));
    printf("%s\n", name);
    return 0;
}

static int show_directory_name(char **arguments)
{
    char name[4096];

    (void)arguments;
    printf("%s\n", getcwd(name, sizeof(name)) != NULL ? name : "nowhere");
    return 0;
}

static int show_environment(char **arguments)
{
    (void)arguments;
    for (char **entry = environ; *entry != NULL; entry++)
        printf("%s\n", *entry);
    return 0;
}

static int show_descriptors(char **arguments)
{
    (void)arguments;
    for (int fd = 0; fd < 1024; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            printf("%d ", fd);
    }
    printf("\n");
    return 0;
}

static int show_limits(char **arguments)
{
    struct rlimit limit;

    (void)arguments;
    getrlimit(RLIMIT_NOFILE, &limit);
    printf("%llu %llu\n", (unsigned long long)limit.rlim_cur,
           (unsigned long long)limit.rlim_max);
    return 0;
}

static int write_file(char **arguments)
{
    int fd = open(arguments[0], O_WRONLY | O_CREAT, 0666);

    if (fd < 0)
        return report(arguments[0]);
    if (write(fd, "x", 1) != 1)
        return report(arguments[0]);
    printf("%s: written\n", arguments[0]);
    return 0;
}

/* Touches that many MiB. */
static int use_memory(char **arguments)
{
    size_t size = strtoul(arguments[0], NULL, 10) << 20;
    volatile char *memory = malloc(size);

    if (memory == NULL)
        return report("malloc");
    for (size_t i = 0; i < size; i += 4096)
        memory[i] = 1;
    printf("touched\n");
    return 0;
}

/* Starts that many processes, which stay; says how many did. */
static int use_processes(char **arguments)
{
    int wanted = atoi(arguments[0]), started = 0;

    for (int i = 0; i < wanted; i++) {
        pid_t pid = fork();

        if (pid == 0) {
            pause();
            _exit(0);
        }
        started += pid > 0;
    }
    printf("started %d\n", started);
    return 0;
}

static int mount_something(char **arguments)
{
    if (mount("none", arguments[0], "tmpfs", 0, NULL) < 0)
        return report("mount");
    printf("mounted\n");
    return 0;
}

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    caught = number;
}

/* Waits for a signal, which it handles and says. */
static int catch_signal(char **arguments)
{
    int number = atoi(arguments[0]);
    sigset_t mask, original;

    sigemptyset(&mask);
    sigaddset(&mask, number);
    sigprocmask(SIG_BLOCK, &mask, &original);
    signal(number, on_signal);
    printf("ready\n");
    fflush(stdout);
    while (caught == 0)
        sigsuspend(&original);
    printf("caught %d\n", caught);
    fflush(stdout);
    _exit(40 + caught);
}

/* Stays, handling nothing. */
static int stay(char **arguments)
{
    (void)arguments;
    printf("ready\n");
    fflush(stdout);
    while (pause() < 0)
        ;
    return 0;
}

/* The terminal on standard input, its size and whether it is in control. */
static int show_terminal(char **arguments)
{
    struct winsize size = {0};
    char name[64] = "";

    (void)arguments;
    if (!isatty(0) || ioctl(0, TIOCGWINSZ, &size) < 0)
        return report("terminal");
    (void)ttyname_r(0, name, sizeof(name));
    printf("terminal %s %dx%d %s\n", name, size.ws_row, size.ws_col,
           tcgetsid(0) == getsid(0) ? "controlling" : "not controlling");
    return 0;
}

/* Can the file system of a path be written to? */
static int show_file_system(char **arguments)
{
    struct statvfs system;

    if (statvfs(arguments[0], &system) < 0)
        return report(arguments[0]);
    printf("%s\n", system.f_flag & ST_RDONLY ? "read-only" : "writable");
    return 0;
}

/* One line from standard input. */
static int read_line(char **arguments)
{
    char line[256];

    (void)arguments;
    printf("read \"%s\"\n",
           fgets(line, sizeof(line), stdin) ? strtok(line, "\r\n") : "");
    return 0;
}

static int leave(char **arguments)
{
    exit(atoi(arguments[0]));
}

static int crash(char **arguments)
{
    volatile int *nowhere = NULL;

    (void)arguments;
    return *nowhere;
}

static const struct {
    const char *name;
    int (*execute)(char **arguments);
} verbs[] = {
    {"ids", show_ids},
    {"cat", show_file},
    {"ls", show_directory},
    {"stat", show_status},
    {"link", show_link},
    {"hostname", show_host_name},
    {"env", show_environment},
    {"cwd", show_directory_name},
    {"fds", show_descriptors},
    {"limits", show_limits},
    {"write", write_file},
    {"memory", use_memory},
    {"fork", use_processes},
    {"mount", mount_something},
    {"catch", catch_signal},
    {"stay", stay},
    {"exit", leave},
    {"crash", crash},
    {"terminal", show_terminal},
    {"statfs", show_file_system},
    {"read", read_line},
};

static int execute(char **words)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (words[0] != NULL && strcmp(verbs[i].name, words[0]) == 0)
            return verbs[i].execute(words + 1);
    }
    printf("inspect: unknown verb\n");
    return 99;
}

int main(int argc, char **argv)
{
    int status = 0, first = 1;

    for (int i = 1; i <= argc; i++) {
        if (argv[i] != NULL && strcmp(argv[i], "+") != 0)
            continue;
        argv[i] = NULL;
        status |= execute(argv + first);
        first = i + 1;
    }
    return status;
}
