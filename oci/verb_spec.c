/*
 * spec [--bundle DIR] [--rootless]: a default config.json to start from, for
 * a shell in a root file system that the user brings.
 */
#include "oci/bundle_parts.h"
#include "oci/cleanup.h"
#include "oci/file.h"
#include "oci/path.h"
#include "oci/verbs.h"

#include <unistd.h>

static const struct argp_option options[] = {
    {"bundle", 'b', "DIR", 0,
     "Where to write it (default: the current directory)", 0},
    {"rootless", 'r', NULL, 0, "For a user who is not root", 0},
    {0},
};

struct spec_arguments {
    const char *bundle;
    bool rootless;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct spec_arguments *arguments = state->input;

    switch (key) {
    case 'b':
        arguments->bundle = argument;
        return 0;
    case 'r':
        arguments->rootless = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "unexpected argument \"%s\"", argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static char *format_config(bool rootless)
{
    const struct bundle_template template = {
        .program = "sh",
        .memory_limit = BUNDLE_UNSET,
        .pids_limit = BUNDLE_UNSET,
        .rootless = rootless,
    };
    json_t *config = bundle_default_config(&template, "rootfs");
    json_t *process = json_object_get(config, "process");
    char *text = NULL;

    /* Found by PATH, unlike the program of a bundle that we fill. */
    if (json_object_set_new(process, "args", json_pack("[s]", "sh")) == 0)
        text = json_dumps(config, JSON_INDENT(4));
    json_decref(config);
    return text;
}

int verb_spec(const struct invocation *invocation, int argc, char **argv,
              int *exit_status, struct error *error)
{
    const struct argp argp = {.options = options, .parser = parse};
    struct spec_arguments arguments = {.bundle = "."};
    _cleanup_free_ char *path = NULL, *text = NULL;
    int status = argp_parse(&argp, argc, argv, 0, NULL, &arguments);

    (void)invocation;
    if (status != 0)
        return error_errno(error, status, "command line");
    path = path_join(arguments.bundle, "config.json");
    text = format_config(arguments.rootless);
    if (path == NULL || text == NULL)
        return error_errno(error, ENOMEM, "config.json");
    if (access(path, F_OK) == 0)
        return error_set(error, EEXIST, "%s: exists already", path);
    *exit_status = 0;
    return file_replace(path, text, error);
}
