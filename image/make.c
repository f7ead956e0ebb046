/* Making images; see make.h. */
#include "image/make.h"

#include "image/archive.h"
#include "image/inventory.h"
#include "image/layer.h"
#include "image/staging.h"
#include "image/tools.h"
#include "image/tree.h"
#include "oci/cleanup.h"
#include "oci/file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

enum { DIRECTORY_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

/* What is made, and from what. */
struct making {
    const struct image_store *store;
    struct image_reference reference;
    char stamp[IMAGE_STAMP_SIZE];
    bool stamped, settled;
    struct staging staging;
    struct layout layout;
    struct tar_budget budget;
};

static int no_memory(struct error *error)
{
    return error_errno(error, ENOMEM, "the image");
}

/* skopeo runs in another directory, and wants to know the kind. */
static int resolve(struct image_reference *reference, struct error *error)
{
    char *path;
    int kind;

    if (reference->kind == IMAGE_REMOTE)
        return 0;
    path = realpath(reference->path, NULL);
    if (path == NULL)
        return error_errno(error, errno, "%s", reference->path);
    free(reference->path);
    reference->path = path;
    if (strchr(path, ':') != NULL)
        return error_set(error, EINVAL,
                         "%s: a path with a colon cannot be told to skopeo: "
                         "give it another name",
                         path);
    if (reference->kind != IMAGE_ARCHIVE)
        return 0;
    kind = archive_kind(path, error);
    if (kind >= 0)
        reference->kind = (enum image_kind)kind;
    return kind < 0 ? kind : 0;
}

static int copy(struct making *making, struct error *error)
{
    _cleanup_free_ char *source = NULL;
    int status = resolve(&making->reference, error);

    if (status < 0)
        return status;
    source = image_reference_format(&making->reference);
    if (source == NULL)
        return no_memory(error);
    return tools_copy(making->staging.directory, source, error);
}

static int check_layers(struct making *making, struct error *error)
{
    making->budget = (struct tar_budget){
        .bytes_left = IMAGE_MAX_BYTES,
        .entries_left = IMAGE_MAX_ENTRIES,
    };
    for (size_t i = 0; i < making->layout.layer_count; i++) {
        int status = layer_check(&making->layout, &making->layout.layers[i],
                                 &making->budget, error);

        if (status < 0)
            return error_prefix(error, "layer %zu of the image", i + 1);
    }
    return 0;
}

static int read_copy(struct making *making, struct error *error)
{
    _cleanup_close_ int directory =
        openat(making->staging.directory, "layout", DIRECTORY_FLAGS);

    if (directory < 0)
        return error_errno(error, errno, "the copy of the image");
    return layout_read(directory, &making->layout, error);
}

static uint64_t unpacked_size(const struct making *making)
{
    return IMAGE_MAX_BYTES - making->budget.bytes_left;
}

static int check_room(const struct making *making, struct error *error)
{
    uint64_t size = unpacked_size(making), room;
    struct statvfs status;

    if (fstatvfs(making->store->directory, &status) < 0)
        return error_errno(error, errno, "%s", making->store->path);
    room = (uint64_t)status.f_bavail * status.f_frsize;
    if (size <= room)
        return 0;
    return error_set(error, ENOSPC,
                     "%s: the image needs %llu MiB and %llu MiB are free: make "
                     "room, or set XDG_CACHE_HOME",
                     making->store->path, (unsigned long long)size >> 20,
                     (unsigned long long)room >> 20);
}

static int unpack(struct making *making, struct error *error)
{
    _cleanup_close_ int root = -1;
    int status = tools_unpack(making->staging.directory, error);

    if (status < 0)
        return status;
    root = openat(making->staging.directory, "image/rootfs", DIRECTORY_FLAGS);
    if (root < 0)
        return error_errno(error, errno, "the unpacked image");
    if (making->budget.devices > 0) {
        _cleanup_free_ char *path = NULL;

        if (asprintf(&path, "%s/%s/image/rootfs", making->store->path,
                     making->staging.name) < 0) {
            path = NULL;
            return no_memory(error);
        }
        status = image_tree_remove_devices(path, error);
    }
    return status < 0 ? status : image_tree_make_mount_points(root, error);
}

static int write_json(int directory, const char *name, const json_t *value,
                      struct error *error)
{
    _cleanup_free_ char *text = json_dumps(value, JSON_INDENT(2));
    _cleanup_close_ int fd = -1;
    int status;

    if (text == NULL)
        return no_memory(error);
    fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    status = fd < 0 ? -errno : file_write_all(fd, text, strlen(text));
    return status == 0 ? 0
                       : error_errno(error, -status, "%s of the image", name);
}

/* What stands beside rootfs/. */
static int describe(const struct making *making, const char *text,
                    struct error *error)
{
    _cleanup_close_ int image =
        openat(making->staging.directory, "image", DIRECTORY_FLAGS);
    json_t *facts;
    int status;

    if (image < 0 || mkdirat(image, "uses", 0700) < 0)
        return error_errno(error, errno, "the unpacked image");
    status = write_json(image, "config.json", making->layout.config, error);
    if (status < 0)
        return status;
    facts = json_pack("{s:s, s:I, s:i}", "reference", text, "bytes",
                      (json_int_t)unpacked_size(making), "layers",
                      (int)making->layout.layer_count);
    status = facts == NULL
                 ? error_set(error, EINVAL, "the image's name is not UTF-8")
                 : write_json(image, INVENTORY_FACTS, facts, error);
    json_decref(facts);
    return status;
}

/* The name must not outlive the bytes in a crash of the host. */
static int give_name(const struct making *making, const char *entry,
                     struct error *error)
{
    if (syncfs(making->staging.directory) < 0)
        return error_errno(error, errno, "%s", making->store->path);
    if (renameat2(making->staging.directory, "image", making->store->directory,
                  entry, RENAME_NOREPLACE) < 0 &&
        errno != EEXIST)
        return error_errno(error, errno, "%s/%s", making->store->path, entry);
    return 0;
}

/* Remembers the reference, if it is still what it was before we read it. */
static int note_stamp(const struct making *making, const char *entry,
                      struct error *error)
{
    char now[IMAGE_STAMP_SIZE];
    bool settled;

    if (!making->stamped || !making->settled ||
        !image_reference_stamp(&making->reference, now, &settled) ||
        strcmp(now, making->stamp) != 0)
        return 0;
    (void)unlinkat(making->store->directory, making->stamp, 0);
    if (symlinkat(entry, making->store->directory, making->stamp) < 0 &&
        errno != EEXIST)
        return error_errno(error, errno, "cannot make a link in %s",
                           making->store->path);
    return 0;
}

static bool is_there(const struct image_store *store, const char *entry)
{
    return faccessat(store->directory, entry, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The copy is complete: what it is called is known. */
static int check_and_unpack(struct making *making, const char *text,
                            const char *entry, struct error *error)
{
    int status = check_layers(making, error);

    if (status == 0)
        status = check_room(making, error);
    if (status == 0)
        status = unpack(making, error);
    if (status == 0)
        status = describe(making, text, error);
    return status < 0 ? status : give_name(making, entry, error);
}

static int make(struct making *making, const char *text,
                char entry[IMAGE_ENTRY_SIZE], struct error *error)
{
    int status = staging_make(making->store, &making->staging, error);

    if (status == 0)
        status = copy(making, error);
    if (status == 0)
        status = read_copy(making, error);
    if (status < 0)
        return status;
    snprintf(entry, IMAGE_ENTRY_SIZE, IMAGE_STORE_ENTRY "%s",
             making->layout.manifest.text);
    if (!is_there(making->store, entry))
        status = check_and_unpack(making, text, entry, error);
    return status < 0 ? status : note_stamp(making, entry, error);
}

/* One byte of the lock file stands for a reference: those who want the same
 * image wait for the first. FNV-1a. */
static int wait_for_others(const struct making *making, const char *text,
                           struct error *error)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    uint32_t hash = 2166136261u;

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    lock.l_start = (off_t)hash;
    return fcntl(making->store->lock, F_OFD_SETLKW, &lock) < 0
               ? error_errno(error, errno, "%s/lock", making->store->path)
               : 0;
}

static int make_once(struct making *making, const char *text,
                     char entry[IMAGE_ENTRY_SIZE], struct error *error)
{
    int status = wait_for_others(making, text, error);

    if (status < 0)
        return status;
    making->stamped = image_reference_stamp(&making->reference, making->stamp,
                                            &making->settled);
    if (making->stamped &&
        image_store_find(making->store, making->stamp, entry) == 0)
        return 0;
    staging_sweep(making->store);
    status = make(making, text, entry, error);
    layout_release(&making->layout);
    staging_remove(&making->staging);
    if (status == 0)
        inventory_trim(making->store, entry);
    return status;
}

int image_make(const struct image_store *store, const char *reference,
               char entry[IMAGE_ENTRY_SIZE], struct error *error)
{
    struct making *making = calloc(1, sizeof(*making));
    int status;

    if (making == NULL)
        return no_memory(error);
    making->store = store;
    making->staging = STAGING_NONE;
    making->layout.blobs = -1;
    status = image_reference_parse(reference, &making->reference, error);
    if (status == 0 && making->reference.kind == IMAGE_ROOT_DIRECTORY)
        status = error_set(error, EINVAL,
                           "%s is a root file system: there is nothing to "
                           "unpack",
                           reference);
    if (status == 0)
        status = make_once(making, reference, entry, error);
    image_reference_release(&making->reference);
    free(making);
    return status;
}
