/*
 * The Linux part of a bundle: namespaces, id mappings, paths that are hidden;
 * larger objects are in bundle_resources.c, bundle_devices.c, bundle_kernel.c.
 * Source: runtime-spec 1.0.2, config-linux.md.
 */
#include "oci/bundle_parts.h"
#include "oci/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const namespace_names[NAMESPACE_KINDS] = {
    [NAMESPACE_MOUNT] = "mount",     [NAMESPACE_PID] = "pid",
    [NAMESPACE_NETWORK] = "network", [NAMESPACE_IPC] = "ipc",
    [NAMESPACE_UTS] = "uts",         [NAMESPACE_CGROUP] = "cgroup",
    [NAMESPACE_USER] = "user",       [NAMESPACE_TIME] = "time",
};

static int parse_namespace(const struct json_node *node, struct bundle *bundle,
                           struct error *error)
{
    struct json_node type = json_node_member(node, "type");
    struct json_node path = json_node_member(node, "path");
    const char *name = "";
    int kind, status = json_node_require(node, "an object", error);

    if (status == 0)
        status = json_node_object(node, error);
    if (status == 0)
        status = json_node_text(&type, &name, error);
    if (status < 0)
        return status;
    for (kind = 0; kind < NAMESPACE_KINDS; kind++) {
        if (strcmp(namespace_names[kind], name) == 0)
            break;
    }
    if (kind == NAMESPACE_KINDS)
        return json_node_expected(&type, error, "the name of a namespace");
    if (bundle->namespaces[kind].present)
        return json_node_expected(&type, error, "each namespace only once");
    bundle->namespaces[kind].present = true;
    return json_node_absolute_path(&path, &bundle->namespaces[kind].path,
                                   error);
}

static int parse_namespaces(const struct json_node *linux_node,
                            struct bundle *bundle, struct error *error)
{
    struct json_node node = json_node_member(linux_node, "namespaces");
    int status = json_node_array(&node, error);

    for (size_t i = 0; status == 0 && i < json_node_count(&node); i++) {
        struct json_node element = json_node_element(&node, i);

        status = parse_namespace(&element, bundle, error);
    }
    return status;
}

/* An id range [first, first + size) may not reach past 2^32 - 1. */
static int parse_mapping(const struct json_node *node,
                         struct bundle_id_mapping *mapping, struct error *error)
{
    struct json_node container = json_node_member(node, "containerID");
    struct json_node host = json_node_member(node, "hostID");
    struct json_node size = json_node_member(node, "size");
    int64_t container_id = 0, host_id = 0, count = 0;
    int status = json_node_require(node, "an object", error);

    if (status == 0)
        status = json_node_object(node, error);
    if (status == 0)
        status =
            json_node_integer(&container, 0, UINT32_MAX, &container_id, error);
    if (status == 0)
        status = json_node_integer(&host, 0, UINT32_MAX, &host_id, error);
    if (status == 0)
        status = json_node_require(&size, "an integer", error);
    if (status == 0)
        status = json_node_integer(&size, 1, UINT32_MAX, &count, error);
    if (status == 0 &&
        (container_id + count > UINT32_MAX || host_id + count > UINT32_MAX))
        return json_node_expected(&size, error,
                                  "a range that ends below 4294967295");
    mapping->container_id = (uint32_t)container_id;
    mapping->host_id = (uint32_t)host_id;
    mapping->size = (uint32_t)count;
    return status;
}

static int parse_mapping_list(const struct json_node *node,
                              struct bundle_id_mapping **mappings,
                              size_t *mapping_count, struct error *error)
{
    size_t count = json_node_count(node);
    int status = json_node_array(node, error);

    if (status < 0 || count == 0)
        return status;
    *mappings = calloc(count, sizeof(**mappings));
    if (*mappings == NULL)
        return error_errno(error, ENOMEM, "id mappings");
    *mapping_count = count;
    for (size_t i = 0; status == 0 && i < count; i++) {
        struct json_node element = json_node_element(node, i);

        status = parse_mapping(&element, &(*mappings)[i], error);
    }
    return status;
}

int bundle_parse_mappings(const struct json_node *parent,
                          struct bundle_id_mappings *mappings,
                          struct error *error)
{
    struct json_node uids = json_node_member(parent, "uidMappings");
    struct json_node gids = json_node_member(parent, "gidMappings");
    int status =
        parse_mapping_list(&uids, &mappings->uids, &mappings->uid_count, error);

    if (status == 0)
        status = parse_mapping_list(&gids, &mappings->gids,
                                    &mappings->gid_count, error);
    return status;
}

void bundle_release_mappings(struct bundle_id_mappings *mappings)
{
    free(mappings->uids);
    free(mappings->gids);
}

static int parse_paths(const struct json_node *linux_node, const char *name,
                       char ***paths, struct error *error)
{
    struct json_node node = json_node_member(linux_node, name);
    int status = json_node_strings(&node, paths, error);

    for (size_t i = 0; status == 0 && i < json_node_count(&node); i++) {
        struct json_node element = json_node_element(&node, i);

        if ((*paths)[i][0] != '/')
            return json_node_expected(&element, error, "an absolute path");
        path_normalise((*paths)[i]);
    }
    return status;
}

int bundle_parse_linux(const struct json_node *node, struct bundle *bundle,
                       struct error *error)
{
    struct json_node resources = json_node_member(node, "resources");
    struct json_node cgroups = json_node_member(node, "cgroupsPath");
    struct json_node label = json_node_member(node, "mountLabel");
    int status = json_node_object(node, error);

    if (status == 0)
        status = parse_namespaces(node, bundle, error);
    if (status == 0)
        status = bundle_parse_mappings(node, &bundle->mappings, error);
    if (status == 0)
        status =
            bundle_parse_resources_node(&resources, &bundle->resources, error);
    if (status == 0)
        status = json_node_string(&cgroups, &bundle->cgroups_path, error);
    if (status == 0)
        status = parse_paths(node, "maskedPaths", &bundle->masked_paths, error);
    if (status == 0)
        status =
            parse_paths(node, "readonlyPaths", &bundle->readonly_paths, error);
    if (status == 0)
        status = json_node_string(&label, &bundle->mount_label, error);
    if (status == 0)
        status = bundle_parse_devices(node, bundle, error);
    if (status == 0)
        status = bundle_parse_kernel(node, bundle, error);
    return status;
}

void bundle_release_linux(struct bundle *bundle)
{
    for (int kind = 0; kind < NAMESPACE_KINDS; kind++)
        free(bundle->namespaces[kind].path);
    bundle_release_mappings(&bundle->mappings);
    bundle_release_resources(&bundle->resources);
    bundle_release_devices(bundle);
    bundle_release_settings(&bundle->sysctls);
    free(bundle->cgroups_path);
    free(bundle->mount_label);
    string_vector_free(bundle->masked_paths);
    string_vector_free(bundle->readonly_paths);
}
