/*
 * Which devices a container may use: linux.resources.devices.
 *
 * A rule goes before those above it, and at the end are the devices that
 * every container has. cgroup v1 knows a default and exceptions to it
 * (device_rules.c); cgroup v2 runs a program (device_program.c).
 * Source: runtime-spec 1.0.2, config-linux.md, "Allowed Device list";
 * Documentation/admin-guide/cgroup-v1/devices.rst, cgroup-v2.rst.
 */
#ifndef RINGSIDE_CGROUP_DEVICE_RULES_H
#define RINGSIDE_CGROUP_DEVICE_RULES_H

#include "oci/bundle.h"
#include "oci/error.h"

#include <linux/bpf.h>

struct device_rules {
    bool allow;                       /* what no rule says */
    struct bundle_device_rule *rules; /* allocated; first to last */
    size_t count;
};

/* The rules of a bundle with those that every container has behind them.
 * Release with device_rules_release in any case. Errors: -ENOMEM. */
int device_rules_collect(const struct bundle_resources *resources,
                         struct device_rules *rules, struct error *error);

/*
 * The same as a default and exceptions to it, none of which overlaps with
 * one of the other kind. Errors: -ENOTSUP for what cannot be said so, an
 * exception from an exception; -ENOMEM.
 */
int device_rules_flatten(const struct bundle_resources *resources,
                         struct device_rules *rules, struct error *error);

void device_rules_release(struct device_rules *rules);

/* The most instructions that device_program_build needs for count rules. */
size_t device_program_limit(size_t count);

/*
 * Writes a program of type BPF_PROG_TYPE_CGROUP_DEVICE that decides as the
 * rules say; program has room for device_program_limit(rules->count).
 * Returns the number of instructions.
 */
size_t device_program_build(const struct device_rules *rules,
                            struct bpf_insn *program);

/* Loads the program and attaches it to the cgroup v2 at directory. Errors:
 * negative errno. */
int device_program_attach(const struct bundle_resources *resources,
                          int directory, struct error *error);

#endif
