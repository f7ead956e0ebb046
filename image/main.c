/*
 * ringside-image: unpacks container images for ringside-container and
 * ringside-vmm, which start it for an image that they do not find unpacked.
 *
 *   ringside-image get REFERENCE      unpack it, print where
 *   ringside-image list               what is kept
 *   ringside-image remove IMAGE...    remove those, or with --all every one
 */
#include "image/inventory.h"
#include "image/make.h"
#include "image/staging.h"
#include "oci/cleanup.h"

#include <argp.h>
#include <string.h>

enum { EXIT_COMMAND_LINE = 2 };

static const char program_name[] = "ringside-image";

const char *argp_program_version = "ringside-image " RINGSIDE_VERSION;

struct arguments {
    const char *verb;
    char **operands;
    bool all;
};

static int get(const struct image_store *store,
               const struct arguments *arguments, struct error *error)
{
    char entry[IMAGE_ENTRY_SIZE];
    int status;

    if (arguments->operands[0] == NULL || arguments->operands[1] != NULL)
        return error_set(error, EINVAL, "get: expected one image");
    status = image_make(store, arguments->operands[0], entry, error);
    if (status == 0)
        printf("%s/%s\n", store->path, entry);
    return status;
}

static int list(const struct image_store *store,
                const struct arguments *arguments, struct error *error)
{
    struct inventory inventory;
    int status;

    if (arguments->operands[0] != NULL)
        return error_set(error, EINVAL, "list: takes no arguments");
    status = inventory_read(store, &inventory, error);
    if (status < 0)
        return status;
    printf("%-12s  %9s  %-6s  %s\n", "IMAGE", "MiB", "IN USE", "FROM");
    for (size_t i = inventory.count; i-- > 0;) {
        const struct inventory_image *image = &inventory.images[i];

        printf("%.12s  %9.1f  %-6s  %s\n",
               image->entry + strlen(IMAGE_STORE_ENTRY),
               (double)image->bytes / (1 << 20), image->in_use ? "yes" : "no",
               image->reference != NULL ? image->reference : "");
    }
    inventory_release(&inventory);
    return 0;
}

/* By the first digits of its digest, as list shows them. */
static int remove_named(const struct image_store *store,
                        const struct inventory *inventory, const char *name,
                        struct error *error)
{
    const struct inventory_image *found = NULL;

    if (strncmp(name, "sha256:", strlen("sha256:")) == 0)
        name += strlen("sha256:");
    for (size_t i = 0; *name != '\0' && i < inventory->count; i++) {
        const struct inventory_image *image = &inventory->images[i];

        if (strncmp(image->entry + strlen(IMAGE_STORE_ENTRY), name,
                    strlen(name)) != 0)
            continue;
        if (found != NULL)
            return error_set(error, EINVAL, "%s: more than one image", name);
        found = image;
    }
    return found != NULL
               ? inventory_remove(store, found->entry, error)
               : error_set(error, ENOENT, "%s: there is no such image", name);
}

/* Those that can be; the first failure is told in the end. */
static int remove_images(const struct image_store *store,
                         const struct arguments *arguments, struct error *error)
{
    struct inventory inventory;
    int status;

    if (arguments->all == (arguments->operands[0] != NULL))
        return error_set(error, EINVAL, "remove: expected images, or --all");
    staging_sweep(store);
    status = inventory_read(store, &inventory, error);
    if (status < 0)
        return status;
    for (size_t i = 0; arguments->all && i < inventory.count; i++) {
        struct error failure = {0};

        if (inventory_remove(store, inventory.images[i].entry, &failure) < 0 &&
            status == 0) {
            *error = failure;
            status = -failure.code;
        }
    }
    for (char **name = arguments->operands; status == 0 && *name != NULL;
         name++)
        status = remove_named(store, &inventory, *name, error);
    inventory_release(&inventory);
    return status;
}

static const struct verb {
    const char *name;
    int (*run)(const struct image_store *store,
               const struct arguments *arguments, struct error *error);
} verbs[] = {
    {"get", get},
    {"list", list},
    {"remove", remove_images},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    (void)argument;
    switch (key) {
    case 'a':
        arguments->all = true;
        return 0;
    case ARGP_KEY_ARGS:
        arguments->verb = state->argv[state->next];
        arguments->operands = state->argv + state->next + 1;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a verb is expected");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"all", 'a', NULL, 0, "remove every image that no container is on", 0},
    {0},
};

static const struct argp argp = {
    options,
    parse,
    "get REFERENCE\nlist\nremove IMAGE...",
    "Unpacks container images for ringside-container and ringside-vmm.\v"
    "REFERENCE is a path, oci:DIR[:TAG], oci-archive:FILE, "
    "docker-archive:FILE or docker://NAME. Images are kept in "
    "$XDG_CACHE_HOME/ringside/images, else ~/.cache/ringside/images, for root "
    "/var/cache/ringside/images.",
    NULL,
    NULL,
    NULL};

static int run(const struct arguments *arguments, struct error *error)
{
    _cleanup_(image_store_release) struct image_store store = IMAGE_STORE_NONE;
    int status;

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strcmp(arguments->verb, verbs[i].name) != 0)
            continue;
        status = image_store_open(&store, error);
        return status < 0 ? status : verbs[i].run(&store, arguments, error);
    }
    return error_set(error, EINVAL, "unknown verb \"%s\"; see --help",
                     arguments->verb);
}

int main(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct error error = {0};

    argp_err_exit_status = EXIT_COMMAND_LINE;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (run(&arguments, &error) == 0)
        return EXIT_SUCCESS;
    fprintf(stderr, "%s: %s\n", program_name, error.text);
    return EXIT_FAILURE;
}
