/*
 * File systems: those that init needs, then those of the bundle; see init.h.
 * The bundle's are mounted with its rootfs as the root already, so that no
 * link in it leads elsewhere.
 * Source: runtime-spec 1.0.2, config-linux.md, "Default Devices", "/dev
 * symbolic links"; mount(2).
 */
#include "guests/linux/init.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static const struct {
    const char *path;
    mode_t mode;
    unsigned int major, minor;
} default_devices[] = {
    {"/dev/null", 0666, 1, 3},    {"/dev/zero", 0666, 1, 5},
    {"/dev/full", 0666, 1, 7},    {"/dev/random", 0666, 1, 8},
    {"/dev/urandom", 0666, 1, 9}, {"/dev/tty", 0666, 5, 0},
};

static const struct {
    const char *path, *target;
} default_links[] = {
    {"/dev/fd", "/proc/self/fd"},       {"/dev/stdin", "/proc/self/fd/0"},
    {"/dev/stdout", "/proc/self/fd/1"}, {"/dev/stderr", "/proc/self/fd/2"},
    {"/dev/ptmx", "pts/ptmx"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void mount_early(const char *type, const char *path)
{
    if (mount(type, path, type, MS_NOSUID, NULL) < 0)
        init_fail("cannot mount %s: %s", type, strerror(errno));
}

void root_mount_early(void)
{
    mount_early("proc", "/proc");
    mount_early("sysfs", "/sys");
    mount_early("devtmpfs", "/dev");
}

/* Makes path and the directories above it; the mount says what is wrong. */
static void make_directories(const char *path)
{
    char prefix[4096];

    for (size_t i = 1; path[i - 1] != '\0' && i < sizeof(prefix); i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(prefix, path, i);
        prefix[i] = '\0';
        mkdir(prefix, 0755);
    }
}

static void mount_all(const struct process_spec *spec)
{
    for (uint32_t i = 0; i < spec->header.mount_count; i++) {
        const struct spec_mount *wanted = &spec->mounts[i];

        make_directories(wanted->destination);
        if (mount(wanted->source, wanted->destination, wanted->type,
                  wanted->flags, wanted->data) < 0)
            init_fail("config.json: mounts: %s (%s): %s", wanted->destination,
                      wanted->type, strerror(errno));
    }
}

/* What the rootfs has already, or cannot have, stays as it is. */
static void make_devices(void)
{
    mkdir("/dev", 0755);
    for (size_t i = 0; i < COUNT(default_devices); i++) {
        dev_t device =
            makedev(default_devices[i].major, default_devices[i].minor);

        mknod(default_devices[i].path, S_IFCHR | default_devices[i].mode,
              device);
    }
    for (size_t i = 0; i < COUNT(default_links); i++)
        (void)!symlink(default_links[i].target, default_links[i].path);
}

/* switch_root(8), without emptying what is left behind. */
static void switch_root(void)
{
    if (mount(RINGSIDE_ROOTFS_PATH, RINGSIDE_ROOTFS_PATH, NULL, MS_BIND, NULL) <
            0 ||
        chdir(RINGSIDE_ROOTFS_PATH) < 0 ||
        mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 ||
        chdir("/") < 0)
        init_fail("cannot make the rootfs the root: %s", strerror(errno));
}

void root_enter(const struct process_spec *spec)
{
    size_t length = strlen(spec->hostname);

    switch_root();
    umask(0); /* devices shall have the modes above */
    mount_all(spec);
    make_devices();
    umask(022);
    if (length > 0 && sethostname(spec->hostname, length) < 0)
        init_fail("config.json: hostname: \"%s\": %s", spec->hostname,
                  strerror(errno));
    if ((spec->header.flags & PROCESS_SPEC_READONLY_ROOT) &&
        mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) < 0)
        init_fail("cannot make the root read-only: %s", strerror(errno));
}
