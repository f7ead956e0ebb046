/* Descriptors, limits and system calls; see jail.h. */
#include "vmm/jail.h"

#include "oci/descriptors.h"
#include "vmm/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* For the handler; one jail a process. */
static int told;

static void denied(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    supervisor_tell_denied(told, info->si_syscall);
    jail_filter_die();
}

static int watch_denied(int channel, struct error *error)
{
    const struct sigaction action = {.sa_sigaction = denied,
                                     .sa_flags = SA_SIGINFO};

    told = channel;
    return sigaction(SIGSYS, &action, NULL) == 0
               ? 0
               : error_errno(error, errno, "sigaction");
}

/* Output to a file must be able to grow it. */
static bool is_file(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

/* Those that come get the lowest numbers that are free. */
static rlim_t count_descriptors(const struct jail_descriptors *descriptors)
{
    int last = STDERR_FILENO;

    for (size_t i = 0; i < descriptors->count; i++) {
        if (descriptors->kept[i] > last)
            last = descriptors->kept[i];
    }
    return (rlim_t)last + 1 + descriptors->to_come;
}

static int set_limits(const struct jail_descriptors *descriptors,
                      struct error *error)
{
    bool writes_files = descriptors->writes_files || is_file(STDOUT_FILENO) ||
                        is_file(STDERR_FILENO);
    struct {
        int resource;
        rlim_t most;
    } limits[] = {
        {RLIMIT_CORE, 0},
        {RLIMIT_NPROC, 0},
        {RLIMIT_MEMLOCK, 0},
        {RLIMIT_MSGQUEUE, 0},
        {RLIMIT_NOFILE, count_descriptors(descriptors)},
        {RLIMIT_FSIZE, 0},
    };
    const size_t count = sizeof(limits) / sizeof(limits[0]);

    for (size_t i = 0; i < descriptors->count; i++)
        writes_files |=
            descriptors->kept[i] >= 0 && is_file(descriptors->kept[i]);
    for (size_t i = 0; i < count - writes_files; i++) {
        const struct rlimit limit = {limits[i].most, limits[i].most};

        if (setrlimit(limits[i].resource, &limit) < 0)
            return error_errno(error, errno, "cannot set limits");
    }
    return 0;
}

int jail_seal(const struct jail *jail,
              const struct jail_descriptors *descriptors,
              const struct jail_rules *rules, struct error *error)
{
    const struct descriptor_list open = {descriptors->kept, descriptors->count};
    int status;

    descriptors_close_except(STDERR_FILENO + 1, &open, 1);
    status = set_limits(descriptors, error);
    if (status == 0)
        status = watch_denied(jail->channel, error);
    if (status == 0)
        status = jail_filter_install(rules, error);
    return status;
}
