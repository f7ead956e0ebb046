/* What a cgroup is to be, before any of it is made; see cgroup.h. */
#include "cgroup/plan.h"

#include "oci/cleanup.h"

#include <linux/capability.h>
#include <string.h>

int cgroup_plan_hierarchy(struct cgroup *cgroup,
                          const struct cgroup_hierarchy *hierarchy)
{
    struct cgroup_hierarchy *added;

    for (int i = 0; i < cgroup->hierarchy_count; i++) {
        added = &cgroup->hierarchies[i];
        if (strcmp(added->mount, hierarchy->mount) == 0) {
            added->required = added->required || hierarchy->required;
            return i;
        }
    }
    added = &cgroup->hierarchies[cgroup->hierarchy_count];
    *added = *hierarchy;
    added->directory = -1;
    added->entrance = -1;
    return cgroup->hierarchy_count++;
}

struct cgroup_setting *cgroup_plan_setting(struct cgroup *cgroup, int hierarchy,
                                           const char *limit, const char *file,
                                           const char *format, ...)
{
    static struct cgroup_setting nowhere; /* what is added to it is lost */
    enum { STEP = 16 };
    struct cgroup_setting *setting = cgroup->settings;
    va_list arguments;
    int status;

    if (cgroup->setting_count % STEP == 0)
        setting =
            reallocarray(cgroup->settings, (size_t)cgroup->setting_count + STEP,
                         sizeof(*setting));
    if (setting == NULL) {
        cgroup->memory_short = true;
        return &nowhere;
    }
    cgroup->settings = setting;
    setting += cgroup->setting_count++;
    *setting = (struct cgroup_setting){
        .hierarchy = hierarchy,
        .limit = limit,
        .file = strdup(file),
    };
    va_start(arguments, format);
    status = vasprintf(&setting->value, format, arguments);
    va_end(arguments);
    if (status < 0)
        setting->value = NULL;
    if (status < 0 || setting->file == NULL)
        cgroup->memory_short = true;
    return setting;
}

void cgroup_plan_release(struct cgroup *cgroup)
{
    for (int i = 0; i < cgroup->setting_count; i++) {
        free(cgroup->settings[i].file);
        free(cgroup->settings[i].value);
        free(cgroup->settings[i].second_value);
    }
    free(cgroup->settings);
    cgroup->settings = NULL;
    cgroup->setting_count = 0;
}

int cgroup_plan_limits(const struct bundle_resources *resources,
                       struct cgroup *cgroup, struct error *error)
{
    int status = cgroup->unified ? cgroup_v2_plan(resources, cgroup, error)
                                 : cgroup_v1_plan(resources, cgroup, error);

    if (status == 0 && cgroup->memory_short)
        return error_errno(error, ENOMEM, "cgroup");
    return status;
}

/*
 * Devices are guarded where the bundle has rules, and where its process could
 * make device nodes. In a user namespace nobody can make any, and the host's
 * have their permissions; without root no rules could be put into force.
 */
static bool guards_devices(const struct bundle *bundle)
{
    const struct bundle_process *process = &bundle->process;
    bool has_user_namespace = bundle->namespaces[NAMESPACE_USER].present;

    if (geteuid() != 0 && has_user_namespace)
        return false;
    return bundle->resources.device_count > 0 ||
           (!has_user_namespace &&
            (process->capabilities[CAPABILITY_BOUNDING] >> CAP_MKNOD & 1) != 0);
}

int cgroup_plan(const struct bundle *bundle, const char *id, bool systemd,
                struct cgroup *cgroup, struct error *error)
{
    int status;

    memset(cgroup, 0, sizeof(*cgroup));
    cgroup->unified = cgroup_is_unified();
    cgroup->guard_devices = guards_devices(bundle);
    status = systemd ? systemd_scope_parse(bundle->cgroups_path, id,
                                           &cgroup->scope, error)
                     : cgroup_choose_path(bundle, id, cgroup, error);
    return status == 0 ? cgroup_plan_limits(&bundle->resources, cgroup, error)
                       : status;
}

int cgroup_plan_none(const struct bundle *bundle, struct cgroup *cgroup,
                     struct error *error)
{
    int status;

    memset(cgroup, 0, sizeof(*cgroup));
    cgroup->unified = cgroup_is_unified();
    status = cgroup_plan_limits(&bundle->resources, cgroup, error);
    if (status == 0 && cgroup->setting_count > 0)
        status = error_set(error, ENOTSUP,
                           "config.json: linux.resources: limits need a "
                           "cgroup, and --cgroup-manager=disabled makes none");
    cgroup_plan_release(cgroup);
    cgroup->hierarchy_count = 0;
    return status;
}
