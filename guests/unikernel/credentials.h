/*
 * Who the program is: user and group ids, supplementary groups, capabilities.
 * One process has them, so there is one set; it decides what the program may
 * do with its own guest, by Linux's rules: credentials(7), capabilities(7).
 */
#ifndef RINGSIDE_UNIKERNEL_CREDENTIALS_H
#define RINGSIDE_UNIKERNEL_CREDENTIALS_H

#include "guests/unikernel/boot_info.h"

#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>

#define CAPABILITIES_ALL ((2ull << CAP_LAST_CAP) - 1)

enum { GROUPS_MAX = 64 };

/* User ids or group ids, in the order of /proc/self/status. */
struct identity {
    uint32_t real, effective, saved, filesystem;
};

struct credentials {
    union {
        struct identity user;
        struct {
            uint32_t uid, euid, suid, fsuid;
        };
    };
    union {
        struct identity group;
        struct {
            uint32_t gid, egid, sgid, fsgid;
        };
    };
    uint32_t group_count;
    uint32_t groups[GROUPS_MAX]; /* sorted */
    uint64_t inheritable, permitted, effective, bounding, ambient;
    uint32_t securebits;
    bool no_new_privileges;
};

/* The one process's; system calls change it. */
extern struct credentials credentials;

/*
 * The bundle's. Where it names no capabilities user 0 begins with all of them,
 * any other with none.
 */
void credentials_init(const struct boot_info *boot);

/* Makes these, at most GROUPS_MAX, the supplementary groups, sorted. */
void credentials_set_groups(const uint32_t *groups, uint32_t count);

/* Whether the capability, CAP_... of <linux/capability.h>, is effective. */
bool credentials_capable(unsigned int capability);

/* Whether group is the file-system group or a supplementary one. */
bool credentials_in_group(uint32_t group);

/* After the user ids were changed from old, capabilities follow. */
void credentials_user_changed(const struct identity *old);

/* The same after setfsuid changed the file-system user alone. */
void credentials_file_user_changed(uint32_t old);

#endif
