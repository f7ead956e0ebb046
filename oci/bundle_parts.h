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

/* config-linux.md, "Control groups". */
int bundle_parse_resources_node(const struct json_node *node,
                                struct bundle_resources *result,
                                struct error *error);

/* A list of id ranges, "uidMappings" of linux or of a mount. */
int bundle_parse_mappings(const struct json_node *parent,
                          struct bundle_id_mappings *mappings,
                          struct error *error);
void bundle_release_mappings(struct bundle_id_mappings *mappings);

/* config.md: scheduler, ioPriority, execCPUAffinity of the process. */
int bundle_parse_scheduling(const struct json_node *process,
                            struct bundle_process *result, struct error *error);

/* config-linux.md: what the kernel shows differently inside: sysctl,
 * personality, timeOffsets, rootfsPropagation. */
int bundle_parse_kernel(const struct json_node *linux_node,
                        struct bundle *bundle, struct error *error);

/* config-linux.md: "Devices" and "Allowed Device list". */
int bundle_parse_devices(const struct json_node *linux_node,
                         struct bundle *bundle, struct error *error);
void bundle_release_devices(struct bundle *bundle);
int bundle_parse_device_rules(const struct json_node *resources,
                              struct bundle_resources *result,
                              struct error *error);

/* An object of strings ({"net.core.somaxconn": "1024"}). */
int bundle_parse_settings(const struct json_node *node,
                          struct bundle_settings *settings,
                          struct error *error);
/* Room for count settings. Errors: -ENOMEM. */
int bundle_allocate_settings(struct bundle_settings *settings, size_t count,
                             struct error *error);
void bundle_release_settings(struct bundle_settings *settings);

/* The config.json that a default bundle has; see bundle_create. rootfs is
 * root.path; the caller owns the document. NULL when memory is short or a
 * word is not UTF-8. */
json_t *bundle_default_config(const struct bundle_template *template,
                              const char *rootfs);

#endif
