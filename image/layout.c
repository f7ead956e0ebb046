/* Reading image layouts; see layout.h. */
#include "image/layout.h"

#include "oci/cleanup.h"
#include "oci/image_config.h"
#include "oci/json.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define MEDIA "application/vnd.oci.image."

/* A layer's type: umoci unpacks these. */
static const char *const layer_types[] = {
    MEDIA "layer.v1.tar",
    MEDIA "layer.v1.tar+gzip",
    MEDIA "layer.nondistributable.v1.tar",
    MEDIA "layer.nondistributable.v1.tar+gzip",
    NULL,
};
static const char *const manifest_types[] = {MEDIA "manifest.v1+json", NULL};
static const char *const config_types[] = {MEDIA "config.v1+json", NULL};

/* A blob as another document names it. */
struct descriptor {
    struct digest digest;
    uint64_t size;
};

static int check_regular(int fd, int64_t maximum, int64_t *size)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return -errno;
    if (!S_ISREG(status.st_mode))
        return -EINVAL;
    *size = status.st_size;
    return status.st_size <= maximum ? 0 : -EFBIG;
}

static int open_in(int directory, const char *name)
{
    int fd =
        openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    return fd < 0 ? -errno : fd;
}

/* All bytes of a file that is not large; the caller frees them. */
static int read_all(int fd, char **bytes, size_t *size)
{
    int64_t length;
    int status = check_regular(fd, IMAGE_MAX_DOCUMENT, &length);

    if (status < 0)
        return status;
    *bytes = malloc((size_t)length + 1);
    if (*bytes == NULL)
        return -ENOMEM;
    for (*size = 0; *size < (size_t)length;) {
        ssize_t n = read(fd, *bytes + *size, (size_t)length - *size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        *size += (size_t)n;
    }
    return 0;
}

static int parse(const char *bytes, size_t size, const char *what,
                 json_t **document, struct error *error)
{
    json_error_t where;

    *document = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &where);
    return *document != NULL
               ? 0
               : error_set(error, EINVAL, "%s of the image:%d:%d: %s", what,
                           where.line, where.column, where.text);
}

static int read_index(int directory, json_t **document, struct error *error)
{
    _cleanup_close_ int fd = open_in(directory, "index.json");
    _cleanup_free_ char *bytes = NULL;
    size_t size = 0;
    int status = fd < 0 ? fd : read_all(fd, &bytes, &size);

    if (status < 0)
        return error_errno(error, -status, "index.json of the image");
    return parse(bytes, size, "index.json", document, error);
}

int layout_open_blob(const struct layout *layout, const struct digest *digest,
                     uint64_t size, struct error *error)
{
    _cleanup_close_ int fd = open_in(layout->blobs, digest->text);
    int64_t actual = 0;
    int status = fd < 0 ? fd : check_regular(fd, INT64_MAX, &actual);

    if (status < 0)
        return error_errno(error, -status, "blob %.12s of the image",
                           digest->text);
    if ((uint64_t)actual != size)
        return error_set(error, EINVAL,
                         "blob %.12s of the image: has %lld bytes and should "
                         "have %llu",
                         digest->text, (long long)actual,
                         (unsigned long long)size);
    return take_fd(&fd);
}

static int read_document(const struct layout *layout,
                         const struct descriptor *descriptor, const char *what,
                         json_t **document, struct error *error)
{
    _cleanup_close_ int fd =
        layout_open_blob(layout, &descriptor->digest, descriptor->size, error);
    _cleanup_free_ char *bytes = NULL;
    struct sha256_ctx hash;
    struct digest digest;
    size_t size = 0;
    int status;

    if (fd < 0)
        return fd;
    status = read_all(fd, &bytes, &size);
    if (status < 0)
        return error_errno(error, -status, "%s of the image", what);
    sha256_init(&hash);
    sha256_update(&hash, size, (const uint8_t *)bytes);
    digest_finish(&hash, &digest);
    if (!digest_equal(&digest, &descriptor->digest))
        return error_set(error, EINVAL, "%s of the image: its digest is wrong",
                         what);
    return parse(bytes, size, what, document, error);
}

static bool is_one_of(const char *text, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strcmp(text, *list) == 0)
            return true;
    }
    return false;
}

static int read_digest(const struct json_node *node, struct digest *digest,
                       struct error *error)
{
    const char *text = NULL;
    int status = json_node_require(node, "a digest", error);

    if (status == 0)
        status = json_node_text(node, &text, error);
    if (status == 0 && !digest_parse(text, digest))
        status = json_node_expected(node, error,
                                    "\"sha256:\" and 64 hexadecimal digits");
    return status;
}

static int check_type(const struct json_node *node, const char *const *types,
                      struct error *error)
{
    struct json_node type = json_node_member(node, "mediaType");
    const char *text = NULL;
    int status = json_node_require(&type, "a media type", error);

    if (status == 0)
        status = json_node_text(&type, &text, error);
    if (status < 0 || is_one_of(text, types))
        return status;
    if (strstr(text, "+zstd") != NULL)
        return error_set(error, ENOTSUP,
                         "the image has a layer compressed with zstd, which "
                         "umoci does not unpack: make it with gzip");
    return json_node_expected(&type, error, "%s", types[0]);
}

static int read_descriptor(const struct json_node *node,
                           const char *const *types,
                           struct descriptor *descriptor, struct error *error)
{
    struct json_node digest = json_node_member(node, "digest");
    struct json_node size = json_node_member(node, "size");
    int64_t bytes = 0;
    int status = json_node_require(node, "a descriptor", error);

    if (status == 0)
        status = json_node_object(node, error);
    if (status == 0)
        status = check_type(node, types, error);
    if (status == 0)
        status = read_digest(&digest, &descriptor->digest, error);
    if (status == 0)
        status = json_node_require(&size, "a size", error);
    if (status == 0)
        status = json_node_integer(&size, 0, INT64_MAX, &bytes, error);
    descriptor->size = (uint64_t)bytes;
    return status;
}

/* index.json has one manifest: that of the image. */
static int find_manifest(const json_t *index, struct descriptor *manifest,
                         struct error *error)
{
    struct json_node root = json_root((json_t *)index);
    struct json_node list = json_node_member(&root, "manifests");
    struct json_node first = json_node_element(&list, 0);
    int status = json_node_object(&root, error);

    if (status == 0)
        status = json_node_array(&list, error);
    if (status == 0 && json_node_count(&list) != 1)
        status = error_set(error, EINVAL, "manifests: expected one, got %zu",
                           json_node_count(&list));
    if (status == 0)
        status = read_descriptor(&first, manifest_types, manifest, error);
    return status < 0 ? error_prefix(error, "index.json of the image") : 0;
}

static int read_layers(const json_t *manifest, struct layout *layout,
                       struct error *error)
{
    struct json_node root = json_root((json_t *)manifest);
    struct json_node list = json_node_member(&root, "layers");
    int status = json_node_array(&list, error);

    if (status == 0 && json_node_count(&list) > IMAGE_MAX_LAYERS)
        status =
            error_set(error, E2BIG, "layers: at most %d", IMAGE_MAX_LAYERS);
    for (size_t i = 0; status == 0 && i < json_node_count(&list); i++) {
        struct layout_layer *layer = &layout->layers[i];
        struct json_node node = json_node_element(&list, i);
        struct descriptor descriptor;

        status = read_descriptor(&node, layer_types, &descriptor, error);
        layer->digest = descriptor.digest;
        layer->size = descriptor.size;
        layout->layer_count = i + 1;
    }
    return status;
}

static int check_version(const struct json_node *root, struct error *error)
{
    struct json_node version = json_node_member(root, "schemaVersion");
    int64_t number;
    int status = json_node_require(&version, "2", error);

    return status < 0 ? status
                      : json_node_integer(&version, 2, 2, &number, error);
}

static int read_manifest(const struct descriptor *descriptor,
                         struct layout *layout, struct descriptor *config,
                         struct error *error)
{
    json_t *manifest = NULL;
    struct json_node root, node;
    int status =
        read_document(layout, descriptor, "the manifest", &manifest, error);

    if (status < 0)
        return status;
    root = json_root(manifest);
    node = json_node_member(&root, "config");
    status = json_node_object(&root, error);
    if (status == 0)
        status = check_version(&root, error);
    if (status == 0)
        status = read_descriptor(&node, config_types, config, error);
    if (status == 0)
        status = read_layers(manifest, layout, error);
    json_decref(manifest);
    return status < 0 ? error_prefix(error, "the manifest of the image") : 0;
}

/* What each layer is, unpacked. */
static int read_diff_ids(struct layout *layout, struct error *error)
{
    struct json_node root = json_root(layout->config);
    struct json_node rootfs = json_node_member(&root, "rootfs");
    struct json_node ids = json_node_member(&rootfs, "diff_ids");
    int status = json_node_object(&rootfs, error);

    if (status == 0)
        status = json_node_array(&ids, error);
    if (status == 0 && json_node_count(&ids) != layout->layer_count)
        status = error_set(error, EINVAL,
                           "rootfs.diff_ids: expected one for each of the %zu "
                           "layers, got %zu",
                           layout->layer_count, json_node_count(&ids));
    for (size_t i = 0; status == 0 && i < layout->layer_count; i++) {
        struct json_node id = json_node_element(&ids, i);

        status = read_digest(&id, &layout->layers[i].diff_id, error);
    }
    return status;
}

static int read_config(const struct descriptor *descriptor,
                       struct layout *layout, struct error *error)
{
    int status = read_document(layout, descriptor, "the configuration",
                               &layout->config, error);

    if (status < 0)
        return status;
    status = image_config_check(layout->config, error);
    if (status == 0)
        status = read_diff_ids(layout, error);
    /* That it is for another processor is no fault of the document. */
    return status == -EINVAL
               ? error_prefix(error, "the configuration of the image")
               : status;
}

int layout_read(int directory, struct layout *layout, struct error *error)
{
    struct descriptor manifest, config;
    json_t *index = NULL;
    int status;

    *layout = (struct layout){.blobs = -1};
    layout->blobs = openat(directory, "blobs/sha256",
                           O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (layout->blobs < 0)
        return error_errno(error, errno, "blobs/sha256 of the image");
    status = read_index(directory, &index, error);
    if (status == 0)
        status = find_manifest(index, &manifest, error);
    json_decref(index);
    if (status == 0)
        status = read_manifest(&manifest, layout, &config, error);
    if (status == 0)
        status = read_config(&config, layout, error);
    if (status < 0)
        layout_release(layout);
    else
        layout->manifest = manifest.digest;
    return status;
}

void layout_release(struct layout *layout)
{
    cleanup_close(&layout->blobs);
    json_decref(layout->config);
    *layout = (struct layout){.blobs = -1};
}
