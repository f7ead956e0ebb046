/* Flags for images; see image_options.h. */
#include "oci/image_options.h"

#include <errno.h>
#include <stdlib.h>

enum {
    KEY_IMAGE = 0x2000,
    KEY_ENTRYPOINT,
    KEY_ENVIRONMENT,
    KEY_USER,
    KEY_WORKDIR,
    KEY_READ_ONLY,
    GROUP = 3, /* behind those of the runtimes */
};

static const struct argp_option table[] = {
    {NULL, 0, NULL, 0, "Of an image, instead of a bundle:", GROUP},
    {"image", KEY_IMAGE, "REFERENCE", 0,
     "Run this image: a path (image layout, archive, root file system), "
     "oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE or docker://NAME; "
     "what follows \"--\" replaces its command",
     GROUP},
    {"entrypoint", KEY_ENTRYPOINT, "PROGRAM", 0,
     "Instead of the image's entry point and command (\"\": none)", GROUP},
    {"env", KEY_ENVIRONMENT, "NAME=VALUE", 0, "Set a variable; may be repeated",
     GROUP},
    {"user", KEY_USER, "USER[:GROUP]", 0, "Run as this user of the image",
     GROUP},
    {"workdir", KEY_WORKDIR, "DIR", 0, "Start in this directory", GROUP},
    {"read-only", KEY_READ_ONLY, NULL, 0,
     "No layer over its root file system to write to", GROUP},
    {0},
};

static void add_variable(struct image_options *options, char *text,
                         struct argp_state *state)
{
    size_t count = options->environment_count;
    char **grown = reallocarray(options->environment, count + 2,
                                sizeof(*options->environment));

    if (grown == NULL) {
        argp_failure(state, EXIT_FAILURE, ENOMEM, "--env");
        return;
    }
    grown[count] = text;
    grown[count + 1] = NULL;
    options->environment = grown;
    options->environment_count = count + 1;
    options->overrides.environment = grown;
}

/* Without --image the others would be passed over, which nobody wants. */
static void check(const struct image_options *options, struct argp_state *state)
{
    const struct image_overrides *overrides = &options->overrides;

    if (options->reference == NULL &&
        (overrides->entrypoint != NULL || overrides->environment != NULL ||
         overrides->user != NULL || overrides->cwd != NULL ||
         overrides->arguments != NULL || options->readonly))
        argp_error(state, "arguments behind \"--\", --entrypoint, --env, "
                          "--user, --workdir and --read-only are for --image: "
                          "a bundle says so in its config.json");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct image_options *options = state->input;

    switch (key) {
    case KEY_IMAGE:
        options->reference = argument;
        return 0;
    case KEY_ENTRYPOINT:
        options->overrides.entrypoint = argument;
        return 0;
    case KEY_ENVIRONMENT:
        add_variable(options, argument, state);
        return 0;
    case KEY_USER:
        options->overrides.user = argument;
        return 0;
    case KEY_WORKDIR:
        options->overrides.cwd = argument;
        return 0;
    case KEY_READ_ONLY:
        options->readonly = true;
        return 0;
    case ARGP_KEY_END:
        check(options, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp image_options_argp = {.options = table, .parser = parse};

void image_options_release(struct image_options *options)
{
    free(options->environment);
    *options = (struct image_options){0};
}
