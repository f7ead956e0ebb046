/*
 * What happens when files fill memory: each call that needs more says so, what
 * was there stays, and removing a file makes room again. For a small guest.
 */
#include "tests/programs/show.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static char piece[1 << 16];

/* Writes until it fails; the error. */
static const char *fill(const char *name)
{
    int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    ssize_t moved;

    if (fd < 0)
        return strerror(errno);
    do
        moved = write(fd, piece, sizeof(piece));
    while (moved > 0);
    close(fd);
    return moved < 0 ? strerror(errno) : "nothing";
}

/* Makes files, directories and links until none can be made. */
static const char *make_names(void)
{
    char name[300];

    for (int i = 0;; i++) {
        snprintf(name, sizeof(name), "/names/%0200d", i);
        if (i % 3 == 0 && mkdir(name, 0755) < 0)
            break;
        if (i % 3 == 1 && symlink(name, name) < 0)
            break;
        if (i % 3 == 2 && mknod(name, S_IFREG | 0644, 0) < 0)
            break;
    }
    return strerror(errno);
}

static void check_content(void)
{
    char byte = 0;
    int fd = open("/kept", O_RDONLY);

    SHOW(pread(fd, &byte, 1, 4096));
    printf("kept: %c\n", byte);
    close(fd);
}

int main(void)
{
    int kept = open("/kept", O_CREAT | O_WRONLY, 0600);

    memset(piece, 'k', sizeof(piece));
    SHOW(write(kept, piece, sizeof(piece)));
    for (int round = 0; round < 3; round++) {
        printf("fill: %s\n", fill("/full"));
        SHOW(pwrite(kept, "K", 1, 1 << 20));
        SHOW(fallocate(kept, 0, 0, 64 << 20));
        SHOW(mmap(NULL, 32 << 20, PROT_READ, MAP_SHARED, kept, 0) ==
             MAP_FAILED);
        SHOW(mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
        check_content();
        SHOW(unlink("/full"));
    }
    SHOW(mkdir("/names", 0755));
    printf("names: %s\n", make_names());
    check_content();
    SHOW(truncate("/kept", 0));
    SHOW(pwrite(kept, "K", 1, 0));
    SHOW(fflush(stdout));
    return 0;
}
