/* The plans for cgroup v1 and v2: which limits become which values. */
#include "container/cgroup.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

typedef int plan_function(const struct bundle_resources *resources,
                          struct cgroup *cgroup, struct error *error);

static struct bundle_resources no_limits(void)
{
    return (struct bundle_resources){
        .memory_limit = BUNDLE_UNSET,
        .memory_reservation = BUNDLE_UNSET,
        .memory_swap = BUNDLE_UNSET,
        .cpu_shares = BUNDLE_UNSET,
        .cpu_quota = BUNDLE_UNSET,
        .cpu_period = BUNDLE_UNSET,
        .pids_limit = BUNDLE_UNSET,
    };
}

static struct cgroup plan(plan_function *make,
                          const struct bundle_resources *resources)
{
    struct cgroup cgroup = {0};
    struct error error = {0};

    assert_int_equal(make(resources, &cgroup, &error), 0);
    return cgroup;
}

/* The value planned for a file, "" for none. */
static const char *value_of(const struct cgroup *cgroup, const char *file)
{
    for (int i = 0; i < cgroup->setting_count; i++) {
        if (strcmp(cgroup->settings[i].file, file) == 0)
            return cgroup->settings[i].value;
    }
    return "";
}

static bool enters(const struct cgroup *cgroup, const char *controller)
{
    for (int i = 0; i < cgroup->hierarchy_count; i++) {
        if (strcmp(cgroup->hierarchies[i].controller, controller) == 0)
            return true;
    }
    return false;
}

static void v1_enters_what_accounts_and_no_more(void **state)
{
    struct bundle_resources resources = no_limits();
    struct cgroup cgroup = plan(cgroup_v1_plan, &resources);

    (void)state;
    assert_int_equal(cgroup.setting_count, 0);
    assert_true(enters(&cgroup, "memory"));
    assert_true(enters(&cgroup, "pids"));
    assert_true(enters(&cgroup, "cpuacct"));
    assert_false(enters(&cgroup, "cpu"));
    assert_false(enters(&cgroup, "cpuset"));
    for (int i = 0; i < cgroup.hierarchy_count; i++)
        assert_false(cgroup.hierarchies[i].required);
}

static void v1_writes_each_limit_to_its_controller(void **state)
{
    char cpus[] = "0-1";
    struct bundle_resources resources = no_limits();
    struct cgroup cgroup;

    (void)state;
    resources.memory_limit = 4096;
    resources.memory_swap = 8192;
    resources.pids_limit = 3;
    resources.cpu_shares = 100;
    resources.cpu_quota = -1;
    resources.cpuset_cpus = cpus;
    cgroup = plan(cgroup_v1_plan, &resources);
    assert_string_equal(value_of(&cgroup, "memory.limit_in_bytes"), "4096");
    assert_string_equal(value_of(&cgroup, "memory.memsw.limit_in_bytes"),
                        "8192");
    assert_string_equal(value_of(&cgroup, "pids.max"), "3");
    assert_string_equal(value_of(&cgroup, "cpu.shares"), "100");
    assert_string_equal(value_of(&cgroup, "cpu.cfs_quota_us"), "-1");
    assert_string_equal(value_of(&cgroup, "cpuset.cpus"), "0-1");
    assert_int_equal(cgroup.setting_count, 6);
    for (int i = 0; i < cgroup.setting_count; i++) {
        const struct cgroup_setting *setting = &cgroup.settings[i];

        assert_true(cgroup.hierarchies[setting->hierarchy].required);
    }
}

static void v2_without_limits_needs_no_rights(void **state)
{
    struct bundle_resources resources = no_limits();
    struct cgroup cgroup = plan(cgroup_v2_plan, &resources);

    (void)state;
    assert_int_equal(cgroup.hierarchy_count, 1);
    assert_int_equal(cgroup.setting_count, 0);
    assert_false(cgroup.hierarchies[0].required);
}

static void v2_converts_the_values_of_v1(void **state)
{
    static const struct {
        int64_t shares;
        const char *weight;
    } weights[] = {
        {1, "1"},
        {2, "1"},
        {1024, "39"},
        {262144, "10000"},
        {INT64_MAX, "10000"},
    };
    struct bundle_resources resources = no_limits();
    struct cgroup cgroup;

    (void)state;
    resources.memory_limit = 4096;
    resources.memory_swap = 5000;
    resources.pids_limit = -1;
    resources.cpu_quota = 50000;
    cgroup = plan(cgroup_v2_plan, &resources);
    assert_true(cgroup.hierarchies[0].required);
    assert_string_equal(value_of(&cgroup, "memory.max"), "4096");
    assert_string_equal(value_of(&cgroup, "memory.swap.max"), "904");
    assert_string_equal(value_of(&cgroup, "pids.max"), "max");
    assert_string_equal(value_of(&cgroup, "cpu.max"), "50000 100000");
    for (size_t i = 0; i < sizeof(weights) / sizeof(weights[0]); i++) {
        resources = no_limits();
        resources.cpu_shares = weights[i].shares;
        cgroup = plan(cgroup_v2_plan, &resources);
        assert_string_equal(value_of(&cgroup, "cpu.weight"), weights[i].weight);
    }
}

static void v2_refuses_less_swap_than_memory(void **state)
{
    struct bundle_resources resources = no_limits();
    struct cgroup cgroup = {0};
    struct error error = {0};

    (void)state;
    resources.memory_swap = 4096;
    assert_int_equal(cgroup_v2_plan(&resources, &cgroup, &error), -EINVAL);
    assert_non_null(strstr(error.text, "linux.resources.memory.swap"));
    resources.memory_limit = 8192;
    cgroup = (struct cgroup){0};
    assert_int_equal(cgroup_v2_plan(&resources, &cgroup, &error), -EINVAL);
}

static void refuses_an_overlong_cpu_list(void **state)
{
    char cpus[CGROUP_VALUE_SIZE + 1];
    struct bundle_resources resources = no_limits();
    struct cgroup cgroup = {0};
    struct error error = {0};

    (void)state;
    memset(cpus, '1', CGROUP_VALUE_SIZE);
    cpus[CGROUP_VALUE_SIZE] = '\0';
    resources.cpuset_cpus = cpus;
    assert_int_equal(cgroup_v1_plan(&resources, &cgroup, &error), -EINVAL);
    cgroup = (struct cgroup){0};
    assert_int_equal(cgroup_v2_plan(&resources, &cgroup, &error), -EINVAL);
    assert_non_null(strstr(error.text, "linux.resources.cpu.cpus"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v1_enters_what_accounts_and_no_more),
        cmocka_unit_test(v1_writes_each_limit_to_its_controller),
        cmocka_unit_test(v2_without_limits_needs_no_rights),
        cmocka_unit_test(v2_converts_the_values_of_v1),
        cmocka_unit_test(v2_refuses_less_swap_than_memory),
        cmocka_unit_test(refuses_an_overlong_cpu_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
