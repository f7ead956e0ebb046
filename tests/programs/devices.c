/*
 * Uses a Linux guest's devices from inside: run with the name of what to use.
 * Prints what it found; exits 0 when all was well.
 */
#include <errno.h>
#include <fcntl.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

enum { BLOCK = 64 << 10 };

static int fail(const char *what)
{
    fprintf(stderr, "devices: %s: %s\n", what, strerror(errno));
    return 1;
}

/* Bytes that differ at every place and can be made again. */
static void fill(unsigned char *buffer, size_t size, uint64_t offset)
{
    for (size_t i = 0; i < size; i++)
        buffer[i] = (unsigned char)((offset + i) * 2654435761u >> 13);
}

/* Writes all of the disk, syncs, reads it back, compares. */
static int disk_write(const char *path)
{
    static unsigned char written[BLOCK], read_back[BLOCK];
    int fd = open(path, O_RDWR);
    uint64_t size;

    if (fd < 0 || ioctl(fd, BLKGETSIZE64, &size) < 0)
        return fail(path);
    for (uint64_t at = 0; at < size; at += BLOCK) {
        fill(written, BLOCK, at);
        if (pwrite(fd, written, BLOCK, (off_t)at) != BLOCK)
            return fail("write");
    }
    /* Without the advice it would be read from the guest's own cache. */
    if (fsync(fd) < 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
        return fail("flush");
    for (uint64_t at = 0; at < size; at += BLOCK) {
        fill(written, BLOCK, at);
        if (pread(fd, read_back, BLOCK, (off_t)at) != BLOCK ||
            memcmp(written, read_back, BLOCK) != 0)
            return fail("read back");
    }
    printf("%llu bytes\n", (unsigned long long)size);
    return 0;
}

/* Copies the disk to standard output. */
static int disk_read(const char *path)
{
    static unsigned char buffer[BLOCK];
    int fd = open(path, O_RDONLY);
    ssize_t length;

    if (fd < 0)
        return fail(path);
    while ((length = read(fd, buffer, sizeof(buffer))) > 0) {
        if (write(1, buffer, (size_t)length) != length)
            return fail("write");
    }
    return length < 0 ? fail("read") : 0;
}

static int disk_is_read_only(const char *path)
{
    int fd = open(path, O_RDONLY), read_only = 0;

    if (fd < 0 || ioctl(fd, BLKROGET, &read_only) < 0)
        return fail(path);
    return read_only ? 0 : 1;
}

static int random_bytes(const char *path)
{
    unsigned char bytes[16];
    int fd = open(path, O_RDONLY);

    if (fd < 0 || read(fd, bytes, sizeof(bytes)) != sizeof(bytes))
        return fail(path);
    for (size_t i = 0; i < sizeof(bytes); i++)
        printf("%02x", bytes[i]);
    printf("\n");
    return 0;
}

static int processors(const char *unused)
{
    (void)unused;
    printf("%ld\n", sysconf(_SC_NPROCESSORS_ONLN));
    return 0;
}

/* Allocates and touches until something gives in. */
static int exhaust(const char *unused)
{
    (void)unused;
    for (;;) {
        char *memory = malloc(1 << 20);

        if (memory == NULL)
            return fail("malloc");
        memset(memory, 1, 1 << 20);
    }
}

static int crash_kernel(const char *unused)
{
    int fd = open("/proc/sysrq-trigger", O_WRONLY);

    (void)unused;
    if (fd < 0 || write(fd, "c", 1) != 1)
        return fail("/proc/sysrq-trigger");
    sleep(60);
    return 1;
}

static int power_off(const char *unused)
{
    (void)unused;
    sync();
    reboot(RB_POWER_OFF);
    return fail("reboot");
}

static const struct {
    const char *name;
    int (*act)(const char *argument);
} acts[] = {
    {"disk-write", disk_write},
    {"disk-read", disk_read},
    {"disk-is-read-only", disk_is_read_only},
    {"random", random_bytes},
    {"processors", processors},
    {"exhaust", exhaust},
    {"crash-kernel", crash_kernel},
    {"power-off", power_off},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof(acts) / sizeof(acts[0]); i++) {
        if (strcmp(argv[1], acts[i].name) == 0)
            return acts[i].act(argc > 2 ? argv[2] : "");
    }
    return 2;
}
