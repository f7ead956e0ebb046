/* Who the program acts as: credentials(7), as the bundle says at the start. */
#ifndef RINGSIDE_UNIKERNEL_CREDENTIALS_H
#define RINGSIDE_UNIKERNEL_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

enum { GROUPS_MAX = 64 };

struct credentials {
    uint32_t uid, euid, suid, fsuid;
    uint32_t gid, egid, sgid, fsgid;
    uint32_t group_count;
    uint32_t groups[GROUPS_MAX]; /* supplementary */
};

/* The one process's; those who change them do so here. */
extern struct credentials credentials;

/* The bundle's ids, for every kind of id. */
void credentials_init(uint64_t uid, uint64_t gid);

/* Whether files of this group are the caller's group's. */
bool credentials_in_group(uint32_t gid);

#endif
