/*
 * The cgroup of a virtual machine: the one that its bundle names, or a scope
 * of systemd's, with the limits of linux.resources. They hold for the process
 * that is the machine, and so for the guest: the time of its processors, its
 * disks, its memory.
 *
 * Of memory the machine has a little more than the guest, to whom the whole
 * limit is memory of its own: page tables, devices, the program itself. What is
 * made ready for the guest before it runs, as the archive of its root file
 * system, is its maker's; the process enters last of all.
 */
#ifndef RINGSIDE_VMM_MACHINE_CGROUP_H
#define RINGSIDE_VMM_MACHINE_CGROUP_H

#include "cgroup/cgroup.h"
#include "oci/runtime.h"

#include <jansson.h>

struct machine_cgroup {
    struct cgroup cgroup;             /* without hierarchies: none */
    json_t *details;                  /* for the machine's record */
    bool entered;                     /* the calling process is in it */
    int home[CGROUP_MAX_HIERARCHIES]; /* entrances of where it was before */
};

/*
 * Makes it. A bundle that names none has none: its machine stays where it is.
 * Release with machine_cgroup_release in any case. Errors: of cgroup_make.
 */
int machine_cgroup_make(const struct run_request *request,
                        struct machine_cgroup *machine, struct error *error);

/* Moves the calling process into it, which must have one thread. Errors: of
 * cgroup_enter. */
int machine_cgroup_enter(struct machine_cgroup *machine, struct error *error);

/* Leaves it and removes it, if asked to; otherwise that is for `delete`. */
void machine_cgroup_release(struct machine_cgroup *machine, bool remove);

/* Operations of struct runtime. The memory of a machine cannot be changed:
 * -ENOTSUP. */
int machine_update(const struct record *record,
                   const struct bundle_resources *resources,
                   struct error *error);
void machine_destroy(const char *id, const struct record *record);

#endif
