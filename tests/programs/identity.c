/*
 * Ids, groups and capabilities, each call with its error cases. System calls
 * are made directly: a C library would change the ids of all its threads.
 * Begins as root with every capability, and gives all up on the way.
 */
#include "tests/programs/show.h"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void show_ids(const char *when)
{
    unsigned int u[3], g[3];

    syscall(SYS_getresuid, &u[0], &u[1], &u[2]);
    syscall(SYS_getresgid, &g[0], &g[1], &g[2]);
    printf("%s: uid %u %u %u gid %u %u %u fs %ld %ld\n", when, u[0], u[1], u[2],
           g[0], g[1], g[2], syscall(SYS_setfsuid, -1),
           syscall(SYS_setfsgid, -1));
    printf("  get: %ld %ld %ld %ld\n", syscall(SYS_getuid),
           syscall(SYS_geteuid), syscall(SYS_getgid), syscall(SYS_getegid));
}

static void show_capabilities(const char *when)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];

    if (syscall(SYS_capget, &header, data) == 0)
        printf("%s: effective %x%08x permitted %x%08x inheritable %x%08x\n",
               when, data[1].effective, data[0].effective, data[1].permitted,
               data[0].permitted, data[1].inheritable, data[0].inheritable);
}

static void show_groups(void)
{
    gid_t groups[8] = {0};
    const gid_t some[] = {30, 10, 20}, none[] = {7, (gid_t)-1};

    SHOW(syscall(SYS_setgroups, 3, some));
    SHOW(syscall(SYS_getgroups, 0, NULL));
    SHOW(syscall(SYS_getgroups, 8, groups));
    printf("groups %u %u %u\n", groups[0], groups[1], groups[2]);
    SHOW(syscall(SYS_getgroups, 2, groups));
    SHOW(syscall(SYS_getgroups, -1, groups));
    SHOW(syscall(SYS_getgroups, 8, BAD));
    SHOW(syscall(SYS_setgroups, 65537, some));
    SHOW(syscall(SYS_setgroups, -1, some));
    SHOW(syscall(SYS_setgroups, 2, BAD));
    SHOW(syscall(SYS_setgroups, 2, none));
    SHOW(syscall(SYS_setgroups, 0, NULL));
    SHOW(syscall(SYS_getgroups, 0, NULL));
}

static void show_bad_arguments(void)
{
    unsigned int id;

    SHOW(syscall(SYS_getresuid, BAD, &id, &id));
    SHOW(syscall(SYS_getresuid, &id, &id, BAD));
    SHOW(syscall(SYS_getresgid, &id, BAD, &id));
    SHOW(syscall(SYS_setuid, -1));
    SHOW(syscall(SYS_setgid, -1));
    SHOW(syscall(SYS_setresuid, -1, -1, -1));
    SHOW(syscall(SYS_setreuid, -1, -1));
}

static void show_capability_errors(void)
{
    struct __user_cap_header_struct header = {1, 0};
    struct __user_cap_data_struct data[2];

    SHOW(syscall(SYS_capget, &header, data));
    printf("preferred version %x\n", header.version);
    header.version = 1;
    SHOW(syscall(SYS_capget, &header, NULL));
    SHOW(syscall(SYS_capget, BAD, NULL));
    SHOW(syscall(SYS_capget, &header, BAD));
    header.pid = -1;
    SHOW(syscall(SYS_capget, &header, data));
    SHOW(syscall(SYS_capset, &header, data));
    header.pid = 0x7ffffff0;
    SHOW(syscall(SYS_capget, &header, data));
    header.pid = 0;
    SHOW(syscall(SYS_capset, &header, BAD));
    header.version = 5;
    SHOW(syscall(SYS_capset, &header, data));
    header.version = _LINUX_CAPABILITY_VERSION_1;
    SHOW(syscall(SYS_capget, &header, data));
}

static void set_capabilities(uint32_t effective, uint32_t permitted,
                             uint32_t inheritable)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {
        {effective, permitted, inheritable}};

    printf("%x %x %x: ", effective, permitted, inheritable);
    SHOW(syscall(SYS_capset, &header, data));
}

static void show_bounding_and_ambient(void)
{
    SHOW(prctl(PR_CAPBSET_READ, CAP_SYS_CHROOT, 0, 0, 0));
    SHOW(prctl(PR_CAPBSET_DROP, CAP_SYS_CHROOT, 0, 0, 0));
    SHOW(prctl(PR_CAPBSET_READ, CAP_SYS_CHROOT, 0, 0, 0));
    SHOW(prctl(PR_CAPBSET_READ, 64, 0, 0, 0));
    SHOW(prctl(PR_CAPBSET_DROP, 64, 0, 0, 0));
    SHOW(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0));
    SHOW(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
    SHOW(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 64, 0, 0));
    SHOW(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_KILL, 1, 0));
    SHOW(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
    SHOW(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 1, 0, 0));
    SHOW(prctl(PR_CAP_AMBIENT, 99, CAP_KILL, 0, 0));
}

static void show_ambient_follows(void)
{
    const uint32_t kill = 1u << CAP_KILL;

    set_capabilities(0xffff, 0xffff, kill);
    SHOW(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
    SHOW(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0));
    set_capabilities(0xffff, 0xffff, 0);
    SHOW(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0));
    set_capabilities(0x1ffff, 0xffff, 0);
    set_capabilities(0, 0x1ffff, 0);
    set_capabilities(0, 0xffff, 0x1ffff);
    show_capabilities("set by hand");
    set_capabilities(0xffff, 0xffff, 0);
}

static void show_switching_users(void)
{
    SHOW(syscall(SYS_setresgid, 100, 200, 300));
    SHOW(syscall(SYS_setfsgid, 5));
    SHOW(syscall(SYS_setfsgid, -1));
    SHOW(syscall(SYS_setregid, -1, 100));
    SHOW(syscall(SYS_setfsuid, 7));
    show_capabilities("file user 7");
    SHOW(syscall(SYS_setfsuid, 0));
    show_capabilities("file user 0");
    SHOW(syscall(SYS_setresuid, -1, 1000, -1));
    show_ids("effective user 1000");
    show_capabilities("effective user 1000");
    SHOW(syscall(SYS_setreuid, 1000, 0));
    show_ids("swapped");
    show_capabilities("swapped");
    SHOW(syscall(SYS_setresuid, 1000, 1001, 1002));
    show_ids("no root left");
    show_capabilities("no root left");
}

static void show_unprivileged(void)
{
    const gid_t group = 1;
    const struct rlimit low = {10, 20}, high = {10, 30};

    SHOW(syscall(SYS_setrlimit, RLIMIT_NOFILE, &low));
    SHOW(syscall(SYS_setrlimit, RLIMIT_NOFILE, &high));
    SHOW(syscall(SYS_setpriority, PRIO_PROCESS, 0, 5));
    SHOW(syscall(SYS_setpriority, PRIO_PROCESS, 0, 1));
    SHOW(syscall(SYS_sethostname, "x", 1));

    SHOW(syscall(SYS_setuid, 0));
    SHOW(syscall(SYS_setuid, 1002));
    show_ids("effective is saved");
    SHOW(syscall(SYS_setresuid, 5, -1, -1));
    SHOW(syscall(SYS_setresuid, 1002, 1000, 1002));
    SHOW(syscall(SYS_setreuid, 5, -1));
    SHOW(syscall(SYS_setreuid, -1, 5));
    SHOW(syscall(SYS_setreuid, 1000, 1002));
    show_ids("exchanged");
    SHOW(syscall(SYS_setgid, 12345));
    SHOW(syscall(SYS_setregid, 12345, -1));
    SHOW(syscall(SYS_setresgid, 12345, -1, -1));
    SHOW(syscall(SYS_setfsuid, 12345));
    SHOW(syscall(SYS_setfsuid, 1000));
    SHOW(syscall(SYS_setfsuid, -1));
    SHOW(syscall(SYS_setgroups, 1, &group));
    SHOW(prctl(PR_CAPBSET_DROP, CAP_KILL, 0, 0, 0));
    SHOW(prctl(PR_SET_SECUREBITS, 1, 0, 0, 0));
    show_ids("end");
}

int main(void)
{
    show_ids("start");
    show_groups();
    show_bad_arguments();
    show_capability_errors();
    show_bounding_and_ambient();
    SHOW(prctl(PR_SET_SECUREBITS, 1 << SECURE_NOROOT, 0, 0, 0));
    SHOW(prctl(PR_SET_SECUREBITS, 1 << 20, 0, 0, 0));
    SHOW(prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
    SHOW(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
    SHOW(prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
    SHOW(prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0));
    SHOW(prctl(PR_SET_KEEPCAPS, 2, 0, 0, 0));
    show_ambient_follows();
    show_switching_users();
    show_unprivileged();
    return 0;
}
