/* Getting and attaching the root file system; see root_archive.h. */
#include "vmm/root_archive.h"

#include "guests/unikernel/layout.h"
#include "oci/cleanup.h"
#include "vmm/cpio.h"
#include "vmm/root_cache.h"
#include "vmm/root_index.h"
#include "vmm/root_tree.h"
#include "vmm/rootfs_archive.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

enum { ROOT_SLOT = 2 }; /* 0 and 1 are guest memory */

static int too_large(const struct bundle *bundle, const struct cpio *cpio,
                     struct error *error)
{
    return error_set(error, EFBIG,
                     "%s: an archive of %llu MiB; a unikernel takes a root "
                     "file system of %llu MiB at most",
                     bundle->rootfs, (unsigned long long)cpio->size >> 20,
                     (unsigned long long)ROOT_ARCHIVE_MAX >> 20);
}

static int build(struct buffer *bytes, const struct bundle *bundle,
                 struct error *error)
{
    _cleanup_(root_index_release) struct root_index_builder index = {0};
    struct cpio cpio;
    int status;

    cpio_begin(&cpio, bytes, ROOT_ARCHIVE_MAX);
    status = rootfs_archive_add(&cpio, bundle, &index, error);
    if (status == 0)
        status = cpio_end(&cpio, error);
    if (status == 0)
        status = root_index_write(&index, bytes, error);
    if (cpio.size > ROOT_ARCHIVE_MAX || bytes->size > ROOT_ARCHIVE_MAX)
        return too_large(bundle, &cpio, error);
    return status;
}

/* Into the file; digest becomes that of its bytes, where it is not NULL. */
static int build_in_file(int file, const struct bundle *bundle, char *digest,
                         uint64_t *size, struct error *error)
{
    struct buffer bytes = buffer_in_file(file);
    int status = build(&bytes, bundle, error);

    if (status == 0 && ftruncate(file, (off_t)bytes.size) < 0)
        status = error_errno(error, errno, "an archive in the cache");
    if (status == 0 && digest != NULL)
        root_digest(bytes.data, bytes.size, digest);
    *size = bytes.size;
    buffer_release(&bytes);
    return status;
}

/* In a file without a name. */
static int open_uncached(const struct bundle *bundle, uint64_t *size,
                         struct error *error)
{
    _cleanup_close_ int file = memfd_create("root", MFD_CLOEXEC);
    int status;

    if (file < 0)
        return error_errno(error, errno, "memfd_create");
    status = build_in_file(file, bundle, NULL, size, error);
    return status < 0 ? status : take_fd(&file);
}

/*
 * The tree is looked at once more when the archive is complete: only if it is
 * still what it was, the archive is its archive. Returns what was kept, *file
 * itself where nothing was.
 */
static int build_and_keep(const struct root_cache *cache, int *file,
                          const char *name, const struct bundle *bundle,
                          const struct root_tree *tree, struct error *error)
{
    char digest[ROOT_DIGEST_TEXT];
    struct root_tree after;
    uint64_t size;
    int status = build_in_file(*file, bundle, digest, &size, error), kept = -1;

    if (status == 0)
        status = root_tree_examine(bundle, &after, error);
    if (status == 0 && strcmp(tree->digest, after.digest) == 0) {
        status = root_cache_keep(cache, *file, name, tree, digest, error);
        kept = status < 0 ? -1 : root_cache_find(cache, digest);
    }
    if (status < 0)
        return status;
    return kept >= 0 ? kept : take_fd(file);
}

static int make(const struct root_cache *cache, const struct bundle *bundle,
                const struct root_tree *tree, struct error *error)
{
    char name[ROOT_CACHE_NAME];
    _cleanup_close_ int file = root_cache_begin(cache, name, error);
    int result;

    if (file < 0)
        return file;
    result = build_and_keep(cache, &file, name, bundle, tree, error);
    root_cache_drop(cache, name);
    if (result == -ENOSPC || result == -EDQUOT)
        return error_set(error, -result,
                         "no space left in %s for the archive of %s: make "
                         "some, or choose another place with --cache",
                         cache->path, bundle->rootfs);
    return result;
}

static int open_cached(const struct root_cache *cache,
                       const struct bundle *bundle,
                       const struct root_tree *tree, bool verify,
                       struct error *error)
{
    int file = -1;

    if (!verify)
        file = root_cache_find_tree(cache, tree);
    if (file < 0) {
        int status = root_cache_lock(cache, tree);

        if (status == -EINTR)
            return error_set(error, EINTR, "interrupted");
        /* Somebody may have made it while we waited. */
        if (!verify)
            file = root_cache_find_tree(cache, tree);
    }
    return file >= 0 ? file : make(cache, bundle, tree, error);
}

int root_archive_open(const struct bundle *bundle,
                      const struct root_options *options, uint64_t *size,
                      struct error *error)
{
    _cleanup_(root_cache_release) struct root_cache cache = ROOT_CACHE_NONE;
    struct root_tree tree;
    int status = 0, file;

    if (!options->no_cache)
        status = root_cache_open(&cache, options->cache, error);
    if (status == 0 && cache.directory >= 0)
        status = root_tree_examine(bundle, &tree, error);
    if (status < 0)
        return status;
    if (cache.directory < 0 || !tree.settled)
        return open_uncached(bundle, size, error);
    file = open_cached(&cache, bundle, &tree, options->verify, error);
    if (file >= 0 && root_index_probe(file, size) < 0) {
        close(file);
        return error_set(error, EINVAL,
                         "the archive of the root file system is damaged");
    }
    return file;
}

int root_archive_map(struct root_archive *archive, int file, uint64_t size,
                     struct error *error)
{
    void *data = mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0);

    if (data == MAP_FAILED)
        return error_errno(error, errno,
                           "cannot map the archive of the root file system");
    *archive = (struct root_archive){data, size};
    return 0;
}

int root_archive_get(struct root_archive *archive, const struct bundle *bundle,
                     const struct root_options *options, struct error *error)
{
    uint64_t size;
    _cleanup_close_ int file = root_archive_open(bundle, options, &size, error);

    return file < 0 ? file : root_archive_map(archive, file, size, error);
}

int root_archive_attach(const struct root_archive *archive, const struct vm *vm,
                        struct guest_addr address, struct error *error)
{
    struct kvm_userspace_memory_region region = {
        .slot = ROOT_SLOT,
        .flags = KVM_MEM_READONLY,
        .guest_phys_addr = address.value,
        .memory_size = archive->size,
        .userspace_addr = (uintptr_t)archive->data,
    };

    if (ioctl(vm->kvm, KVM_CHECK_EXTENSION, KVM_CAP_READONLY_MEM) <= 0)
        return error_set(error, ENOTSUP,
                         "this KVM has no read-only memory (Linux 3.7 has)");
    if (ioctl(vm->vm, KVM_SET_USER_MEMORY_REGION, &region) < 0)
        return error_errno(error, errno, "KVM_SET_USER_MEMORY_REGION (root)");
    return 0;
}

void root_archive_release(struct root_archive *archive)
{
    if (archive->data != NULL)
        munmap(archive->data, archive->size);
    *archive = (struct root_archive){0};
}
