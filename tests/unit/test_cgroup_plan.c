/* The plans for cgroup v1 and v2: which limits become which values. */
#include "cgroup/plan.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

typedef int plan_function(const struct bundle_resources *resources,
                          struct cgroup *cgroup, struct error *error);

static struct bundle_resources no_limits(void)
{
    return bundle_no_resources;
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
    cgroup_plan_release(&cgroup);
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
    cgroup_plan_release(&cgroup);
    for (size_t i = 0; i < sizeof(weights) / sizeof(weights[0]); i++) {
        resources = no_limits();
        resources.cpu_shares = weights[i].shares;
        cgroup = plan(cgroup_v2_plan, &resources);
        assert_string_equal(value_of(&cgroup, "cpu.weight"), weights[i].weight);
        cgroup_plan_release(&cgroup);
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
    cgroup_plan_release(&cgroup);
    resources.memory_limit = 8192;
    cgroup = (struct cgroup){0};
    assert_int_equal(cgroup_v2_plan(&resources, &cgroup, &error), -EINVAL);
    cgroup_plan_release(&cgroup);
}

static void v2_hands_down_what_a_limit_needs(void **state)
{
    struct bundle_resources resources = no_limits();
    char cpus[] = "0", page[] = "2MB", limit[] = "0";
    struct bundle_setting pages = {page, limit};
    struct cgroup cgroup;

    (void)state;
    resources.cpuset_cpus = cpus;
    resources.huge_pages = (struct bundle_settings){&pages, 1};
    cgroup = plan(cgroup_v2_plan, &resources);
    assert_string_equal(cgroup.hierarchies[0].controllers,
                        "+memory +pids +cpu +cpuset +hugetlb");
    assert_string_equal(value_of(&cgroup, "hugetlb.2MB.max"), "0");
    assert_true(cgroup.hierarchies[0].required);
    cgroup_plan_release(&cgroup);
}

static void v2_writes_block_limits_by_device(void **state)
{
    struct bundle_resources resources = no_limits();
    struct bundle_block_limit rate = {8, 16, 1048576};
    struct cgroup cgroup;

    (void)state;
    resources.block_weight = 1000;
    resources.block[BLOCK_WRITE_BYTES] = (struct bundle_block_limits){&rate, 1};
    cgroup = plan(cgroup_v2_plan, &resources);
    assert_string_equal(value_of(&cgroup, "io.max"), "8:16 wbps=1048576");
    assert_string_equal(value_of(&cgroup, "io.bfq.weight"), "1000");
    assert_string_equal(cgroup.settings[0].second_file, "io.weight");
    assert_string_equal(cgroup.settings[0].second_value, "10000");
    cgroup_plan_release(&cgroup);
}

static void v2_takes_any_file_of_a_cgroup_but_no_other(void **state)
{
    static const char *const wrong[] = {"memory", ".x", "../x.y", "a/b.c",
                                        "averyveryverylongname.max"};
    struct bundle_resources resources = no_limits();
    char name[32] = "memory.high", value[] = "4096";
    struct bundle_setting file = {name, value};
    struct error error = {0};
    struct cgroup cgroup;

    (void)state;
    resources.unified = (struct bundle_settings){&file, 1};
    cgroup = plan(cgroup_v2_plan, &resources);
    assert_string_equal(value_of(&cgroup, "memory.high"), "4096");
    cgroup_plan_release(&cgroup);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct cgroup refused = {0};

        strcpy(name, wrong[i]);
        assert_int_equal(cgroup_v2_plan(&resources, &refused, &error), -EINVAL);
        cgroup_plan_release(&refused);
    }
}

static void v2_refuses_what_only_v1_had(void **state)
{
    struct bundle_resources resources = no_limits();
    struct cgroup cgroup = {0};
    struct error error = {0};

    (void)state;
    resources.memory_swappiness = 10;
    assert_int_equal(cgroup_v2_plan(&resources, &cgroup, &error), -ENOTSUP);
    assert_string_equal(error.text,
                        "config.json: linux.resources.memory.swappiness: "
                        "cgroup v2 has no such limit");
}

static void v1_knows_block_and_network_limits(void **state)
{
    struct bundle_resources resources = no_limits();
    struct bundle_block_limit weight = {8, 0, 300};
    char name[] = "lo", value[] = "7";
    struct bundle_setting priority = {name, value};
    struct cgroup cgroup;

    (void)state;
    resources.block[BLOCK_WEIGHT] = (struct bundle_block_limits){&weight, 1};
    resources.network_class = 65537;
    resources.network_priorities = (struct bundle_settings){&priority, 1};
    resources.memory_no_oom_killer = true;
    cgroup = plan(cgroup_v1_plan, &resources);
    assert_string_equal(value_of(&cgroup, "blkio.weight_device"), "8:0 300");
    assert_string_equal(value_of(&cgroup, "net_cls.classid"), "65537");
    assert_string_equal(value_of(&cgroup, "net_prio.ifpriomap"), "lo 7");
    assert_string_equal(value_of(&cgroup, "memory.oom_control"), "1");
    assert_true(enters(&cgroup, "blkio"));
    assert_true(enters(&cgroup, "net_cls"));
    cgroup_plan_release(&cgroup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v1_enters_what_accounts_and_no_more),
        cmocka_unit_test(v1_writes_each_limit_to_its_controller),
        cmocka_unit_test(v2_without_limits_needs_no_rights),
        cmocka_unit_test(v2_converts_the_values_of_v1),
        cmocka_unit_test(v2_refuses_less_swap_than_memory),
        cmocka_unit_test(v2_hands_down_what_a_limit_needs),
        cmocka_unit_test(v2_writes_block_limits_by_device),
        cmocka_unit_test(v2_takes_any_file_of_a_cgroup_but_no_other),
        cmocka_unit_test(v2_refuses_what_only_v1_had),
        cmocka_unit_test(v1_knows_block_and_network_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
