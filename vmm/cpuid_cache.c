/* The file of supported CPUID leaves; see cpuid_cache.h. */
#include "vmm/cpuid_cache.h"

#include "oci/cleanup.h"
#include "oci/file.h"
#include "vmm/checksum.h"
#include "vmm/files.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#define CACHE_MAGIC "ringside cpuid 1"

enum { BOOT_ID_SIZE = 36, RELEASE_SIZE = 72 };

/* What the answer depends on. No padding: it is compared as bytes. */
struct cache_key {
    char magic[16];
    char boot_id[BOOT_ID_SIZE + 4];
    char release[RELEASE_SIZE];
    uint64_t device, inode, changed_s, changed_ns; /* of /dev/kvm */
};

struct cache_file {
    struct cache_key key;
    uint64_t checksum; /* of what follows */
    uint64_t count;
    struct kvm_cpuid_entry2 entries[CPUID_ENTRIES];
};

static uint64_t sum_of(const struct cache_file *file)
{
    return checksum_add(CHECKSUM_START, &file->count,
                        sizeof(file->count) +
                            file->count * sizeof(file->entries[0]));
}

static int make_key(int kvm, struct cache_key *key)
{
    _cleanup_close_ int fd =
        open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    struct utsname system = {0};
    struct stat node;

    memset(key, 0, sizeof(*key));
    if (fd < 0 || read(fd, key->boot_id, BOOT_ID_SIZE) != BOOT_ID_SIZE ||
        uname(&system) < 0 || fstat(kvm, &node) < 0)
        return -errno;
    memcpy(key->magic, CACHE_MAGIC, sizeof(key->magic));
    _Static_assert(sizeof(system.release) <= RELEASE_SIZE, "no room");
    memcpy(key->release, system.release, sizeof(system.release));
    key->device = node.st_rdev;
    key->inode = node.st_ino;
    key->changed_s = (uint64_t)node.st_ctim.tv_sec;
    key->changed_ns = (uint64_t)node.st_ctim.tv_nsec;
    return 0;
}

static size_t file_size(uint64_t count)
{
    return offsetof(struct cache_file, entries) +
           count * sizeof(struct kvm_cpuid_entry2);
}

/* Opens what is a file of this user's, which nobody else may write to. */
static int open_own(const char *path, size_t *size)
{
    _cleanup_close_ int fd =
        open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0)
        return -errno;
    if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() ||
        (status.st_mode & 022) != 0 || status.st_size < (off_t)file_size(1) ||
        status.st_size > (off_t)sizeof(struct cache_file))
        return -EPERM;
    *size = (size_t)status.st_size;
    return take_fd(&fd);
}

bool cpuid_cache_read(const char *path, int kvm, union cpuid_table *table)
{
    struct cache_file file;
    struct cache_key key;
    size_t size = 0;
    _cleanup_close_ int fd = open_own(path, &size);

    if (fd < 0 || file_read_at(fd, &file, size, 0) < 0 ||
        make_key(kvm, &key) < 0)
        return false;
    if (memcmp(&file.key, &key, sizeof(key)) != 0 || file.count == 0 ||
        file.count > CPUID_ENTRIES || size != file_size(file.count) ||
        file.checksum != sum_of(&file))
        return false;
    table->head.nent = (uint32_t)file.count;
    memcpy(table->head.entries, file.entries,
           file.count * sizeof(file.entries[0]));
    return true;
}

/* Makes the directory that path lies in; it may be the first run's. */
static int make_parent(const char *path)
{
    _cleanup_free_ char *parent = strdup(path);
    struct error ignored = {0};

    if (parent == NULL)
        return -ENOMEM;
    *strrchr(parent, '/') = '\0';
    return directory_make(parent, 0700, &ignored);
}

void cpuid_cache_write(const char *path, int kvm,
                       const union cpuid_table *table)
{
    struct cache_file file = {.count = table->head.nent};
    _cleanup_free_ char *temporary = NULL;
    _cleanup_close_ int fd = -1;

    if (file.count > CPUID_ENTRIES || make_key(kvm, &file.key) < 0 ||
        make_parent(path) < 0)
        return;
    memcpy(file.entries, table->head.entries,
           file.count * sizeof(file.entries[0]));
    file.checksum = sum_of(&file);
    if (asprintf(&temporary, "%s.%d", path, (int)getpid()) < 0) {
        temporary = NULL;
        return;
    }
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (file_write_all(fd, &file, file_size(file.count)) < 0 ||
        rename(temporary, path) < 0)
        unlink(temporary);
}
