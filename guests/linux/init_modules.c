/* Kernel modules of the initramfs; see init.h. Source: finit_module(2). */
#include "guests/linux/init.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void load(const char *name)
{
    char path[256];
    int fd, length;

    length = snprintf(path, sizeof(path), RINGSIDE_MODULES_PATH "/%s", name);
    if (length < 0 || (size_t)length >= sizeof(path))
        init_fail("%s: name too long", name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        init_fail("%s: %s", path, strerror(errno));
    if (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST)
        init_fail("cannot load the kernel module %s: %s", name,
                  strerror(errno));
    close(fd);
    unlink(path);
}

void modules_load(void)
{
    FILE *order = fopen(RINGSIDE_MODULES_PATH "/order", "re");
    char name[256];

    if (order == NULL && errno == ENOENT)
        return;
    if (order == NULL)
        init_fail(RINGSIDE_MODULES_PATH "/order: %s", strerror(errno));
    while (fgets(name, sizeof(name), order) != NULL) {
        name[strcspn(name, "\n")] = '\0';
        load(name);
    }
    fclose(order);
}
