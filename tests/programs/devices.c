/*
 * Uses a Linux guest's devices from inside: run with the name of what to use.
 * Prints what it found; exits 0 when all was well.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
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

static int connect_to(const char *address, uint16_t port)
{
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    /* The link is up a moment after the program starts. */
    for (int tries = 0; tries < 100; tries++) {
        if (inet_pton(AF_INET, address, &there.sin_addr) == 1 &&
            connect(fd, (struct sockaddr *)&there, sizeof(there)) == 0)
            return fd;
        usleep(50000);
    }
    return -1;
}

/* Sends 1 MiB to ADDRESS port 7000 and checks that the same comes back. */
static int tcp_echo(const char *address)
{
    static unsigned char sent[BLOCK], back[BLOCK];
    int fd = connect_to(address, 7000);

    if (fd < 0)
        return fail("connect");
    for (int i = 0; i < 16; i++) {
        size_t got = 0;

        fill(sent, sizeof(sent), (uint64_t)i * BLOCK);
        if (write(fd, sent, sizeof(sent)) != sizeof(sent))
            return fail("send");
        while (got < sizeof(back)) {
            ssize_t part = read(fd, back + got, sizeof(back) - got);

            if (part <= 0)
                return fail("receive");
            got += (size_t)part;
        }
        if (memcmp(sent, back, sizeof(sent)) != 0)
            return fail("what came back");
    }
    printf("echoed\n");
    return 0;
}

/* Accepts one connection on port 7001 and copies what it sends to stdout. */
static int tcp_serve(const char *unused)
{
    const struct sockaddr_in here = {.sin_family = AF_INET,
                                     .sin_port = htons(7001)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), fd;
    char buffer[256];
    ssize_t length;

    (void)unused;
    if (bind(listener, (const struct sockaddr *)&here, sizeof(here)) < 0 ||
        listen(listener, 1) < 0)
        return fail("listen");
    fd = accept(listener, NULL, NULL);
    if (fd < 0)
        return fail("accept");
    while ((length = read(fd, buffer, sizeof(buffer))) > 0)
        write(1, buffer, (size_t)length);
    return length < 0;
}

/* The host's side of tcp-echo: one connection on port 7000. */
static int tcp_echo_server(const char *unused)
{
    const struct sockaddr_in here = {.sin_family = AF_INET,
                                     .sin_port = htons(7000)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), fd;
    static char buffer[BLOCK];
    ssize_t length;

    (void)unused;
    if (bind(listener, (const struct sockaddr *)&here, sizeof(here)) < 0 ||
        listen(listener, 1) < 0)
        return fail("listen");
    fd = accept(listener, NULL, NULL);
    while ((length = read(fd, buffer, sizeof(buffer))) > 0) {
        if (write(fd, buffer, (size_t)length) != length)
            return fail("send");
    }
    return length < 0;
}

/* The host's side of tcp-serve: sends a line to ADDRESS port 7001. */
static int tcp_send(const char *address)
{
    static const char line[] = "hello from outside\n";
    int fd = connect_to(address, 7001);

    if (fd < 0 || write(fd, line, sizeof(line) - 1) != sizeof(line) - 1)
        return fail("send");
    return 0;
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
    {"tcp-echo", tcp_echo},
    {"tcp-serve", tcp_serve},
    {"tcp-echo-server", tcp_echo_server},
    {"tcp-send", tcp_send},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof(acts) / sizeof(acts[0]); i++) {
        if (strcmp(argv[1], acts[i].name) == 0)
            return acts[i].act(argc > 2 ? argv[2] : "");
    }
    return 2;
}
