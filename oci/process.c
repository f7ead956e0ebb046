/* Processes by id and start time; see process.h. */
#include "oci/process.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

/* Its state letter and start time. Errors: -ESRCH. */
static int read_stat(pid_t pid, char *letter, uint64_t *start_time)
{
    char path[32], text[1024];
    _cleanup_close_ int fd = -1;
    const char *after_name;
    unsigned long long ticks;
    ssize_t n;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (n <= 0)
        return -ESRCH;
    text[n] = '\0';
    /* The name, field 2, may hold spaces and parentheses itself. */
    after_name = strrchr(text, ')');
    if (after_name == NULL ||
        sscanf(after_name,
               ") %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
               "%*s %*s %*s %*s %*s %llu",
               letter, &ticks) != 2)
        return -ESRCH;
    *start_time = ticks;
    return 0;
}

int process_identify(pid_t pid, struct process_identity *identity)
{
    char letter;

    identity->pid = pid;
    return read_stat(pid, &letter, &identity->start_time);
}

/* Its state letter; 0: it is gone, or its id belongs to another by now. */
static char letter_of(const struct process_identity *identity)
{
    uint64_t start_time;
    char letter;

    return identity->pid > 0 &&
                   read_stat(identity->pid, &letter, &start_time) == 0 &&
                   start_time == identity->start_time
               ? letter
               : '\0';
}

bool process_alive(const struct process_identity *identity)
{
    const char letter = letter_of(identity);

    return letter != '\0' && letter != 'Z' && letter != 'X';
}

bool process_stopped(const struct process_identity *identity)
{
    return letter_of(identity) == 'T';
}

int process_open(const struct process_identity *identity)
{
    _cleanup_close_ int fd =
        identity->pid > 0 ? (int)syscall(SYS_pidfd_open, identity->pid, 0) : -1;

    /* First the descriptor, then the look: what it refers to stays. */
    if (fd < 0 || !process_alive(identity))
        return -ESRCH;
    return take_fd(&fd);
}

int process_signal(const struct process_identity *identity, int number)
{
    _cleanup_close_ int fd = process_open(identity);

    if (fd < 0)
        return fd;
    return syscall(SYS_pidfd_send_signal, fd, number, NULL, 0) < 0 ? -errno : 0;
}
