/* Namespaces, root and rights; see jail.h. */
#include "vmm/jail.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOBODY = 65534 };

/*
 * A read-only tmpfs that no mount namespace has: with the last descriptor
 * nobody can reach it but who has it as root. -1 where that is not allowed.
 * Source: fsopen(2), fsmount(2), Linux 5.2.
 */
static int make_root(void)
{
    _cleanup_close_ int context =
        (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);

    if (context < 0 ||
        syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        return -1;
    return (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC,
                        MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
                            MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

static int open_namespace(const char *name)
{
    return open(name, O_RDONLY | O_CLOEXEC);
}

/*
 * Makes one in the place of ours, and goes back; *made is a descriptor of it,
 * -1 where there is none. First of all, may we go back? Root of a user
 * namespace may not, into what belongs to the host's: setns(2).
 */
static int make_namespace(const char *path, int flag, int *made,
                          struct error *error)
{
    _cleanup_close_ int own = open_namespace(path);

    if (own < 0 || setns(own, flag) < 0 || unshare(flag) < 0)
        return 0;
    *made = open_namespace(path);
    if (setns(own, flag) < 0)
        return error_errno(error, errno, "cannot return to %s", path);
    return 0;
}

int jail_prepare(struct jail *jail, struct error *error)
{
    int status = 0;

    if (geteuid() != 0)
        return 0;
    if (!jail->keeps_network)
        status = make_namespace("/proc/thread-self/ns/net", CLONE_NEWNET,
                                &jail->network, error);
    if (status == 0)
        status = make_namespace("/proc/thread-self/ns/ipc", CLONE_NEWIPC,
                                &jail->ipc, error);
    jail->root = make_root();
    return status;
}

void jail_release(struct jail *jail)
{
    cleanup_close(&jail->network);
    cleanup_close(&jail->ipc);
    cleanup_close(&jail->root);
    jail->network = jail->ipc = jail->root = -1;
}

/* Who was root is nobody, but for what the next steps take: otherwise root's
 * own files and processes would be open to it. */
static void become_nobody(void)
{
    if (geteuid() != 0 ||
        prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0) < 0)
        return;
    /* Not by the C library, which would ask all threads to. */
    (void)syscall(SYS_setgroups, 0, NULL);
    (void)syscall(SYS_setresgid, NOBODY, NOBODY, NOBODY);
    (void)syscall(SYS_setresuid, NOBODY, NOBODY, NOBODY);
}

/* Those that are made for us are entered, the others made; as far as the host
 * lets us. */
static void enter_namespaces(const struct jail *jail)
{
    int flags = CLONE_NEWNS, user = jail->has_user ? 0 : CLONE_NEWUSER;

    if (jail->network < 0 || setns(jail->network, CLONE_NEWNET) < 0)
        flags |= jail->keeps_network ? 0 : CLONE_NEWNET;
    if (jail->ipc < 0 || setns(jail->ipc, CLONE_NEWIPC) < 0)
        flags |= CLONE_NEWIPC;
    become_nobody();
    if (unshare(flags | user) < 0)
        (void)unshare(flags);
}

static void leave_root(const struct jail *jail)
{
    _cleanup_close_ int own = jail->root < 0 ? make_root() : -1;
    const int root = jail->root < 0 ? own : jail->root;

    if (root >= 0 && fchdir(root) == 0)
        (void)!chroot(".");
}

/* The bounding set first: that takes one of them. */
static int drop_capabilities(struct error *error)
{
    struct __user_cap_header_struct head = {.version =
                                                _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct none[2] = {{0}};

    for (unsigned long i = 0; prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == 0; i++)
        continue;
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (syscall(SYS_capset, &head, none) < 0)
        return error_errno(error, errno, "cannot drop capabilities");
    return 0;
}

int jail_tie_to_supervisor(const struct jail *jail, struct error *error)
{
    char byte;

    if (!jail->dies_with_it)
        return 0;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        return error_errno(error, errno, "PR_SET_PDEATHSIG");
    /* It may have been gone before that. */
    if (recv(jail->channel, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
        return error_set(error, EPIPE, "the supervisor has ended");
    return 0;
}

int jail_confine(const struct jail *jail, struct error *error)
{
    const bool is_root = geteuid() == 0 && !jail->has_user;
    int status;

    enter_namespaces(jail);
    leave_root(jail);
    status = drop_capabilities(error);
    /* Changing user or rights undoes both of these, so they come last. As
     * before, the user may look at what is the user's. */
    (void)prctl(PR_SET_DUMPABLE, !is_root, 0, 0, 0);
    if (status == 0)
        status = jail_tie_to_supervisor(jail, error);
    if (status == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        status = error_errno(error, errno, "PR_SET_NO_NEW_PRIVS");
    return status;
}
