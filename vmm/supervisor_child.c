/* From one process to two; see supervisor_child.h. */
#include "vmm/supervisor_child.h"

#include "oci/cleanup.h"
#include "vmm/supervisor_message.h"
#include "vmm/supervisor_processors.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FAILURE = 1 };

bool child_shares_terminal(void)
{
    return isatty(STDIN_FILENO) || isatty(STDOUT_FILENO) ||
           isatty(STDERR_FILENO);
}

static void write_file(const char *path, const char *text)
{
    _cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd >= 0)
        (void)!write(fd, text, strlen(text));
}

/* Ids stay what they are. Source: user_namespaces(7). */
static void map_ids(uid_t uid, gid_t gid)
{
    char text[64];

    write_file("/proc/self/setgroups", "deny");
    snprintf(text, sizeof(text), "%u %u 1", uid, uid);
    write_file("/proc/self/uid_map", text);
    snprintf(text, sizeof(text), "%u %u 1", gid, gid);
    write_file("/proc/self/gid_map", text);
}

static _Noreturn void run(const struct ward *ward, struct jail *jail,
                          const sigset_t *mask)
{
    struct message message = {.kind = MESSAGE_FAILED};
    int exit_status = 0;

    if (!child_shares_terminal())
        setpgid(0, 0);
    sigprocmask(SIG_SETMASK, mask, NULL);
    if (ward->run(jail, ward->context, &exit_status, &message.error) < 0) {
        exit_status = FAILURE;
        (void)!write(jail->channel, &message, sizeof(message));
    }
    fflush(NULL);
    _exit(exit_status);
}

/*
 * As fork(2), but not by way of the C library, which has no word for these
 * flags; there is one thread, so nothing is left half-done.
 */
static long clone_with(unsigned long flags)
{
    return syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, 0ul);
}

pid_t child_make(const struct ward *ward, const int ends[2],
                 const sigset_t *mask, struct error *error)
{
    const unsigned long parent = ward->is_sibling ? CLONE_PARENT : 0;
    const uid_t uid = geteuid();
    const gid_t gid = getegid();
    struct jail jail = JAIL_NONE;
    long child;

    processors_allowed(&jail.processors);
    jail.channel = ends[1];
    jail.keeps_network = ward->keeps_network;
    jail.dies_with_it = !ward->is_sibling;
    jail.has_user = uid != 0;
    child = clone_with(parent | CLONE_NEWPID | (uid != 0 ? CLONE_NEWUSER : 0));
    if (child == 0 && jail.has_user)
        map_ids(uid, gid);
    if (child < 0) {
        jail.has_user = false;
        child = clone_with(parent);
    }
    if (child == 0) {
        close(ends[0]);
        run(ward, &jail, mask);
    }
    if (child > 0)
        processors_part((pid_t)child, &jail.processors);
    return child < 0 ? error_errno(error, errno, "cannot make a process")
                     : (pid_t)child;
}
