/*
 * Runs a command and prints the most memory, in KiB, that it or a child it
 * has waited for had resident, on descriptor 3: wait4(2), ru_maxrss. It is
 * small itself: a new program inherits the mark of who has started it.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct rusage usage;
    int status;
    pid_t pid = argc > 1 ? vfork() : -1;

    if (pid == 0) {
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &usage) < 0 || status != 0)
        return 1;
    return dprintf(3, "%ld\n", usage.ru_maxrss) < 0;
}
