/*
 * The table of facts. Adding one is adding a row here and, where no function
 * fits, one to fingerprint_facts.h.
 */
#include "bench/fingerprint.h"

#include "bench/fingerprint_facts.h"

#define CPU_SYSFS   "/sys/devices/system/cpu"
#define THP_SYSFS   "/sys/kernel/mm/transparent_hugepage"
#define CLOCK_SYSFS "/sys/devices/system/clocksource/clocksource0"

static const struct fact {
    const char *group, *name;
    json_t *(*find)(const char *argument);
    const char *argument;
} facts[] = {
    {"cpu", "model", fact_cpuinfo, "model name"},
    {"cpu", "vendor", fact_cpuinfo, "vendor_id"},
    {"cpu", "family", fact_cpuinfo, "cpu family"},
    {"cpu", "model_number", fact_cpuinfo, "model"},
    {"cpu", "stepping", fact_cpuinfo, "stepping"},
    {"cpu", "microcode", fact_cpuinfo, "microcode"},
    {"cpu", "flags", fact_cpuinfo, "flags"},
    {"cpu", "online", fact_line, CPU_SYSFS "/online"},
    {"cpu", "isolated", fact_line, CPU_SYSFS "/isolated"},
    {"cpu", "nodes", fact_line, "/sys/devices/system/node/online"},
    {"cpu", "smt", fact_line, CPU_SYSFS "/smt/control"},
    {"cpu", "smt_active", fact_number, CPU_SYSFS "/smt/active"},
    {"cpu", "caches", fact_caches, NULL},
    {"cpu", "governor", fact_line, CPU_SYSFS "/cpu0/cpufreq/scaling_governor"},
    {"cpu", "frequency_driver", fact_line,
     CPU_SYSFS "/cpu0/cpufreq/scaling_driver"},
    {"cpu", "frequency_boost", fact_number, CPU_SYSFS "/cpufreq/boost"},
    {"cpu", "intel_no_turbo", fact_number, CPU_SYSFS "/intel_pstate/no_turbo"},
    {"cpu", "vulnerabilities", fact_directory, CPU_SYSFS "/vulnerabilities"},

    {"hypervisor", "present", fact_cpu_flag, "hypervisor"},
    {"hypervisor", "signature", fact_hypervisor_signature, NULL},
    {"hypervisor", "type", fact_line, "/sys/hypervisor/type"},
    {"hypervisor", "vendor", fact_line, "/sys/class/dmi/id/sys_vendor"},
    {"hypervisor", "product", fact_line, "/sys/class/dmi/id/product_name"},

    {"kvm", "device_opens", fact_kvm_opens, NULL},
    {"kvm", "api_version", fact_kvm_api, NULL},
    {"kvm", "back_ends", fact_kvm_backends, NULL},
    {"kvm", "nested", fact_kvm_parameter, "nested"},
    {"kvm", "ept", fact_kvm_parameter, "ept"},
    {"kvm", "npt", fact_kvm_parameter, "npt"},
    {"kvm", "halt_poll_ns", fact_number,
     "/sys/module/kvm/parameters/halt_poll_ns"},

    {"kernel", "release", fact_uname, "release"},
    {"kernel", "version", fact_uname, "version"},
    {"kernel", "machine", fact_uname, "machine"},
    {"kernel", "command_line", fact_line, "/proc/cmdline"},
    {"kernel", "randomize_va_space", fact_number,
     "/proc/sys/kernel/randomize_va_space"},
    {"kernel", "security_modules", fact_line, "/sys/kernel/security/lsm"},
    {"kernel", "max_user_namespaces", fact_number,
     "/proc/sys/user/max_user_namespaces"},

    {"memory", "total_bytes", fact_meminfo, "MemTotal"},
    {"memory", "swap_bytes", fact_meminfo, "SwapTotal"},
    {"memory", "huge_pages", fact_chosen, THP_SYSFS "/enabled"},
    {"memory", "huge_page_defrag", fact_chosen, THP_SYSFS "/defrag"},
    {"memory", "huge_page_shmem", fact_chosen, THP_SYSFS "/shmem_enabled"},
    {"memory", "overcommit", fact_number, "/proc/sys/vm/overcommit_memory"},
    {"memory", "same_page_merging", fact_number, "/sys/kernel/mm/ksm/run"},

    {"clock", "source", fact_line, CLOCK_SYSFS "/current_clocksource"},
    {"clock", "available", fact_line, CLOCK_SYSFS "/available_clocksource"},

    {"cgroup", "version", fact_cgroup_version, NULL},
    {"cgroup", "controllers_v1", fact_cgroup_controllers, "v1"},
    {"cgroup", "controllers_v2", fact_cgroup_controllers, "v2"},

    {"system", "distribution", fact_os_release, "PRETTY_NAME"},
    {"system", "libc", fact_libc, NULL},
    {"system", "compiler", fact_compiler, NULL},
    {"system", "user_id", fact_user_id, NULL},
    {"system", "capabilities_missing", fact_capabilities_missing, NULL},
};

/* The group's object, made when it is first asked for. */
static json_t *group_of(json_t *host, const char *name)
{
    json_t *group = json_object_get(host, name);

    if (group == NULL) {
        group = json_object();
        if (json_object_set_new(host, name, group) < 0)
            return NULL;
    }
    return group;
}

json_t *fingerprint_collect(void)
{
    json_t *host = json_object();

    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        json_t *value = facts[i].find(facts[i].argument);

        if (value == NULL)
            value = json_null();
        if (json_object_set_new(group_of(host, facts[i].group), facts[i].name,
                                value) < 0) {
            json_decref(host);
            return NULL;
        }
    }
    return host;
}
