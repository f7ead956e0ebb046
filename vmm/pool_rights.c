/* Capabilities of a pool; see pool_rights.h and capabilities(7). */
#include "vmm/pool_rights.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SETS = _LINUX_CAPABILITY_U32S_3 };

static const unsigned int kept[] = {
    CAP_SYS_ADMIN,       /* namespaces, and the empty root */
    CAP_SYS_CHROOT,      /* to go there */
    CAP_SETUID,          /* to be nobody */
    CAP_SETGID,          /* the same */
    CAP_SETPCAP,         /* to drop the bounding set */
    CAP_KILL,            /* a guest's process, which is nobody's */
    CAP_DAC_OVERRIDE,    /* the cache of archives, /dev/kvm */
    CAP_DAC_READ_SEARCH, /* bundles */
};

static bool is_kept(unsigned long capability)
{
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        if (kept[i] == capability)
            return true;
    }
    return false;
}

/* Those that are not kept; a user has none and needs none. */
static void drop_bounding_set(void)
{
    for (unsigned long i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++) {
        if (!is_kept(i))
            (void)prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
    }
}

int pool_give_up_rights(struct error *error)
{
    struct __user_cap_header_struct head = {.version =
                                                _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[SETS];
    uint32_t mask[SETS] = {0};

    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        mask[kept[i] / 32] |= 1u << kept[i] % 32;
    drop_bounding_set();
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (syscall(SYS_capget, &head, sets) < 0)
        return error_errno(error, errno, "capget");
    for (size_t i = 0; i < SETS; i++) {
        sets[i].permitted &= mask[i];
        sets[i].effective &= mask[i];
        sets[i].inheritable = 0;
    }
    if (syscall(SYS_capset, &head, sets) < 0)
        return error_errno(error, errno, "cannot drop capabilities");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return error_errno(error, errno, "PR_SET_NO_NEW_PRIVS");
    return 0;
}
