/* What can be done to a container from outside; see control.h. It is all done
 * by its cgroup, found by the container's record. */
#include "container/control.h"

#include "cgroup/control.h"
#include "container/resctrl.h"

void container_destroy(const char *id, const struct record *record)
{
    cgroup_destroy(id, record);
    resctrl_remove(json_object_get(record->details, "resctrl"));
}

int container_signal_all(const struct record *record, int number,
                         struct error *error)
{
    struct cgroup cgroup;

    cgroup_restore(record->details, &cgroup);
    return cgroup_signal(&cgroup, number, error);
}

bool container_is_paused(const struct record *record)
{
    struct cgroup cgroup;

    cgroup_restore(record->details, &cgroup);
    return cgroup_is_frozen(&cgroup);
}

int container_pause(const struct record *record, bool pause,
                    struct error *error)
{
    struct cgroup cgroup;

    cgroup_restore(record->details, &cgroup);
    return cgroup_freeze(&cgroup, record->details, pause, error);
}

int container_update(const struct record *record,
                     const struct bundle_resources *resources,
                     struct error *error)
{
    struct cgroup cgroup;

    cgroup_restore(record->details, &cgroup);
    return cgroup_update(&cgroup, record->details, resources, error);
}

json_t *container_processes(const struct record *record, struct error *error)
{
    struct cgroup cgroup;

    cgroup_restore(record->details, &cgroup);
    return cgroup_processes(&cgroup, error);
}
