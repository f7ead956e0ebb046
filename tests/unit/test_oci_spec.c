/*
 * The Linux fields of config.json: what is read into plain C, and how what is
 * wrong is told. The other fields are in test_oci_bundle.c.
 */
#include "oci/bundle.h"

#include "oci/file.h"

#include <errno.h>
#include <linux/ioprio.h>
#include <linux/sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[] = "/tmp/test_oci_spec.XXXXXX";

static int make_directory(void **state)
{
    char rootfs[64];

    (void)state;
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(rootfs, sizeof(rootfs), "%s/rootfs", directory);
    return mkdir(rootfs, 0755);
}

static int remove_directory(void **state)
{
    struct error error = {0};

    (void)state;
    return tree_remove(directory, &error);
}

/* Loads a config.json with these members of linux and of process. */
static int load(const char *linux_members, const char *process_members,
                struct bundle *bundle, struct error *error)
{
    char path[64];
    FILE *file;

    snprintf(path, sizeof(path), "%s/config.json", directory);
    file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file,
            "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"rootfs\"},"
            "\"process\":{\"args\":[\"/p\"],\"cwd\":\"/\"%s},"
            "\"linux\":{\"namespaces\":[{\"type\":\"mount\"},"
            "{\"type\":\"network\"},{\"type\":\"ipc\"},{\"type\":\"uts\"},"
            "{\"type\":\"time\"}]%s}}",
            process_members, linux_members);
    fclose(file);
    return bundle_load(directory, bundle, error);
}

static struct bundle loaded(const char *linux_members,
                            const char *process_members)
{
    struct bundle bundle;
    struct error error = {0};

    if (load(linux_members, process_members, &bundle, &error) != 0)
        fail_msg("%s", error.text);
    return bundle;
}

/* Members that are refused, and the words of the message. */
struct refusal {
    const char *linux_members, *process_members, *message;
};

static void assert_refused(const struct refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct bundle bundle;
        struct error error = {0};

        if (load(refusals[i].linux_members, refusals[i].process_members,
                 &bundle, &error) == 0)
            fail_msg("taken: %s%s", refusals[i].linux_members,
                     refusals[i].process_members);
        if (strstr(error.text, refusals[i].message) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", error.text, refusals[i].message);
        assert_null(bundle.document);
    }
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void resources_are_unset_unless_given(void **state)
{
    struct bundle bundle = loaded("", "");

    (void)state;
    assert_int_equal(bundle.resources.memory_swappiness, BUNDLE_UNSET);
    assert_int_equal(bundle.resources.cpu_idle, BUNDLE_UNSET);
    assert_int_equal(bundle.resources.block_weight, BUNDLE_UNSET);
    assert_int_equal(bundle.resources.huge_pages.count, 0);
    assert_int_equal(bundle.resources.device_count, 0);
    bundle_release(&bundle);
}

static void zero_means_unset_where_engines_write_it_for_nothing(void **state)
{
    struct bundle bundle =
        loaded(",\"resources\":{\"memory\":{\"limit\":0,\"swappiness\":0},"
               "\"cpu\":{\"shares\":0,\"idle\":0},\"pids\":{\"limit\":0}}",
               "");

    (void)state;
    assert_int_equal(bundle.resources.memory_limit, BUNDLE_UNSET);
    assert_int_equal(bundle.resources.memory_swappiness, 0);
    assert_int_equal(bundle.resources.cpu_shares, BUNDLE_UNSET);
    assert_int_equal(bundle.resources.cpu_idle, 0);
    assert_int_equal(bundle.resources.pids_limit, BUNDLE_UNSET);
    bundle_release(&bundle);
}

static void lists_of_resources_are_read(void **state)
{
    struct bundle bundle = loaded(
        ",\"resources\":{\"blockIO\":{\"weight\":10,\"weightDevice\":["
        "{\"major\":8,\"minor\":0,\"weight\":500},"
        "{\"major\":8,\"minor\":1,\"leafWeight\":300}],"
        "\"throttleReadIOPSDevice\":[{\"major\":1,\"minor\":2,\"rate\":3}]},"
        "\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":4096}],"
        "\"network\":{\"classID\":5,\"priorities\":["
        "{\"name\":\"lo\",\"priority\":9}]},"
        "\"rdma\":{\"mlx5\":{\"hcaHandles\":3}},"
        "\"unified\":{\"memory.high\":\"1G\"}}",
        "");
    const struct bundle_resources *resources = &bundle.resources;

    (void)state;
    assert_int_equal(resources->block_weight, 10);
    assert_int_equal(resources->block[BLOCK_WEIGHT].count, 1);
    assert_int_equal(resources->block[BLOCK_WEIGHT].limits[0].value, 500);
    assert_int_equal(resources->block[BLOCK_LEAF_WEIGHT].count, 1);
    assert_int_equal(resources->block[BLOCK_LEAF_WEIGHT].limits[0].minor, 1);
    assert_int_equal(resources->block[BLOCK_READ_OPERATIONS].limits[0].value,
                     3);
    assert_string_equal(resources->huge_pages.items[0].name, "2MB");
    assert_string_equal(resources->huge_pages.items[0].value, "4096");
    assert_int_equal(resources->network_class, 5);
    assert_string_equal(resources->network_priorities.items[0].value, "9");
    assert_int_equal(resources->rdma[0].handles, 3);
    assert_int_equal(resources->rdma[0].objects, -1);
    assert_string_equal(resources->unified.items[0].value, "1G");
    bundle_release(&bundle);
}

static void wrong_resources_are_refused(void **state)
{
    static const struct refusal refusals[] = {
        {",\"resources\":[]", "", "linux.resources: expected an object"},
        {",\"resources\":{\"cpu\":5}", "",
         "linux.resources.cpu: expected an object, got 5"},
        {",\"resources\":{\"blockIO\":{\"weight\":1001}}", "",
         "linux.resources.blockIO.weight: expected an integer from 0 to 1000"},
        {",\"resources\":{\"blockIO\":{\"weightDevice\":[5]}}", "",
         "linux.resources.blockIO.weightDevice[0]: expected an object"},
        {",\"resources\":{\"blockIO\":{\"throttleReadBpsDevice\":["
         "{\"major\":-1,\"minor\":0,\"rate\":1}]}}",
         "", "throttleReadBpsDevice[0].major: expected an integer from 0"},
        {",\"resources\":{\"network\":{\"classID\":4294967296}}", "",
         "linux.resources.network.classID: expected an integer from 0 to"},
        {",\"resources\":{\"unified\":{\"a.b\":null}}", "",
         "linux.resources.unified.a.b: missing, expected a string"},
        {",\"resources\":{\"hugepageLimits\":{}}", "",
         "linux.resources.hugepageLimits: expected an array"},
        {",\"resources\":{\"memory\":{\"disableOOMKiller\":1}}", "",
         "linux.resources.memory.disableOOMKiller: expected true or false"},
        {",\"resources\":{\"rdma\":{\"x\":{\"hcaHandles\":-1}}}", "",
         "linux.resources.rdma.x.hcaHandles: expected an integer from 0"},
    };

    (void)state;
    assert_refused(refusals, COUNT(refusals));
}

static void devices_and_their_rules_are_read(void **state)
{
    struct bundle bundle = loaded(
        ",\"devices\":[{\"path\":\"/dev//a/../b\",\"type\":\"b\",\"major\":8,"
        "\"minor\":1,\"fileMode\":33152,\"uid\":5}],"
        "\"resources\":{\"devices\":[{\"allow\":false},"
        "{\"allow\":true,\"type\":\"c\",\"minor\":3,\"access\":\"mr\"}]}",
        "");
    const struct bundle_device_rule *rules = bundle.resources.devices;

    (void)state;
    assert_string_equal(bundle.devices[0].path, "/dev/b");
    assert_int_equal(bundle.devices[0].mode, S_IFBLK | 0600);
    assert_int_equal(bundle.devices[0].uid, 5);
    assert_int_equal(rules[0].type, 'a');
    assert_int_equal(rules[0].access, DEVICE_MAKE | DEVICE_READ | DEVICE_WRITE);
    assert_int_equal(rules[1].major, -1);
    assert_int_equal(rules[1].minor, 3);
    assert_int_equal(rules[1].access, DEVICE_MAKE | DEVICE_READ);
    bundle_release(&bundle);
}

static void kernel_settings_are_read(void **state)
{
    struct bundle bundle = loaded(
        ",\"sysctl\":{\"net/core/somaxconn\":\"5\",\"kernel.sem\":\"1 2\"},"
        "\"personality\":{\"domain\":\"LINUX32\"},"
        "\"rootfsPropagation\":\"rslave\","
        "\"timeOffsets\":{\"boottime\":{\"secs\":-5,\"nanosecs\":7}}",
        "");

    (void)state;
    assert_int_equal(bundle.sysctls.count, 2);
    assert_string_equal(bundle.sysctls.items[0].name, "net/core/somaxconn");
    assert_true(bundle.has_personality);
    assert_int_equal(bundle.personality, PER_LINUX32);
    assert_int_equal(bundle.rootfs_propagation, MS_SLAVE | MS_REC);
    assert_false(bundle.monotonic.present);
    assert_int_equal(bundle.boottime.seconds, -5);
    assert_int_equal(bundle.boottime.nanoseconds, 7);
    bundle_release(&bundle);
}

static void sysctls_of_the_host_are_refused(void **state)
{
    static const char *const names[] = {
        "vm.swappiness",       "kernel.msgmax.x", "kernel.msgma",
        "kernel.core_pattern", "netx.core",       "net",
        "fs.mqueue",           "kernel.hostname", "",
        "../kernel.sem",       "/net.core",       ".net.core",
        "net//core",           "net..core",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        char members[128];
        struct bundle bundle;
        struct error error = {0};

        snprintf(members, sizeof(members), ",\"sysctl\":{\"%s\":\"1\"}",
                 names[i]);
        if (load(members, "", &bundle, &error) == 0)
            fail_msg("taken: %s", names[i]);
    }
}

static void scheduling_is_read(void **state)
{
    struct bundle bundle = loaded(
        "", ",\"scheduler\":{\"policy\":\"SCHED_DEADLINE\",\"runtime\":1,"
            "\"deadline\":2,\"period\":3,\"flags\":[\"SCHED_FLAG_RECLAIM\"]},"
            "\"ioPriority\":{\"class\":\"IOPRIO_CLASS_RT\",\"priority\":4},"
            "\"execCPUAffinity\":{\"initial\":\"0\",\"final\":\"1-2\"},"
            "\"apparmorProfile\":\"a\",\"selinuxLabel\":\"b\"");
    const struct bundle_process *process = &bundle.process;

    (void)state;
    assert_int_equal(process->scheduler.policy, SCHED_DEADLINE);
    assert_int_equal(process->scheduler.deadline, 2);
    assert_int_equal(process->scheduler.flags, SCHED_FLAG_RECLAIM);
    assert_int_equal(process->io_priority,
                     IOPRIO_PRIO_VALUE(IOPRIO_CLASS_RT, 4));
    assert_string_equal(process->affinity, "1-2");
    assert_string_equal(process->apparmor_profile, "a");
    assert_string_equal(process->selinux_label, "b");
    bundle_release(&bundle);
}

static void wrong_settings_are_refused(void **state)
{
    static const struct refusal refusals[] = {
        {",\"personality\":{}", "",
         "linux.personality.domain: missing, expected LINUX or LINUX32"},
        {",\"personality\":{\"domain\":\"BSD\"}", "",
         "linux.personality.domain: expected LINUX or LINUX32, got \"BSD\""},
        {",\"rootfsPropagation\":5", "",
         "linux.rootfsPropagation: expected a string, got 5"},
        {",\"timeOffsets\":{\"monotonic\":{\"secs\":\"1\"}}", "",
         "linux.timeOffsets.monotonic.secs: expected an integer"},
        {",\"mountLabel\":5", "", "linux.mountLabel: expected a string"},
        {"", ",\"scheduler\":{}",
         "process.scheduler.policy: missing, expected a scheduling policy"},
        {"", ",\"scheduler\":{\"policy\":\"SCHED_RR\",\"priority\":100}",
         "process.scheduler.priority: expected an integer from 0 to 99"},
        {"", ",\"ioPriority\":{\"class\":\"IOPRIO_CLASS_NONE\"}",
         "process.ioPriority.class: expected an I/O priority class"},
        {"", ",\"execCPUAffinity\":{\"final\":1}",
         "process.execCPUAffinity.final: expected a string, got 1"},
        {"", ",\"apparmorProfile\":[]",
         "process.apparmorProfile: expected a string, got an array"},
    };

    (void)state;
    assert_refused(refusals, COUNT(refusals));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resources_are_unset_unless_given),
        cmocka_unit_test(zero_means_unset_where_engines_write_it_for_nothing),
        cmocka_unit_test(lists_of_resources_are_read),
        cmocka_unit_test(wrong_resources_are_refused),
        cmocka_unit_test(devices_and_their_rules_are_read),
        cmocka_unit_test(kernel_settings_are_read),
        cmocka_unit_test(sysctls_of_the_host_are_refused),
        cmocka_unit_test(scheduling_is_read),
        cmocka_unit_test(wrong_settings_are_refused),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
