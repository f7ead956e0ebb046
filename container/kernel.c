/* How the kernel looks from inside; see kernel.h. */
#include "container/kernel.h"

#include "container/host_proc.h"
#include "oci/cleanup.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>

static int set_names(const struct bundle *bundle, struct error *error)
{
    if (bundle->hostname != NULL &&
        sethostname(bundle->hostname, strlen(bundle->hostname)) < 0)
        return error_errno(error, errno, "hostname: cannot set it");
    if (bundle->domainname != NULL &&
        setdomainname(bundle->domainname, strlen(bundle->domainname)) < 0)
        return error_errno(error, errno, "domainname: cannot set it");
    return 0;
}

/* sysctl(8): of '.' and '/', the one that comes first separates, and the
 * other stands for itself ("net.ipv4.conf.eth0/1.mtu" is eth0.1). */
static int sysctl_path(const char *name, char *path, size_t size)
{
    const char *separator = strpbrk(name, "./");
    int n = snprintf(path, size, "sys/%s", name);

    if (n < 0 || (size_t)n >= size)
        return -ENAMETOOLONG;
    if (separator == NULL || *separator == '/')
        return 0;
    for (char *c = path + strlen("sys/"); *c != '\0'; c++)
        *c = (char)(*c == '.' ? '/' : *c == '/' ? '.' : *c);
    return 0;
}

static int set_sysctls(const struct bundle_settings *sysctls,
                       struct error *error)
{
    for (size_t i = 0; i < sysctls->count; i++) {
        const struct bundle_setting *item = &sysctls->items[i];
        char path[PATH_MAX];
        int status = sysctl_path(item->name, path, sizeof(path));

        if (status == 0)
            status = host_proc_write(path, item->value);
        if (status < 0)
            return error_errno(error, -status,
                               "linux.sysctl.%s: cannot set it to \"%s\"",
                               item->name, item->value);
    }
    return 0;
}

static bool has_apparmor(void)
{
    _cleanup_close_ int fd =
        open("/sys/module/apparmor/parameters/enabled", O_RDONLY | O_CLOEXEC);
    char answer = 'N';

    return fd >= 0 && read(fd, &answer, 1) == 1 && answer == 'Y';
}

bool kernel_has_selinux(void)
{
    return access("/sys/fs/selinux/enforce", F_OK) == 0;
}

/* Older kernels have the one attribute for all security modules. */
static int set_apparmor(const char *profile, struct error *error)
{
    _cleanup_free_ char *text = NULL;
    int status;

    if (profile == NULL || profile[0] == '\0')
        return 0;
    if (!has_apparmor())
        return error_set(error, ENOTSUP,
                         "process.apparmorProfile: this host does not run "
                         "AppArmor");
    if (asprintf(&text, "exec %s", profile) < 0)
        return error_errno(error, ENOMEM, "process.apparmorProfile");
    status = host_proc_write("thread-self/attr/apparmor/exec", text);
    if (status == -ENOENT)
        status = host_proc_write("thread-self/attr/exec", text);
    return error_status(error, status, "process.apparmorProfile: \"%s\"",
                        profile);
}

static int set_selinux(const char *label, struct error *error)
{
    int status;

    if (label == NULL || label[0] == '\0')
        return 0;
    if (!kernel_has_selinux())
        return error_set(error, ENOTSUP,
                         "process.selinuxLabel: this host does not run "
                         "SELinux");
    status = host_proc_write("thread-self/attr/exec", label);
    return error_status(error, status, "process.selinuxLabel: \"%s\"", label);
}

int kernel_label(const struct bundle_process *process, struct error *error)
{
    int status = set_apparmor(process->apparmor_profile, error);

    return status == 0 ? set_selinux(process->selinux_label, error) : status;
}

int kernel_set_personality(const struct bundle *bundle, struct error *error)
{
    if (bundle->has_personality && personality(bundle->personality) < 0)
        return error_errno(error, errno, "linux.personality: cannot set it");
    return 0;
}

int kernel_apply(const struct bundle *bundle, struct error *error)
{
    int status = set_names(bundle, error);

    if (status == 0 && bundle->mount_label != NULL &&
        bundle->mount_label[0] != '\0' && !kernel_has_selinux())
        return error_set(error, ENOTSUP,
                         "linux.mountLabel: this host does not run SELinux");
    if (status == 0)
        status = set_sysctls(&bundle->sysctls, error);
    if (status == 0)
        status = kernel_label(&bundle->process, error);
    return status == 0 ? kernel_set_personality(bundle, error) : status;
}

int kernel_join_keyring(const char *id, struct error *error)
{
    char name[160];

    snprintf(name, sizeof(name), "_ses.%s", id);
    /* Where the host has no keys, or does not let us at them, there is
     * nothing to be kept from. */
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name) < 0 &&
        errno != ENOSYS && errno != EPERM)
        return error_errno(error, errno, "cannot make a session keyring");
    return 0;
}
