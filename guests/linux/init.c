/* Process 1 of a Linux guest, from its first instruction to its last. */
#include "guests/linux/init.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void read_all(int fd, char *data, size_t size)
{
    size_t used = 0;

    while (used < size) {
        ssize_t n = read(fd, data + used, size - used);

        if (n <= 0)
            init_fail(RINGSIDE_SPEC_PATH ": %s",
                      n < 0 ? strerror(errno) : "cut short");
        used += (size_t)n;
    }
}

static void read_spec(struct process_spec *spec)
{
    int fd = open(RINGSIDE_SPEC_PATH, O_RDONLY | O_CLOEXEC);
    const char *problem;
    struct stat status;
    char *data;
    size_t size;

    if (fd < 0 || fstat(fd, &status) < 0)
        init_fail(RINGSIDE_SPEC_PATH ": %s", strerror(errno));
    if (status.st_size < 0 || status.st_size > PROCESS_SPEC_MAX_SIZE)
        init_fail(RINGSIDE_SPEC_PATH ": too large");
    size = (size_t)status.st_size;
    data = malloc(size + 1);
    if (data == NULL)
        init_fail(RINGSIDE_SPEC_PATH ": no memory");
    read_all(fd, data, size);
    close(fd);
    problem = process_spec_read(data, size, spec);
    if (problem != NULL)
        init_fail(RINGSIDE_SPEC_PATH ": %s", problem);
}

/* The kernel says that unpacking failed on its console only, and goes on. */
static void check_whole(void)
{
    if (access(RINGSIDE_WHOLE_PATH, F_OK) < 0)
        init_fail("the memory of the virtual machine is too small for the "
                  "rootfs, which is unpacked into it");
}

static void block_signals(void)
{
    sigset_t children;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, NULL);
}

int main(void)
{
    struct process_spec spec;
    struct host_ports ports;
    struct program program;
    int proc;

    report_open();
    report_phase(RINGSIDE_PHASE_INIT);
    block_signals();
    root_mount_early();
    modules_load();
    report_phase(RINGSIDE_PHASE_MODULES);
    ports_open(&ports);
    check_whole();
    read_spec(&spec);
    proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    root_enter(&spec);
    network_configure(&spec);
    program_start(&spec, proc, &program);
    report_line("started");
    report_end(streams_carry(&program, &ports));
}
