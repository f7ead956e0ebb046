/*
 * The mounts of a bundle. Source: runtime-spec 1.0.2, config.md, "Mounts".
 */
#include "oci/bundle_parts.h"
#include "oci/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_bind(const struct bundle_mount *mount)
{
    if (mount->type != NULL && strcmp(mount->type, "bind") == 0)
        return true;
    for (char **option = mount->options; *option != NULL; option++) {
        if (strcmp(*option, "bind") == 0 || strcmp(*option, "rbind") == 0)
            return true;
    }
    return false;
}

/* "if bind, may be a relative path, which is relative to the bundle". */
static int resolve_bind_source(struct bundle_mount *mount,
                               const char *directory,
                               const struct json_node *node,
                               struct error *error)
{
    char *resolved;

    if (!is_bind(mount))
        return 0;
    if (mount->source == NULL || mount->source[0] == '\0')
        return json_node_expected(node, error, "a path to bind");
    if (mount->source[0] == '/')
        return 0;
    resolved = path_join(directory, mount->source);
    if (resolved == NULL)
        return error_errno(error, ENOMEM, "mounts");
    free(mount->source);
    mount->source = resolved;
    return 0;
}

static int parse_mount(const struct json_node *node, const char *directory,
                       struct bundle_mount *mount, struct error *error)
{
    struct json_node destination = json_node_member(node, "destination");
    struct json_node type = json_node_member(node, "type");
    struct json_node source = json_node_member(node, "source");
    struct json_node options = json_node_member(node, "options");
    int status = json_node_require(node, "an object", error);

    if (status == 0)
        status = json_node_object(node, error);
    if (status == 0)
        status = json_node_require(&destination, "an absolute path", error);
    if (status == 0)
        status =
            json_node_absolute_path(&destination, &mount->destination, error);
    if (status == 0)
        status = json_node_string(&type, &mount->type, error);
    if (status == 0)
        status = json_node_string(&source, &mount->source, error);
    if (status == 0)
        status = json_node_strings(&options, &mount->options, error);
    if (status == 0)
        status = bundle_parse_mappings(node, &mount->mappings, error);
    if (status < 0)
        return status;
    path_normalise(mount->destination);
    return resolve_bind_source(mount, directory, &source, error);
}

int bundle_parse_mounts(const struct json_node *node, struct bundle *bundle,
                        struct error *error)
{
    size_t count = json_node_count(node);
    int status = json_node_array(node, error);

    if (status < 0 || count == 0)
        return status;
    bundle->mounts = calloc(count, sizeof(*bundle->mounts));
    if (bundle->mounts == NULL)
        return error_errno(error, ENOMEM, "mounts");
    bundle->mount_count = count;
    for (size_t i = 0; status == 0 && i < count; i++) {
        struct json_node element = json_node_element(node, i);

        status =
            parse_mount(&element, bundle->directory, &bundle->mounts[i], error);
    }
    return status;
}

int bundle_add_bind(struct bundle *bundle, const char *source,
                    const char *destination, struct error *error)
{
    struct bundle_mount *longer =
        reallocarray(bundle->mounts, bundle->mount_count + 1, sizeof(*longer));
    struct bundle_mount *added;

    if (longer == NULL)
        return error_errno(error, ENOMEM, "mounts");
    bundle->mounts = longer;
    added = &longer[bundle->mount_count++];
    *added = (struct bundle_mount){
        .destination = strdup(destination),
        .type = strdup("bind"),
        .source = strdup(source),
        .options = calloc(1, sizeof(char *)),
    };
    return added->destination != NULL && added->type != NULL &&
                   added->source != NULL && added->options != NULL
               ? 0
               : error_errno(error, ENOMEM, "mounts");
}

void bundle_release_mounts(struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->mount_count; i++) {
        free(bundle->mounts[i].destination);
        free(bundle->mounts[i].type);
        free(bundle->mounts[i].source);
        string_vector_free(bundle->mounts[i].options);
        bundle_release_mappings(&bundle->mounts[i].mappings);
    }
    free(bundle->mounts);
}
