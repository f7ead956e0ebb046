/* Images as runtimes get them; see image.h. */
#include "oci/image.h"

#include "oci/bundle_parts.h"
#include "oci/cleanup.h"
#include "oci/file.h"
#include "oci/image_store.h"
#include "oci/image_unpacker.h"
#include "oci/json.h"
#include "oci/path.h"

#include <fcntl.h>
#include <string.h>

enum { ATTEMPTS = 3 };

static int no_memory(struct error *error)
{
    return error_errno(error, ENOMEM, "the image");
}

/* A root file system as it lies there. */
static int take_directory(const char *path, struct image *image,
                          struct error *error)
{
    image->rootfs = realpath(path, NULL);
    return image->rootfs != NULL ? 0 : error_errno(error, errno, "%s", path);
}

static int read_entry(const struct image_store *store, const char *entry,
                      struct image *image, struct error *error)
{
    _cleanup_free_ char *config = NULL;
    int status;

    if (asprintf(&image->rootfs, "%s/%s/rootfs", store->path, entry) < 0)
        image->rootfs = NULL;
    if (asprintf(&image->digest, "sha256:%s",
                 entry + strlen(IMAGE_STORE_ENTRY)) < 0)
        image->digest = NULL;
    if (asprintf(&config, "%s/%s/config.json", store->path, entry) < 0)
        config = NULL;
    if (image->rootfs == NULL || image->digest == NULL || config == NULL)
        return no_memory(error);
    status = json_read_file(config, &image->config, error);
    return status < 0 ? status : image_config_check(image->config, error);
}

/* In the time between finding it and noting its use it may be removed. */
static int find_or_unpack(const struct image_store *store,
                          const struct image_reference *reference,
                          const char *text, const char *user,
                          char entry[IMAGE_ENTRY_SIZE], struct error *error)
{
    char stamp[IMAGE_STAMP_SIZE];
    bool settled;
    int status = -ENOENT;

    for (int i = 0; status == -ENOENT && i < ATTEMPTS; i++) {
        status = image_reference_stamp(reference, stamp, &settled)
                     ? image_store_find(store, stamp, entry)
                     : -ENOENT;
        if (status == -ENOENT)
            status = image_unpacker_run(text, entry, error);
        if (status < 0)
            return status;
        status = image_store_use(store, entry, user, error);
    }
    return status;
}

static int take_stored(const struct image_reference *reference,
                       const char *text, const char *user, struct image *image,
                       struct error *error)
{
    _cleanup_(image_store_release) struct image_store store = IMAGE_STORE_NONE;
    char entry[IMAGE_ENTRY_SIZE];
    int status = image_store_open(&store, error);

    if (status == 0)
        status = find_or_unpack(&store, reference, text, user, entry, error);
    return status < 0 ? status : read_entry(&store, entry, image, error);
}

int image_get(const char *reference, const char *user, struct image *image,
              struct error *error)
{
    _cleanup_(image_reference_release) struct image_reference parsed = {0};
    int status = image_reference_parse(reference, &parsed, error);

    *image = (struct image){0};
    if (status < 0)
        return status;
    status = parsed.kind == IMAGE_ROOT_DIRECTORY
                 ? take_directory(parsed.path, image, error)
                 : take_stored(&parsed, reference, user, image, error);
    if (status < 0)
        image_release(image);
    return status;
}

void image_release(struct image *image)
{
    free(image->rootfs);
    free(image->digest);
    json_decref(image->config);
    *image = (struct image){0};
}

/* A user namespace of one id has nobody but root. */
static int check_rootless_user(const json_t *document, struct error *error)
{
    const json_t *user =
        json_object_get(json_object_get(document, "process"), "user");
    json_int_t uid = json_integer_value(json_object_get(user, "uid"));
    json_int_t gid = json_integer_value(json_object_get(user, "gid"));

    if (uid == 0 && gid == 0 && json_object_get(user, "additionalGids") == NULL)
        return 0;
    return error_set(error, EPERM,
                     "the image's program runs as user %lld, group %lld, and a "
                     "container without root has only its root: run as root, "
                     "or with --user 0:0",
                     (long long)uid, (long long)gid);
}

static int convert(const struct image *image,
                   const struct image_overrides *overrides, json_t *document,
                   bool rootless, bool readonly, struct error *error)
{
    _cleanup_close_ int rootfs =
        open(image->rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int status;

    if (rootfs < 0)
        return error_errno(error, errno, "%s", image->rootfs);
    status =
        image_config_apply(document, image->config, rootfs, overrides, error);
    if (status == 0 && rootless)
        status = check_rootless_user(document, error);
    if (status < 0)
        return status;
    return json_object_set_new(json_object_get(document, "root"), "readonly",
                               json_boolean(readonly)) < 0
               ? no_memory(error)
               : 0;
}

int image_bundle_document(const struct image *image,
                          const struct image_overrides *overrides,
                          const struct bundle_template *template, bool readonly,
                          json_t **document, struct error *error)
{
    struct bundle_template with_program = *template;
    int status;

    with_program.program = "image";
    *document = bundle_default_config(&with_program, image->rootfs);
    if (*document == NULL)
        return no_memory(error);
    status = convert(image, overrides, *document, template->rootless, readonly,
                     error);
    if (status == 0 && template->changes != NULL &&
        json_object_update_recursive(*document, template->changes) < 0)
        status = no_memory(error);
    if (status < 0) {
        json_decref(*document);
        *document = NULL;
    }
    return status;
}

int image_bundle_create(const struct image *image,
                        const struct image_overrides *overrides,
                        const struct bundle_template *template, bool readonly,
                        const char *directory, struct error *error)
{
    _cleanup_free_ char *path = path_join(directory, "config.json");
    _cleanup_free_ char *text = NULL;
    json_t *document;
    int status = path == NULL ? no_memory(error)
                              : directory_make(directory, 0755, error);

    if (status == 0)
        status = image_bundle_document(image, overrides, template, readonly,
                                       &document, error);
    if (status < 0)
        return status;
    text = json_dumps(document, JSON_INDENT(2));
    json_decref(document);
    return text == NULL ? no_memory(error) : file_replace(path, text, error);
}
