/*
 * The parts of bundle_load, a file each. Every function fills its share of
 * *bundle from its node of config.json and returns 0, or -EINVAL (-ENOMEM)
 * with error set; bundle_release frees what was filled either way.
 */
#ifndef RINGSIDE_OCI_BUNDLE_PARTS_H
#define RINGSIDE_OCI_BUNDLE_PARTS_H

#include "oci/bundle.h"
#include "oci/json.h"

/* config.md, "Process". */
int bundle_parse_process(const struct json_node *node,
                         struct bundle_process *process, struct error *error);
void bundle_release_process(struct bundle_process *process);

/* config.md, "Mounts". */
int bundle_parse_mounts(const struct json_node *node, struct bundle *bundle,
                        struct error *error);
void bundle_release_mounts(struct bundle *bundle);

/* config-linux.md: namespaces, mappings, cgroups, masked paths. */
int bundle_parse_linux(const struct json_node *node, struct bundle *bundle,
                       struct error *error);
void bundle_release_linux(struct bundle *bundle);

/* The config.json that a default bundle has; see bundle_create. rootfs is
 * root.path; the caller owns the document. NULL when memory is short or a
 * word is not UTF-8. */
json_t *bundle_default_config(const struct bundle_template *template,
                              const char *rootfs);

#endif
