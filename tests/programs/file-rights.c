/*
 * Who may do what with files: modes, owners, times, and what a user without
 * privileges is refused. Needs an empty
 * directory /tree, and to be root.
 */
#include "tests/programs/show.h"

#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

static void show_stat(const char *path)
{
    struct stat status;

    if (lstat(path, &status) < 0) {
        printf("%s: %s\n", path, strerror(errno));
        return;
    }
    printf("%s: %o %u:%u\n", path, status.st_mode, status.st_uid,
           status.st_gid);
}

static void show_times(const char *path)
{
    struct stat status;

    lstat(path, &status);
    printf("%s: accessed %ld.%09ld modified %ld.%09ld\n", path,
           (long)status.st_atim.tv_sec, status.st_atim.tv_nsec,
           (long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

static void modes(void)
{
    SHOW(chmod("file", 04755));
    show_stat("file");
    SHOW(chmod("none", 0644));
    SHOW(chmod(BAD, 0644));
    SHOW(fchmodat(AT_FDCWD, "file", 0600, 0));
    SHOW(fchmod(999, 0600));
    SHOW(chmod("directory", 01777));
    show_stat("directory");
    SHOW(chmod("file", 06755));
    SHOW(chown("file", 1000, 1001));
    show_stat("file");
    SHOW(chown("file", -1, 5));
    SHOW(chown("file", -1, -1));
    show_stat("file");
    SHOW(lchown("link", 7, 8));
    show_stat("link");
    SHOW(chown("link", 0, 0));
    show_stat("link");
    show_stat("file");
    SHOW(fchownat(AT_FDCWD, "link", 9, 9, AT_SYMLINK_NOFOLLOW));
    SHOW(fchownat(AT_FDCWD, "link", 9, 9, 0x8000));
    show_stat("link");
    SHOW(access("file", R_OK | W_OK));
    SHOW(access("file", 8));
    SHOW(access("none", F_OK));
    SHOW(faccessat(AT_FDCWD, "file", R_OK, AT_EACCESS));
    SHOW(mkdir("directory/sub", 0777));
    SHOW(chmod("directory", 02777));
    SHOW(chown("directory", 0, 77));
    SHOW(mkdir("directory/inherits", 0777));
    show_stat("directory/inherits");
    SHOW(umask(0));
    SHOW(close(open("directory/plain", O_CREAT | O_WRONLY, 0666)));
    show_stat("directory/plain");
    SHOW(umask(022));
}

static void times(void)
{
    struct timespec both[2] = {{1000, 5}, {2000, 999999999}};
    struct timeval older[2] = {{3000, 7}, {4000, 8}};
    struct utimbuf oldest = {5000, 6000};

    SHOW(utimensat(AT_FDCWD, "file", both, 0));
    show_times("file");
    both[0].tv_nsec = UTIME_OMIT;
    both[1].tv_nsec = 3;
    SHOW(utimensat(AT_FDCWD, "file", both, 0));
    show_times("file");
    SHOW(utimensat(AT_FDCWD, "link", both, AT_SYMLINK_NOFOLLOW));
    both[1].tv_nsec = UTIME_OMIT;
    SHOW(utimensat(AT_FDCWD, "none", both, 0));
    both[1].tv_nsec = 1000000000;
    SHOW(utimensat(AT_FDCWD, "file", both, 0));
    both[1].tv_nsec = -1;
    SHOW(utimensat(AT_FDCWD, "file", both, 0));
    SHOW(utimensat(AT_FDCWD, "file", NULL, 0x4000));
    SHOW(utimensat(999, "x", NULL, 0));
    SHOW(syscall(SYS_utimensat, 999, NULL, NULL, 0));
    SHOW(syscall(SYS_utimensat, AT_FDCWD, "file", BAD, 0));
    SHOW(utimes("file", older));
    show_times("file");
    older[0].tv_usec = 1000000;
    SHOW(utimes("file", older));
    SHOW(utime("file", &oldest));
    show_times("file");
    both[0] = (struct timespec){-5, 0};
    both[1] = (struct timespec){-5, 1};
    SHOW(utimensat(AT_FDCWD, "file", both, 0));
    show_times("file");
}

static void others(void)
{
    char value[10];
    struct statfs status;

    SHOW(statfs(".", &status));
    printf("%ld\n", (long)status.f_namelen);
    SHOW(statfs("none", &status));
    SHOW(statfs(".", BAD));
    SHOW(fstatfs(999, &status));
    SHOW(getxattr("none", "user.x", value, sizeof(value)));
    SHOW(fgetxattr(999, "user.x", value, sizeof(value)));
    SHOW(listxattr("file", value, sizeof(value)));
}

/* What root has made, as the user 1000 of the groups 1000 and 50 sees it. */
static void prepare(void)
{
    mkdir("secret", 0700);
    close(open("secret/file", O_CREAT | O_WRONLY, 0666));
    mkdir("listed", 0744);
    close(open("listed/file", O_CREAT | O_WRONLY, 0666));
    mkdir("searched", 0711);
    close(open("searched/file", O_CREAT | O_WRONLY, 0644));
    mkdir("tmp", 0777);
    chmod("tmp", 01777);
    close(open("tmp/root", O_CREAT | O_WRONLY, 0644));
    close(open("group", O_CREAT | O_WRONLY, 0640));
    chown("group", 0, 50);
    close(open("mine", O_CREAT | O_WRONLY, 0600));
    chown("mine", 1000, 1000);
    close(open("not-mine", O_CREAT | O_WRONLY, 0604));
    chown("not-mine", 1000, 1000);
    chmod("not-mine", 0044);
    chmod(".", 0755);
    chmod("/", 0755);
}

static void as_user(void)
{
    const gid_t group = 50;

    SHOW(setgroups(1, &group));
    SHOW(setresgid(1000, 1000, 1000));
    SHOW(setresuid(1000, 1000, 1000));
    SHOW(open("secret/file", O_RDONLY));
    SHOW(open("secret/none", O_RDONLY));
    SHOW(chdir("secret"));
    SHOW(access("listed", R_OK));
    SHOW(access("listed/file", F_OK));
    SHOW(open("searched", O_RDONLY));
    SHOW(open("searched/file", O_RDONLY) >= 0);
    SHOW(open("searched/file", O_WRONLY));
    SHOW(open("searched/new", O_CREAT | O_WRONLY, 0644));
    SHOW(mkdir("searched/new", 0755));
    SHOW(unlink("searched/file"));
    SHOW(unlink("searched/none"));
    SHOW(rename("searched/file", "tmp/file"));
    SHOW(link("mine", "searched/link"));
    SHOW(symlink("x", "searched/link"));
    SHOW(unlink("tmp/root"));
    SHOW(rename("tmp/root", "tmp/moved"));
    SHOW(close(open("tmp/own", O_CREAT | O_WRONLY, 0644)));
    SHOW(rename("tmp/own", "tmp/root"));
    SHOW(unlink("tmp/own"));
    SHOW(open("group", O_RDONLY) >= 0);
    SHOW(open("group", O_RDWR));
    SHOW(open("mine", O_RDWR) >= 0);
    SHOW(open("not-mine", O_RDONLY));
    SHOW(chmod("group", 0666));
    SHOW(chmod("mine", 02755));
    show_stat("mine");
    SHOW(chown("mine", 0, -1));
    SHOW(chown("mine", -1, 50));
    show_stat("mine");
    SHOW(chown("mine", 1000, 77));
    SHOW(chown("group", -1, -1));
    SHOW(truncate("group", 0));
    SHOW(utimes("group", NULL));
    SHOW(utimes("searched/file", NULL));
    SHOW(utime("searched/file", &(struct utimbuf){1, 2}));
    SHOW(utimes("mine", NULL));
    SHOW(mknod("tmp/device", S_IFCHR | 0600, 0x103));
    SHOW(mknod("tmp/fifo", S_IFIFO | 0600, 0));
    SHOW(open("group", O_RDONLY | O_NOATIME));
    SHOW(chroot("."));
    SHOW(rename("searched", "tmp/searched"));
}

int main(void)
{
    if (chdir("/tree") < 0)
        return 1;
    umask(022);
    close(open("file", O_CREAT | O_WRONLY, 0666));
    SHOW(symlink("file", "link"));
    SHOW(mkdir("directory", 0777));
    modes();
    times();
    others();
    prepare();
    as_user();
    return 0;
}
