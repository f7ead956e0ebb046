/*
 * Makes a bundle from a program: config.json, and a root file system that
 * holds the program and the directories that runtimes mount on. See bundle.h.
 */
#include "oci/bundle.h"

#include "oci/bundle_parts.h"
#include "oci/cleanup.h"
#include "oci/file.h"
#include "oci/path.h"

/* Made beforehand, so that no runtime has to write to the rootfs. */
static const char *const mount_points[] = {"proc", "dev", "sys"};

static int make_mount_points(const char *rootfs, struct error *error)
{
    for (size_t i = 0; i < sizeof(mount_points) / sizeof(mount_points[0]);
         i++) {
        _cleanup_free_ char *path = path_join(rootfs, mount_points[i]);
        int status;

        if (path == NULL)
            return error_errno(error, ENOMEM, "%s", rootfs);
        status = directory_make(path, 0755, error);
        if (status < 0)
            return status;
    }
    return 0;
}

static int make_rootfs(const struct bundle_template *template,
                       const char *directory, struct error *error)
{
    _cleanup_free_ char *rootfs = path_join(directory, "rootfs");
    _cleanup_free_ char *target = NULL;
    int status;

    if (rootfs != NULL)
        target = path_join(rootfs, path_basename(template->program));
    if (target == NULL)
        return error_errno(error, ENOMEM, "%s", directory);
    status = directory_make(rootfs, 0755, error);
    if (status == 0)
        status = make_mount_points(rootfs, error);
    if (status == 0)
        status = file_copy(template->program, target, 0755, error);
    return status;
}

static int write_config(const struct bundle_template *template,
                        const char *directory, struct error *error)
{
    const char *rootfs = template->rootfs != NULL ? template->rootfs : "rootfs";
    _cleanup_free_ char *path = path_join(directory, "config.json");
    _cleanup_free_ char *text = NULL;
    json_t *config = bundle_default_config(template, rootfs);

    if (config != NULL &&
        (template->changes == NULL ||
         json_object_update_recursive(config, template->changes) == 0))
        text = json_dumps(config, JSON_INDENT(2));
    json_decref(config);
    if (path == NULL)
        return error_errno(error, ENOMEM, "%s", directory);
    /* Besides a lack of memory: a word that is not UTF-8 has no JSON. */
    if (text == NULL)
        return error_set(error, EINVAL,
                         "%s: arguments and environment must be UTF-8", path);
    return file_replace(path, text, error);
}

int bundle_create(const struct bundle_template *template, const char *directory,
                  struct error *error)
{
    int status = directory_make(directory, 0755, error);

    if (status == 0 && template->rootfs == NULL)
        status = make_rootfs(template, directory, error);
    if (status == 0)
        status = write_config(template, directory, error);
    return status;
}
