/*
 * Loads a bundle: config.json and the root file system; see bundle.h.
 *
 * The parsing of the larger objects is in bundle_process.c, bundle_mounts.c
 * and bundle_linux.c.
 */
#include "oci/bundle.h"

#include "oci/bundle_parts.h"
#include "oci/cleanup.h"
#include "oci/path.h"

#include <string.h>
#include <sys/stat.h>

/* The kernel's limit, __NEW_UTS_LEN. */
enum { HOSTNAME_MAX = 64 };

/* Any 1.x: minor versions only add (runtime-spec follows SemVer 2). */
static int check_version(const struct json_node *root, struct error *error)
{
    struct json_node node = json_node_member(root, "ociVersion");
    const char *version = NULL;
    int status = json_node_require(&node, "a version such as \"1.0.2\"", error);

    if (status == 0)
        status = json_node_text(&node, &version, error);
    if (status == 0 && strncmp(version, "1.", 2) != 0)
        return json_node_expected(&node, error,
                                  "version 1 of the runtime-spec");
    return status;
}

static int check_directory(const char *path, const struct json_node *node,
                           struct error *error)
{
    struct stat status;

    if (stat(path, &status) < 0)
        return error_errno(error, errno, "root.path: cannot examine %s", path);
    if (!S_ISDIR(status.st_mode))
        return json_node_expected(node, error, "a directory");
    return 0;
}

/* root.path; left as it is when somebody knows better already. */
static int parse_root(const struct json_node *root, struct bundle *bundle,
                      struct error *error)
{
    struct json_node node = json_node_member(root, "root");
    struct json_node path_node = json_node_member(&node, "path");
    struct json_node readonly = json_node_member(&node, "readonly");
    _cleanup_free_ char *joined = NULL;
    const char *path = NULL;
    int status;

    status = json_node_require(&node, "an object", error);
    if (status == 0)
        status = json_node_object(&node, error);
    if (status == 0)
        status = json_node_require(&path_node, "a directory", error);
    if (status == 0)
        status = json_node_text(&path_node, &path, error);
    if (status == 0)
        status = json_node_boolean(&readonly, &bundle->rootfs_readonly, error);
    if (status < 0 || bundle->rootfs != NULL)
        return status;

    joined = path[0] == '/' ? strdup(path) : path_join(bundle->directory, path);
    if (joined == NULL)
        return error_errno(error, ENOMEM, "root.path");
    bundle->rootfs = realpath(joined, NULL);
    if (bundle->rootfs == NULL)
        return error_errno(error, errno, "root.path: cannot resolve %s",
                           joined);
    return check_directory(bundle->rootfs, &path_node, error);
}

static int parse_uts_name(const struct json_node *root, const char *key,
                          char **name, struct error *error)
{
    struct json_node node = json_node_member(root, key);
    int status = json_node_string(&node, name, error);

    if (status == 0 && *name != NULL && strlen(*name) > HOSTNAME_MAX)
        return json_node_expected(&node, error, "at most %d bytes",
                                  HOSTNAME_MAX);
    return status;
}

static int parse_document(struct bundle *bundle, struct error *error)
{
    struct json_node root = json_root(bundle->document);
    struct json_node process = json_node_member(&root, "process");
    struct json_node mounts = json_node_member(&root, "mounts");
    struct json_node linux_node = json_node_member(&root, "linux");
    int status = json_node_object(&root, error);

    if (status == 0)
        status = check_version(&root, error);
    if (status == 0)
        status = parse_root(&root, bundle, error);
    if (status == 0)
        status = parse_uts_name(&root, "hostname", &bundle->hostname, error);
    if (status == 0)
        status =
            parse_uts_name(&root, "domainname", &bundle->domainname, error);
    if (status == 0)
        status = bundle_parse_process(&process, &bundle->process, error);
    if (status == 0)
        status = bundle_parse_mounts(&mounts, bundle, error);
    if (status == 0)
        status = bundle_parse_linux(&linux_node, bundle, error);
    return status;
}

/* The rest of loading: bundle->directory is there. */
static int load_config(const char *path, struct bundle *bundle,
                       struct error *error)
{
    int status = json_read_file(path, &bundle->document, error);

    if (status == 0) {
        status = parse_document(bundle, error);
        if (status < 0)
            error_prefix(error, "%s", path);
    }
    if (status < 0)
        bundle_release(bundle);
    return status;
}

int bundle_load(const char *directory, struct bundle *bundle,
                struct error *error)
{
    _cleanup_free_ char *path = path_join(directory, "config.json");

    memset(bundle, 0, sizeof(*bundle));
    bundle->directory = realpath(directory, NULL);
    if (bundle->directory == NULL)
        return error_errno(error, errno, "%s: cannot open bundle", directory);
    if (path == NULL) {
        bundle_release(bundle);
        return error_errno(error, ENOMEM, "%s", directory);
    }
    return load_config(path, bundle, error);
}

int bundle_load_saved(const char *config, const char *directory,
                      const char *rootfs, struct bundle *bundle,
                      struct error *error)
{
    memset(bundle, 0, sizeof(*bundle));
    bundle->directory = strdup(directory);
    bundle->rootfs = strdup(rootfs);
    if (bundle->directory == NULL || bundle->rootfs == NULL) {
        bundle_release(bundle);
        return error_errno(error, ENOMEM, "%s", directory);
    }
    return load_config(config, bundle, error);
}

void bundle_release(struct bundle *bundle)
{
    bundle_release_process(&bundle->process);
    bundle_release_mounts(bundle);
    bundle_release_linux(bundle);
    free(bundle->directory);
    free(bundle->rootfs);
    free(bundle->layer);
    free(bundle->hostname);
    free(bundle->domainname);
    json_decref(bundle->document);
    memset(bundle, 0, sizeof(*bundle));
}
