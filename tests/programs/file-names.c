/*
 * Names of files: making, finding, moving and removing them, with the errors
 * and their order. Needs an empty directory /tree.
 */
#include "tests/programs/show.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char long_name[300], long_path[5000];

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    if (fd >= 0) {
        if (write(fd, text, strlen(text)) < 0)
            perror(path);
        close(fd);
    }
}

/* Kind, permissions, links and size of files of a name. */
static void show_stat(const char *path)
{
    struct stat status;

    if (lstat(path, &status) < 0)
        printf("%s: %s\n", path, strerror(errno));
    else if (S_ISDIR(status.st_mode))
        printf("%s: %o links %lu\n", path, status.st_mode,
               (unsigned long)status.st_nlink);
    else
        printf("%s: %o links %lu size %ld\n", path, status.st_mode,
               (unsigned long)status.st_nlink, (long)status.st_size);
}

static int compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void show_directory(const char *path)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;
    char *names[64];
    int count = 0;

    if (directory == NULL) {
        printf("%s: %s\n", path, strerror(errno));
        return;
    }
    while (count < 64 && (entry = readdir(directory)) != NULL) {
        char name[300];

        snprintf(name, sizeof(name), "%s/%d", entry->d_name, entry->d_type);
        names[count++] = strdup(name);
    }
    closedir(directory);
    qsort(names, (size_t)count, sizeof(*names), compare);
    printf("%s:", path);
    for (int i = 0; i < count; i++)
        printf(" %s", names[i]);
    printf("\n");
}

static void making(void)
{
    SHOW(mkdir("d", 0777));
    SHOW(mkdir("d", 0777));
    SHOW(mkdir("d/", 0777));
    SHOW(mkdir("", 0777));
    SHOW(mkdir(".", 0777));
    SHOW(mkdir("..", 0777));
    SHOW(mkdir("/", 0777));
    SHOW(mkdir("slash/", 0700));
    SHOW(mkdir("no/such", 0777));
    SHOW(mkdir(BAD, 0777));
    SHOW(mkdir(long_name, 0777));
    SHOW(mkdir(long_path, 0777));
    SHOW(mkdir("sticky", 01777));
    SHOW(mkdir("setgid", 02777));
    SHOW(umask(077));
    SHOW(mkdir("private", 0777));
    SHOW(umask(022));
    SHOW(open("d/f", O_CREAT | O_EXCL | O_WRONLY, 0666));
    SHOW(open("d/f", O_CREAT | O_EXCL | O_WRONLY, 0666));
    SHOW(open("d/new/", O_CREAT | O_WRONLY, 0666));
    SHOW(open("d", O_CREAT | O_WRONLY, 0666));
    SHOW(open("d", O_WRONLY));
    SHOW(open("d", O_RDWR));
    SHOW(open("d/f", O_DIRECTORY));
    SHOW(open("d/f/", O_RDONLY));
    SHOW(open("d/f/x", O_RDONLY));
    SHOW(open("d/none", O_RDONLY));
    SHOW(open("", O_RDONLY));
    SHOW(open(BAD, O_RDONLY));
    SHOW(open(long_name, O_RDONLY));
    SHOW(mknod("fifo", S_IFIFO | 0644, 0));
    SHOW(mknod("plain", S_IFREG | 0600, 0));
    SHOW(mknod("plain", S_IFREG | 0600, 0));
    SHOW(mknod("dir", S_IFDIR | 0600, 0));
    SHOW(mknod("odd", 0170000 | 0600, 0));
    SHOW(open("d", O_TMPFILE | O_RDWR, 0600) >= 0);
    SHOW(open("d", O_TMPFILE | O_RDONLY, 0600));
    SHOW(open("d/f", O_TMPFILE | O_RDWR, 0600));
    show_stat("d");
    show_stat("slash");
    show_stat("sticky");
    show_stat("setgid");
    show_stat("private");
    show_stat("d/f");
    show_stat("fifo");
    show_stat("plain");
    show_directory(".");
}

static void links(void)
{
    char buffer[100];

    put("d/text", "text");
    SHOW(link("d/text", "hard"));
    SHOW(link("d/text", "hard"));
    SHOW(link("d", "directory"));
    SHOW(link("none", "hard2"));
    SHOW(link("d/text", "d/"));
    SHOW(link("d/text", "new/"));
    SHOW(link("d/text/", "hard2"));
    SHOW(symlink("d/text", "soft"));
    SHOW(symlink("d/text", "soft"));
    SHOW(symlink("", "empty"));
    SHOW(symlink("d", "to-d"));
    SHOW(symlink("none", "dangling"));
    SHOW(symlink("loop", "loop"));
    SHOW(symlink("loop-b", "loop-a"));
    SHOW(symlink("loop-a", "loop-b"));
    SHOW(symlink("to-d/../to-d", "round"));
    SHOW(symlink(long_path, "long"));
    SHOW(readlink("soft", buffer, sizeof(buffer)));
    SHOW(readlink("soft", buffer, 3));
    SHOW(readlink("soft", buffer, 0));
    SHOW(readlink("d", buffer, sizeof(buffer)));
    SHOW(readlink("none", buffer, sizeof(buffer)));
    SHOW(readlink("soft/", buffer, sizeof(buffer)));
    SHOW(readlink("to-d/", buffer, sizeof(buffer)));
    SHOW(readlink("soft", BAD, 10));
    SHOW(open("loop", O_RDONLY));
    SHOW(open("loop-a", O_RDONLY));
    SHOW(open("loop-a/x", O_RDONLY));
    SHOW(open("soft", O_RDONLY | O_NOFOLLOW));
    SHOW(open("to-d", O_RDONLY | O_NOFOLLOW));
    SHOW(open("to-d", O_RDONLY | O_NOFOLLOW | O_DIRECTORY));
    SHOW(open("soft", O_PATH | O_NOFOLLOW) >= 0);
    SHOW(open("dangling", O_RDONLY));
    SHOW(open("dangling", O_CREAT | O_EXCL | O_WRONLY, 0666));
    SHOW(open("dangling", O_CREAT | O_WRONLY, 0666) >= 0);
    SHOW(open("dangling/", O_CREAT | O_WRONLY, 0666));
    SHOW(mkdir("dangling/", 0777));
    SHOW(linkat(AT_FDCWD, "soft", AT_FDCWD, "hard-soft", 0));
    SHOW(linkat(AT_FDCWD, "soft", AT_FDCWD, "hard-text", AT_SYMLINK_FOLLOW));
    SHOW(linkat(AT_FDCWD, "soft", AT_FDCWD, "x", 0x4000));
    show_stat("none");
    show_stat("soft");
    show_stat("soft/");
    show_stat("to-d/");
    show_stat("round/text");
    show_stat("round/../d/./text");
    show_stat("hard");
    show_stat("hard-soft");
    show_stat("hard-text");
}

/* Links as deep as they may be followed, and one deeper. */
static void chains(void)
{
    char name[20], target[20];

    put("chain0", "end");
    for (int i = 1; i <= 41; i++) {
        snprintf(name, sizeof(name), "chain%d", i);
        snprintf(target, sizeof(target), "chain%d", i - 1);
        if (symlink(target, name) < 0)
            perror(name);
    }
    SHOW(access("chain39", F_OK));
    SHOW(access("chain40", F_OK));
    SHOW(access("chain41", F_OK));
    for (int i = 0; i <= 41; i++) {
        snprintf(name, sizeof(name), "chain%d", i);
        unlink(name);
    }
}

static void removing(void)
{
    SHOW(unlink("d"));
    SHOW(unlink("d/"));
    SHOW(unlink("none2"));
    SHOW(unlink("none2/"));
    SHOW(unlink("soft/"));
    SHOW(unlink("to-d/"));
    SHOW(unlink("plain/"));
    SHOW(unlink("plain"));
    SHOW(unlink("."));
    SHOW(unlink(".."));
    SHOW(unlink("/"));
    SHOW(unlink("d/text"));
    show_stat("hard");
    SHOW(rmdir("d"));
    SHOW(rmdir("to-d"));
    SHOW(rmdir("to-d/"));
    SHOW(rmdir("hard"));
    SHOW(rmdir("none2"));
    SHOW(rmdir("."));
    SHOW(rmdir("d/.."));
    SHOW(rmdir("d/."));
    SHOW(rmdir("/"));
    SHOW(rmdir("slash/"));
    SHOW(unlinkat(AT_FDCWD, "private", AT_REMOVEDIR));
    SHOW(unlinkat(AT_FDCWD, "private", 1));
    show_directory(".");
    show_directory("d");
}

static int rename2(const char *from, const char *to, unsigned flags)
{
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

static void moving(void)
{
    mkdir("m", 0755);
    mkdir("m/a", 0755);
    mkdir("m/a/b", 0755);
    mkdir("m/empty", 0755);
    put("m/f", "f");
    put("m/g", "gg");
    SHOW(rename("m/a", "m/a/b/c"));
    SHOW(rename("m/a", "m/a"));
    SHOW(rename("m/a/b", "m/a"));
    SHOW(rename("m/f", "m/a"));
    SHOW(rename("m/a", "m/f"));
    SHOW(rename("m/empty", "m/a"));
    SHOW(rename("m/a", "m/empty"));
    SHOW(rename("m/none", "m/x"));
    SHOW(rename("m/f", "none/x"));
    SHOW(rename("m/f", "m/x/"));
    SHOW(rename("m/f/", "m/x"));
    SHOW(rename("m/.", "m/x"));
    SHOW(rename("m/f", "m/.."));
    SHOW(rename("/", "m/x"));
    SHOW(rename("m/f", "m/g"));
    show_stat("m/g");
    put("m/f", "f");
    SHOW(rename2("m/f", "m/g", RENAME_NOREPLACE));
    SHOW(rename2("m/f", "m/h", RENAME_NOREPLACE));
    SHOW(rename2("m/h", "m/none", RENAME_EXCHANGE));
    SHOW(rename2("m/h", "m/empty", RENAME_EXCHANGE));
    show_stat("m/h");
    show_stat("m/empty");
    show_stat("m/h/b");
    SHOW(rename2("m/h", "m/h/b", RENAME_EXCHANGE));
    SHOW(rename2("m/h", "m/g", RENAME_EXCHANGE | RENAME_NOREPLACE));
    SHOW(rename2("m/h", "m/g", 0x100));
    SHOW(rename("m/h/b", "b"));
    show_stat("b/..");
    show_stat("m/h");
    SHOW(link("m/g", "m/same"));
    SHOW(rename("m/g", "m/same"));
    show_directory("m");
}

/* ...at calls, the working directory, and directories that are gone. */
static void places(void)
{
    char buffer[PATH_MAX];
    int directory = open("m", O_RDONLY | O_DIRECTORY);
    int file = open("m/g", O_RDONLY);
    struct stat status;

    SHOW(openat(directory, "g", O_RDONLY) >= 0);
    SHOW(openat(file, "g", O_RDONLY));
    SHOW(openat(999, "g", O_RDONLY));
    SHOW(openat(999, "/", O_RDONLY) >= 0);
    SHOW(openat(directory, "", O_RDONLY));
    SHOW(mkdirat(directory, "at", 0755));
    SHOW(fstatat(directory, "at", &status, 0));
    SHOW(fstatat(file, "", &status, AT_EMPTY_PATH));
    SHOW(fstatat(file, "", &status, 0));
    SHOW(fstatat(directory, "at", &status, 0x10));
    SHOW(stat("m", BAD));
    SHOW(renameat(directory, "at", AT_FDCWD, "out"));
    SHOW(fchdir(file));
    SHOW(fchdir(directory));
    show_stat("g");
    SHOW(chdir("nowhere"));
    SHOW(chdir("g"));
    SHOW(chdir(".."));
    SHOW(mkdir("gone", 0755));
    SHOW(chdir("gone"));
    SHOW(rmdir("../gone"));
    SHOW(getcwd(buffer, sizeof(buffer)) == NULL);
    SHOW(open("x", O_CREAT | O_WRONLY, 0644));
    SHOW(mkdir("x", 0755));
    SHOW(open(".", O_RDONLY) >= 0);
    show_directory(".");
    SHOW(chdir(".."));
    SHOW(getcwd(buffer, 1) == NULL);
    SHOW(syscall(SYS_getcwd, BAD, 100));
    SHOW(close(directory));
    SHOW(close(file));
    SHOW(close(file));
}

/* A listing in small pieces that files are taken out of meanwhile. */
static void listing(void)
{
    static char seen[1000];
    char buffer[128], name[20];
    int directory, count = 0;
    long length;

    mkdir("many", 0755);
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof(name), "many/%d", i);
        put(name, "");
    }
    directory = open("many", O_RDONLY);
    SHOW(syscall(SYS_getdents64, directory, buffer, 10));
    SHOW(syscall(SYS_getdents64, directory, BAD, 100));
    SHOW(syscall(SYS_getdents64, 0, buffer, 100));
    while ((length = syscall(SYS_getdents64, directory, buffer, 128)) > 0) {
        for (long at = 0; at < length;) {
            uint16_t record_length;

            memcpy(&record_length, buffer + at + 16, sizeof(record_length));
            if (buffer[at + 19] != '.') {
                int number = atoi(buffer + at + 19);

                seen[number]++;
                snprintf(name, sizeof(name), "many/%d", number);
                unlink(name);
                count++;
            }
            at += record_length;
        }
    }
    printf("seen %d, last %ld\n", count, length);
    for (int i = 0; i < 1000; i++) {
        if (seen[i] != 1)
            printf("%d seen %d times\n", i, seen[i]);
    }
    SHOW(lseek(directory, 0, SEEK_SET));
    SHOW(syscall(SYS_getdents64, directory, buffer, 128) > 0);
    SHOW(rmdir("many"));
    SHOW(syscall(SYS_getdents64, directory, buffer, 128));
    close(directory);
}

int main(void)
{
    if (chdir("/tree") < 0)
        return 1;
    memset(long_name, 'n', sizeof(long_name) - 1);
    for (size_t i = 0; i < sizeof(long_path) - 1; i++)
        long_path[i] = i % 2 ? '/' : '.';
    umask(022);
    making();
    links();
    chains();
    removing();
    moving();
    places();
    listing();
    return 0;
}
