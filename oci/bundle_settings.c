/* Objects of strings in config.json: sysctl, unified. */
#include "oci/bundle_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int bundle_allocate_settings(struct bundle_settings *settings, size_t count,
                             struct error *error)
{
    if (count == 0)
        return 0;
    settings->items = calloc(count, sizeof(*settings->items));
    if (settings->items == NULL)
        return error_errno(error, ENOMEM, "config.json");
    settings->count = count;
    return 0;
}

int bundle_parse_settings(const struct json_node *node,
                          struct bundle_settings *settings, struct error *error)
{
    const char *name;
    json_t *value;
    size_t used = 0;
    int status = json_node_object(node, error);

    if (status == 0)
        status = bundle_allocate_settings(settings,
                                          json_object_size(node->value), error);
    if (status < 0)
        return status;
    json_object_foreach(node->value, name, value)
    {
        struct bundle_setting *item = &settings->items[used++];
        struct json_node member = json_node_member(node, name);

        status = json_node_require(&member, "a string", error);
        if (status == 0)
            status = json_node_string(&member, &item->value, error);
        if (status < 0)
            return status;
        item->name = strdup(name);
        if (item->name == NULL)
            return error_errno(error, ENOMEM, "config.json");
    }
    return 0;
}

void bundle_release_settings(struct bundle_settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        free(settings->items[i].name);
        free(settings->items[i].value);
    }
    free(settings->items);
}
