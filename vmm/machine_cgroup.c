/* The machine's process in a cgroup of its own; see machine_cgroup.h. */
#include "vmm/machine_cgroup.h"

#include "cgroup/control.h"
#include "oci/cleanup.h"

#include <fcntl.h>
#include <string.h>

/* What a machine needs besides the guest's memory: the program, its devices
 * and their buffers; and 1/64 of it, of which 1/512 twice is for the page
 * tables of this process and of the guest. */
enum { ALLOWANCE = 32 << 20, ALLOWANCE_SHARE = 64 };

static bool names_cgroup(const struct bundle *bundle)
{
    return bundle->cgroups_path != NULL && bundle->cgroups_path[0] != '\0';
}

/* The allowance that a limit of memory, or of memory and swap, is raised by. */
static void add_allowance(int64_t *limit, int64_t memory)
{
    int64_t allowance = ALLOWANCE + memory / ALLOWANCE_SHARE;

    if (memory > 0 && *limit > 0 && *limit <= INT64_MAX - allowance)
        *limit += allowance;
}

static void raise_limits(struct bundle_resources *resources)
{
    int64_t memory = resources->memory_limit;

    add_allowance(&resources->memory_limit, memory);
    add_allowance(&resources->memory_swap, memory);
}

int machine_cgroup_make(const struct run_request *request,
                        struct machine_cgroup *machine, struct error *error)
{
    /* A view of the bundle, with limits of our own. */
    struct bundle bundle = *request->bundle;
    bool systemd = request->cgroup_manager == CGROUP_MANAGER_SYSTEMD;
    int status = 0;

    *machine = (struct machine_cgroup){0};
    memset(machine->home, -1, sizeof(machine->home));
    if (request->cgroup_manager != CGROUP_MANAGER_NONE &&
        (names_cgroup(&bundle) || systemd)) {
        raise_limits(&bundle.resources);
        status =
            cgroup_make(&bundle, request->id, systemd, &machine->cgroup, error);
        if (status == 0)
            status = cgroup_open_entrances(&machine->cgroup, error);
    }
    if (status < 0)
        return status;
    machine->details = cgroup_save(&machine->cgroup);
    return machine->details != NULL ? 0 : error_errno(error, ENOMEM, "cgroup");
}

static bool is_listed(const char *list, const char *name)
{
    while (*list != '\0') {
        size_t length = strcspn(list, ",");

        if (length == strlen(name) && memcmp(list, name, length) == 0)
            return true;
        list += length + (list[length] == ',');
    }
    return false;
}

static bool is_of(const struct cgroup_membership *membership,
                  const struct cgroup_hierarchy *hierarchy)
{
    return hierarchy->unified
               ? membership->controllers[0] == '\0'
               : is_listed(membership->controllers, hierarchy->controller);
}

/* Opens the entrances of the cgroups that the process is in now. */
static void note_home(struct machine_cgroup *machine)
{
    _cleanup_file_ FILE *file = fopen("/proc/self/cgroup", "re");
    char line[PATH_MAX], path[PATH_MAX + 64];
    struct cgroup_membership membership;

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (!cgroup_membership_split(line, &membership))
            continue;
        for (int i = 0; i < machine->cgroup.hierarchy_count; i++) {
            const struct cgroup_hierarchy *hierarchy =
                &machine->cgroup.hierarchies[i];

            if (hierarchy->entrance < 0 || !is_of(&membership, hierarchy))
                continue;
            snprintf(path, sizeof(path), "%s%s/%s", hierarchy->mount,
                     membership.path, cgroup_entrance(hierarchy));
            machine->home[i] = open(path, O_WRONLY | O_CLOEXEC);
        }
    }
}

int machine_cgroup_enter(struct machine_cgroup *machine, struct error *error)
{
    int status;

    if (machine->cgroup.hierarchy_count == 0)
        return 0;
    note_home(machine);
    machine->entered = true;
    status = cgroup_enter(&machine->cgroup, error);
    systemd_scope_release(&machine->cgroup.scope);
    return status;
}

/* False if the process is still in it, at least in part. */
static bool go_home(struct machine_cgroup *machine)
{
    bool gone = true;

    for (int i = 0; machine->entered && i < machine->cgroup.hierarchy_count;
         i++) {
        if (machine->cgroup.hierarchies[i].entrance >= 0)
            gone = write(machine->home[i], "0", 1) == 1 && gone;
        cleanup_close(&machine->home[i]);
    }
    return gone;
}

void machine_cgroup_release(struct machine_cgroup *machine, bool remove)
{
    systemd_scope_release(&machine->cgroup.scope);
    /* Whoever is in it is killed with it. */
    if (remove && go_home(machine))
        cgroup_remove(&machine->cgroup);
    else
        cgroup_leave(&machine->cgroup);
    json_decref(machine->details);
    machine->details = NULL;
}

/* Only what was the limit before can be its limit. */
static bool keeps_memory(const struct record *record,
                         const struct bundle_resources *resources)
{
    struct error ignored = {0};
    struct bundle bundle;
    bool same;

    if (resources->memory_limit == BUNDLE_UNSET &&
        resources->memory_swap == BUNDLE_UNSET)
        return true;
    if (record->config == NULL ||
        bundle_load_saved(record->config, "/", "/", &bundle, &ignored) < 0)
        return false;
    same = resources->memory_limit == bundle.resources.memory_limit;
    bundle_release(&bundle);
    return same;
}

int machine_update(const struct record *record,
                   const struct bundle_resources *resources,
                   struct error *error)
{
    struct bundle_resources limits = *resources;
    struct cgroup cgroup;

    if (!keeps_memory(record, resources))
        return error_set(error, ENOTSUP,
                         "memory: that of a machine is what it was made with "
                         "and cannot be updated");
    raise_limits(&limits);
    cgroup_restore(record->details, &cgroup);
    return cgroup_update(&cgroup, record->details, &limits, error);
}

void machine_destroy(const char *id, const struct record *record)
{
    struct error ignored = {0};
    struct bundle bundle;
    bool named = false;

    if (record->details == NULL && record->config != NULL &&
        bundle_load_saved(record->config, "/", "/", &bundle, &ignored) == 0) {
        named = names_cgroup(&bundle);
        bundle_release(&bundle);
    }
    if (record->details != NULL || named)
        cgroup_destroy(id, record);
}
