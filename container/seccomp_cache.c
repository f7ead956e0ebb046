/*
 * Compiled seccomp filters, kept between containers; see seccomp.h.
 *
 * A filter is a security boundary, so only the caller's own files are taken:
 * the directory and the file must be the caller's (root's, for root) and
 * writable for nobody else. The key is a SHA-256 of all that the program
 * depends on: the profile, libseccomp's version, the architecture, and the
 * form of this cache. Files appear whole (rename) or not at all.
 */
#include "container/seccomp.h"

#include "oci/cleanup.h"
#include "oci/file.h"
#include "oci/state.h"

#include <fcntl.h>
#include <limits.h>
#include <nettle/sha2.h>
#include <seccomp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

/* Of the cache; to be raised when programs would be compiled differently. */
static const char format[] = "ringside seccomp 1";

enum { ENTRIES_MAX = 64 };

static int hash_text(const char *text, size_t size, void *context)
{
    sha256_update(context, size, (const uint8_t *)text);
    return 0;
}

int seccomp_cache_key(const json_t *profile, char key[SECCOMP_KEY_SIZE])
{
    const struct scmp_version *version = seccomp_version();
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx hash;
    char prefix[96];
    int n = snprintf(prefix, sizeof(prefix), "%s %u.%u.%u %x\n", format,
                     version->major, version->minor, version->micro,
                     seccomp_arch_native());

    sha256_init(&hash);
    hash_text(prefix, (size_t)n, &hash);
    if (json_dump_callback(profile, hash_text, &hash,
                           JSON_COMPACT | JSON_ENCODE_ANY) < 0)
        return -EINVAL;
    sha256_digest(&hash, sizeof(digest), digest);
    for (size_t i = 0; i < sizeof(digest); i++)
        snprintf(key + 2 * i, 3, "%02x", digest[i]);
    return 0;
}

/* Is it the caller's alone to write? */
static bool is_safe(const struct stat *status)
{
    return status->st_uid == geteuid() && (status->st_mode & 022) == 0;
}

/* The directory of the cache, made where asked for; -1 without a safe one. */
static int open_directory(bool make)
{
    _cleanup_free_ char *path = NULL;
    _cleanup_close_ int fd = -1;
    struct error error = {0};
    struct stat status;

    if (state_default_root("seccomp", &path, &error) < 0)
        return -1;
    if (make && directory_make(path, 0700, &error) < 0)
        return -1;
    fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) < 0 || !is_safe(&status))
        return -1;
    return take_fd(&fd);
}

bool seccomp_cache_load(const char *key, struct seccomp_program *program)
{
    _cleanup_close_ int directory = open_directory(false);
    _cleanup_close_ int fd = -1;
    _cleanup_free_ struct sock_filter *filter = NULL;
    struct stat status;
    size_t size;

    if (directory < 0)
        return false;
    fd = openat(directory, key, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) ||
        !is_safe(&status))
        return false;
    size = (size_t)status.st_size;
    if (size == 0 || size % sizeof(*filter) != 0 ||
        size / sizeof(*filter) > BPF_MAXINSNS)
        return false;
    filter = malloc(size);
    if (filter == NULL || read(fd, filter, size) != (ssize_t)size)
        return false;
    program->filter = take_pointer(filter);
    program->count = (unsigned short)(size / sizeof(*filter));
    return true;
}

/* Many profiles come and go: a full cache starts anew. */
static void make_room(int directory)
{
    int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_directory_ DIR *stream = copy >= 0 ? fdopendir(copy) : NULL;
    const struct dirent *entry;
    int count = 0;

    while (stream != NULL && readdir(stream) != NULL)
        count++;
    if (stream == NULL || count < ENTRIES_MAX)
        return;
    rewinddir(stream);
    while ((entry = readdir(stream)) != NULL)
        (void)unlinkat(directory, entry->d_name, 0);
}

void seccomp_cache_store(const char *key, const struct seccomp_program *program)
{
    _cleanup_close_ int directory = open_directory(true);
    _cleanup_close_ int fd = -1;
    char name[NAME_MAX];

    if (directory < 0)
        return;
    make_room(directory);
    snprintf(name, sizeof(name), ".%.16s.%d", key, (int)getpid());
    fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (file_write_all(fd, program->filter,
                       program->count * sizeof(*program->filter)) < 0 ||
        renameat(directory, name, directory, key) < 0)
        (void)unlinkat(directory, name, 0);
}
