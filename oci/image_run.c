/* Containers of images; see image_run.h. */
#include "oci/image_run.h"

#include "oci/cleanup.h"
#include "oci/image.h"
#include "oci/lifecycle.h"
#include "oci/path.h"

#include <signal.h>
#include <string.h>

static const char id_prefix[] = "image-";

static int make(const struct image_options *options, const struct image *image,
                const char *state_directory, struct bundle *bundle,
                struct error *error)
{
    const struct bundle_template template = {
        .memory_limit = BUNDLE_UNSET,
        .pids_limit = BUNDLE_UNSET,
        .rootless = geteuid() != 0,
    };
    _cleanup_free_ char *directory = path_join(state_directory, "bundle");
    _cleanup_free_ char *layer = path_join(state_directory, "layer");
    int status;

    if (directory == NULL || layer == NULL)
        return error_errno(error, ENOMEM, "%s", state_directory);
    status = image_bundle_create(image, &options->overrides, &template,
                                 options->readonly, directory, error);
    if (status == 0)
        status = bundle_load(directory, bundle, error);
    if (status == 0 && !options->readonly)
        bundle->layer = take_pointer(layer);
    return status;
}

int image_run_make_bundle(const struct image_options *options,
                          const char *state_directory, struct bundle *bundle,
                          struct error *error)
{
    _cleanup_(image_release) struct image image = {0};
    _cleanup_free_ char *directory = realpath(state_directory, NULL);
    int status;

    *bundle = (struct bundle){0};
    if (directory == NULL)
        return error_errno(error, errno, "%s", state_directory);
    status = image_get(options->reference, directory, &image, error);
    return status < 0 ? status
                      : make(options, &image, directory, bundle, error);
}

void image_run_name(char id[IMAGE_RUN_ID_SIZE])
{
    snprintf(id, IMAGE_RUN_ID_SIZE, "%s%d", id_prefix, (int)getpid());
}

/* Is it a name of ours, of a process that is gone? */
static bool is_abandoned(const char *name)
{
    const size_t prefix = strlen(id_prefix);
    char *end;
    long pid;

    if (strncmp(name, id_prefix, prefix) != 0 || name[prefix] < '1' ||
        name[prefix] > '9')
        return false;
    pid = strtol(name + prefix, &end, 10);
    return *end == '\0' && pid <= INT32_MAX && kill((pid_t)pid, 0) < 0 &&
           errno == ESRCH;
}

void image_run_sweep(const struct invocation *invocation)
{
    _cleanup_free_ char *root = NULL;
    _cleanup_directory_ DIR *stream = NULL;
    const struct dirent *entry;
    struct error ignored = {0};

    if (lifecycle_root(invocation, &root, &ignored) == 0)
        stream = opendir(root);
    while (stream != NULL && (entry = readdir(stream)) != NULL) {
        if (is_abandoned(entry->d_name))
            (void)lifecycle_clear_orphan(invocation, entry->d_name);
    }
}
