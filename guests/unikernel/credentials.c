/* Credentials; see credentials.h. */
#include "guests/unikernel/credentials.h"

struct credentials credentials;

void credentials_init(uint64_t uid, uint64_t gid)
{
    uint32_t user = (uint32_t)uid, group = (uint32_t)gid;

    credentials = (struct credentials){
        .uid = user,
        .euid = user,
        .suid = user,
        .fsuid = user,
        .gid = group,
        .egid = group,
        .sgid = group,
        .fsgid = group,
    };
}

bool credentials_in_group(uint32_t gid)
{
    if (gid == credentials.fsgid)
        return true;
    for (uint32_t i = 0; i < credentials.group_count; i++) {
        if (credentials.groups[i] == gid)
            return true;
    }
    return false;
}
