/* The cgroup of an existing container; see cgroup_control.h. */
#include "container/cgroup_control.h"

#include "oci/cleanup.h"

#include <string.h>

json_t *cgroup_save(const struct cgroup *cgroup)
{
    json_t *hierarchies = json_array();

    for (int i = 0; i < cgroup->hierarchy_count; i++) {
        const struct cgroup_hierarchy *hierarchy = &cgroup->hierarchies[i];

        if (hierarchy->directory >= 0)
            json_array_append_new(
                hierarchies,
                json_pack("{ss ss si}", "mount", hierarchy->mount, "controller",
                          hierarchy->controller, "made", hierarchy->made));
    }
    return json_pack("{ss sb sb so}", "cgroup", cgroup->path, "defaultPath",
                     cgroup->default_path, "unified", cgroup->unified,
                     "hierarchies", hierarchies);
}

/* A cgroup that was about to be made when the runtime was killed. */
static void assume_default(const char *id, struct cgroup *cgroup)
{
    const struct bundle bundle = {.resources = bundle_no_resources};
    struct error ignored = {0};

    (void)cgroup_plan(&bundle, id, cgroup, &ignored);
    for (int i = 0; i < cgroup->hierarchy_count; i++)
        cgroup->hierarchies[i].made = 1;
}

void cgroup_restore(const char *id, const json_t *details,
                    struct cgroup *cgroup)
{
    json_t *hierarchies = json_object_get(details, "hierarchies");
    const char *path = json_string_value(json_object_get(details, "cgroup"));

    memset(cgroup, 0, sizeof(*cgroup));
    if (path == NULL || strlen(path) >= sizeof(cgroup->path)) {
        assume_default(id, cgroup);
        return;
    }
    strcpy(cgroup->path, path);
    cgroup->default_path =
        json_is_true(json_object_get(details, "defaultPath"));
    cgroup->unified = json_is_true(json_object_get(details, "unified"));
    for (size_t i = 0; i < json_array_size(hierarchies); i++) {
        struct cgroup_hierarchy hierarchy = {0};

        if (cgroup->hierarchy_count == CGROUP_MAX_HIERARCHIES ||
            json_unpack(json_array_get(hierarchies, i), "{ss ss si}", "mount",
                        &hierarchy.mount, "controller", &hierarchy.controller,
                        "made", &hierarchy.made) < 0)
            return;
        /* One that was there before us goes with the container as well. */
        if (hierarchy.made == 0)
            hierarchy.made = 1;
        cgroup_plan_hierarchy(cgroup, &hierarchy);
    }
}

void cgroup_leave(struct cgroup *cgroup)
{
    for (int i = 0; i < cgroup->hierarchy_count; i++) {
        struct cgroup_hierarchy *hierarchy = &cgroup->hierarchies[i];

        if (hierarchy->entrance >= 0)
            close(take_fd(&hierarchy->entrance));
        if (hierarchy->directory >= 0)
            close(take_fd(&hierarchy->directory));
    }
    cgroup->hierarchy_count = 0;
}
