/* Makes a small tree once and has the VMM's own code archive it. */
#include "tests/fuzz/unikernel/root.h"

#include "oci/bundle.h"
#include "tests/fuzz/fuzz.h"
#include "vmm/root_archive.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct root_archive archive;

static void make_file(int directory, const char *name, const char *text)
{
    int fd = openat(directory, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    fuzz_require(fd >= 0);
    fuzz_require(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static void make_tree(int root)
{
    fuzz_require(mkdirat(root, "tmp", 01777) == 0);
    fuzz_require(mkdirat(root, "etc", 0755) == 0);
    fuzz_require(mkdirat(root, "bin", 0755) == 0);
    make_file(root, "etc/hosts", "127.0.0.1 localhost\n");
    make_file(root, "bin/program", "#!\n");
    fuzz_require(symlinkat("../etc/hosts", root, "tmp/link") == 0);
    fuzz_require(symlinkat("loop", root, "tmp/loop") == 0);
    fuzz_require(linkat(root, "etc/hosts", root, "etc/again", 0) == 0);
}

static void remove_tree(int root)
{
    static const char *const names[] = {"etc/again", "tmp/loop", "tmp/link",
                                        "bin/program", "etc/hosts"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unlinkat(root, names[i], 0);
    unlinkat(root, "bin", AT_REMOVEDIR);
    unlinkat(root, "etc", AT_REMOVEDIR);
    unlinkat(root, "tmp", AT_REMOVEDIR);
}

static void make_archive(void)
{
    char path[] = "/dev/shm/ringside-fuzz-root-XXXXXX";
    const struct bundle bundle = {.rootfs = path};
    const struct root_options options = {.no_cache = true};
    struct error error = {0};
    int root;

    fuzz_require(mkdtemp(path) != NULL);
    root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    fuzz_require(root >= 0);
    make_tree(root);
    fuzz_require(root_archive_get(&archive, &bundle, &options, &error) == 0);
    remove_tree(root);
    close(root);
    rmdir(path);
}

uint64_t root_size(void)
{
    if (archive.size == 0)
        make_archive();
    return archive.size;
}

void root_map(uint64_t address)
{
    const uint64_t size = root_size();

    fuzz_require(mmap((void *)address, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
                      0) != MAP_FAILED);
    memcpy((void *)address, archive.data, size);
    fuzz_require(mprotect((void *)address, size, PROT_READ) == 0);
}
