/*
 * The program's credentials, and what Linux changes with a user id.
 * Source: capabilities(7), "Effect of user ID changes on capabilities".
 */
#include "guests/unikernel/credentials.h"

#include <linux/securebits.h>

/* What a file-system user of 0 stands for: CAP_FS_SET of capability.h. */
#define FILE_CAPABILITIES                                                    \
    (1ull << CAP_CHOWN | 1ull << CAP_MKNOD | 1ull << CAP_DAC_OVERRIDE |      \
     1ull << CAP_DAC_READ_SEARCH | 1ull << CAP_FOWNER | 1ull << CAP_FSETID | \
     1ull << CAP_LINUX_IMMUTABLE | 1ull << CAP_MAC_OVERRIDE)

struct credentials credentials;

/*
 * The bundle's sets, in the order of boot_info.h, as they are once the program
 * has been executed: capabilities(7), "Transformation of capabilities during
 * execve()".
 */
static void set_capabilities(const uint64_t sets[5])
{
    credentials.bounding = sets[0];
    credentials.inheritable = sets[3];
    credentials.ambient = sets[4] & sets[2] & sets[3];
    credentials.permitted = credentials.uid == 0
                                ? credentials.inheritable | credentials.bounding
                                : credentials.ambient;
    if (credentials.no_new_privileges)
        credentials.permitted &= sets[2];
    credentials.effective = credentials.permitted;
}

void credentials_set_groups(const uint32_t *groups, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = i;

        for (; at > 0 && credentials.groups[at - 1] > groups[i]; at--)
            credentials.groups[at] = credentials.groups[at - 1];
        credentials.groups[at] = groups[i];
    }
    credentials.group_count = count;
}

void credentials_init(const struct boot_info *boot)
{
    uint32_t user = (uint32_t)boot->uid, group = (uint32_t)boot->gid;

    credentials.user = (struct identity){user, user, user, user};
    credentials.group = (struct identity){group, group, group, group};
    credentials_set_groups(boot->groups, boot->group_count < GROUPS_MAX
                                             ? (uint32_t)boot->group_count
                                             : GROUPS_MAX);
    credentials.no_new_privileges =
        (boot->flags & BOOT_INFO_NO_NEW_PRIVILEGES) != 0;
    credentials.bounding = CAPABILITIES_ALL;
    if (boot->flags & BOOT_INFO_CAPABILITIES)
        set_capabilities(boot->capabilities);
    else if (user == 0)
        credentials.permitted = credentials.effective = CAPABILITIES_ALL;
}

bool credentials_capable(unsigned int capability)
{
    return (credentials.effective >> capability & 1) != 0;
}

bool credentials_in_group(uint32_t group)
{
    for (uint32_t i = 0; i < credentials.group_count; i++) {
        if (credentials.groups[i] == group)
            return true;
    }
    return credentials.group.filesystem == group;
}

static bool any_root(const struct identity *user)
{
    return user->real == 0 || user->effective == 0 || user->saved == 0;
}

void credentials_user_changed(const struct identity *old)
{
    if (credentials.securebits & 1u << SECURE_NO_SETUID_FIXUP)
        return;
    if (any_root(old) && !any_root(&credentials.user)) {
        if (!(credentials.securebits & 1u << SECURE_KEEP_CAPS))
            credentials.permitted = credentials.effective = 0;
        credentials.ambient = 0;
    }
    if (old->effective == 0 && credentials.user.effective != 0)
        credentials.effective = 0;
    if (old->effective != 0 && credentials.user.effective == 0)
        credentials.effective = credentials.permitted;
}

void credentials_file_user_changed(uint32_t old)
{
    if (credentials.securebits & 1u << SECURE_NO_SETUID_FIXUP)
        return;
    if (old == 0 && credentials.user.filesystem != 0)
        credentials.effective &= ~FILE_CAPABILITIES;
    if (old != 0 && credentials.user.filesystem == 0)
        credentials.effective |= credentials.permitted & FILE_CAPABILITIES;
}
