/* bundle_load: what config.json may say, and how it is told what is wrong. */
#include "oci/bundle.h"

#include "oci/file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[] = "/tmp/test_oci_bundle.XXXXXX";

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

static void write_config(const char *text, size_t size)
{
    char path[64];
    FILE *file;

    snprintf(path, sizeof(path), "%s/config.json", directory);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    fclose(file);
}

/* Loads a whole config.json. */
static int load(const char *text, struct bundle *bundle, struct error *error)
{
    write_config(text, strlen(text));
    return bundle_load(directory, bundle, error);
}

/* Loads a valid config.json with more members at the top ("linux": ...), and
 * more in its process ("user": ...); each starts with a comma. */
static int load_with(const char *top, const char *process,
                     struct bundle *bundle, struct error *error)
{
    char *text;
    int status;

    assert_true(asprintf(&text,
                         "{\"ociVersion\": \"1.0.2\","
                         " \"root\": {\"path\": \"rootfs\"},"
                         " \"process\": {\"args\": [\"/p\"], \"cwd\": \"/\"%s}"
                         "%s}",
                         process, top) >= 0);
    status = load(text, bundle, error);
    free(text);
    return status;
}

static void assert_refused(const char *top, const char *process,
                           const char *message)
{
    struct bundle bundle;
    struct error error = {0};

    assert_int_equal(load_with(top, process, &bundle, &error), -EINVAL);
    if (strstr(error.text, message) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.text, message);
    /* The whole is one line that starts with the file's name. */
    assert_int_equal(strncmp(error.text, directory, strlen(directory)), 0);
    assert_non_null(strstr(error.text, "/config.json: "));
    /* What failed left nothing to release. */
    assert_null(bundle.document);
    assert_null(bundle.directory);
}

static void loads_the_smallest_config(void **state)
{
    struct bundle bundle;
    struct error error = {0};

    (void)state;
    assert_int_equal(load_with("", "", &bundle, &error), 0);
    assert_string_equal(bundle.process.arguments[0], "/p");
    assert_null(bundle.process.arguments[1]);
    assert_null(bundle.process.environment[0]);
    assert_false(bundle.process.has_capabilities);
    assert_false(bundle.rootfs_readonly);
    assert_null(bundle.hostname);
    assert_int_equal(bundle.mount_count, 0);
    assert_int_equal(bundle.resources.memory_limit, BUNDLE_UNSET);
    assert_int_equal(bundle.resources.pids_limit, BUNDLE_UNSET);
    assert_null(bundle.masked_paths[0]);
    assert_string_equal(bundle.rootfs + strlen(bundle.directory), "/rootfs");
    bundle_release(&bundle);
}

static void loads_the_process(void **state)
{
    struct bundle bundle;
    struct error error = {0};
    const struct bundle_process *process = &bundle.process;

    (void)state;
    assert_int_equal(
        load_with("",
                  ", \"env\": [\"A=b\", \"E=\"], \"noNewPrivileges\": true,"
                  "\"user\": {\"uid\": 7, \"gid\": 8, \"umask\": 63,"
                  "           \"additionalGids\": [9, 10]},"
                  "\"capabilities\": {\"bounding\": [\"CAP_CHOWN\","
                  "                                  \"CAP_KILL\"]},"
                  "\"oomScoreAdj\": -5, \"rlimits\": [{\"type\":"
                  "\"RLIMIT_NOFILE\", \"soft\": 10, \"hard\": 20}]",
                  &bundle, &error),
        0);
    assert_string_equal(process->environment[1], "E=");
    assert_true(process->no_new_privileges);
    assert_int_equal(process->uid, 7);
    assert_int_equal(process->gid, 8);
    assert_true(process->has_umask);
    assert_int_equal(process->umask, 077);
    assert_int_equal(process->additional_gid_count, 2);
    assert_int_equal(process->additional_gids[1], 10);
    assert_true(process->has_capabilities);
    assert_int_equal(process->capabilities[CAPABILITY_BOUNDING], 0x21);
    assert_int_equal(process->capabilities[CAPABILITY_EFFECTIVE], 0);
    assert_int_equal(process->oom_score_adj, -5);
    assert_int_equal(process->rlimits[0].resource, RLIMIT_NOFILE);
    assert_int_equal(process->rlimits[0].limit.rlim_max, 20);
    bundle_release(&bundle);
}

static void loads_mounts_and_resolves_bind_sources(void **state)
{
    struct bundle bundle;
    struct error error = {0};
    char expected[128];

    (void)state;
    assert_int_equal(
        load_with(", \"mounts\": [{\"destination\": \"/proc\","
                  "\"type\": \"proc\", \"source\": \"proc\"},"
                  "{\"destination\": \"//a/./b/../c/\", \"source\": \"data\","
                  "\"options\": [\"rbind\", \"ro\"]}]",
                  "", &bundle, &error),
        0);
    snprintf(expected, sizeof(expected), "%s/data", bundle.directory);
    assert_int_equal(bundle.mount_count, 2);
    assert_string_equal(bundle.mounts[0].source, "proc");
    assert_null(bundle.mounts[0].options[0]);
    assert_string_equal(bundle.mounts[1].destination, "/a/c");
    assert_string_equal(bundle.mounts[1].source, expected);
    assert_string_equal(bundle.mounts[1].options[1], "ro");
    bundle_release(&bundle);
}

static void loads_the_linux_part(void **state)
{
    struct bundle bundle;
    struct error error = {0};

    (void)state;
    assert_int_equal(
        load_with(", \"hostname\": \"h\", \"linux\": {"
                  "\"namespaces\": [{\"type\": \"pid\"},"
                  "  {\"type\": \"network\", \"path\": \"/n\"}],"
                  "\"uidMappings\": [{\"containerID\": 0, \"hostID\": 1000,"
                  "                   \"size\": 1}],"
                  "\"resources\": {\"memory\": {\"limit\": 1048576},"
                  "  \"cpu\": {\"shares\": 0, \"quota\": -1, \"cpus\": \"0\"},"
                  "  \"pids\": {\"limit\": 3}},"
                  "\"cgroupsPath\": \"/c\","
                  "\"maskedPaths\": [\"/proc/kcore\"],"
                  "\"readonlyPaths\": null}",
                  "", &bundle, &error),
        0);
    assert_string_equal(bundle.hostname, "h");
    assert_true(bundle.namespaces[NAMESPACE_PID].present);
    assert_null(bundle.namespaces[NAMESPACE_PID].path);
    assert_string_equal(bundle.namespaces[NAMESPACE_NETWORK].path, "/n");
    assert_false(bundle.namespaces[NAMESPACE_USER].present);
    assert_int_equal(bundle.mappings.uids[0].host_id, 1000);
    assert_int_equal(bundle.resources.memory_limit, 1048576);
    assert_int_equal(bundle.resources.cpu_shares, BUNDLE_UNSET);
    assert_int_equal(bundle.resources.cpu_quota, -1);
    assert_string_equal(bundle.resources.cpuset_cpus, "0");
    assert_int_equal(bundle.resources.pids_limit, 3);
    assert_string_equal(bundle.cgroups_path, "/c");
    assert_string_equal(bundle.masked_paths[0], "/proc/kcore");
    assert_null(bundle.readonly_paths[0]);
    bundle_release(&bundle);
}

static void takes_the_unlimited_rlimit_of_go(void **state)
{
    struct bundle bundle;
    struct error error = {0};

    (void)state;
    assert_int_equal(load_with(", \"linux\": {\"resources\": {\"memory\":"
                               "  {\"limit\": 1048576}}}",
                               ", \"rlimits\": [{\"type\": \"RLIMIT_CORE\","
                               "\"soft\": 5, \"hard\": 18446744073709551615}]",
                               &bundle, &error),
                     0);
    assert_true(bundle.process.rlimits[0].limit.rlim_max == RLIM_INFINITY);
    assert_int_equal(bundle.process.rlimits[0].limit.rlim_cur, 5);
    assert_int_equal(bundle.resources.memory_limit, 1048576);
    bundle_release(&bundle);
}

static void names_line_and_column_of_malformed_json(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{\n \"a\": 1,\n  x}", "/config.json:3:3: "},
        {"", "/config.json:1:0: "},
        {"{\"a\": 1, \"a\": 2}", "duplicate"},
        {"{\"a\": \"\\u0000\"}", "\\u0000"},
        {"{\"a\": \"\xff\"}", "byte 0xff"},
        {"{} trailing", "end of file"},
    };
    struct bundle bundle;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = {0};

        assert_int_equal(load(cases[i].text, &bundle, &error), -EINVAL);
        if (strstr(error.text, cases[i].message) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", error.text, cases[i].message);
    }
}

static void refuses_deep_nesting(void **state)
{
    enum { DEPTH = 100000 };
    struct bundle bundle;
    struct error error = {0};
    char *text = malloc(DEPTH);

    (void)state;
    assert_non_null(text);
    memset(text, '[', DEPTH);
    write_config(text, DEPTH);
    free(text);
    assert_int_equal(bundle_load(directory, &bundle, &error), -EINVAL);
    assert_non_null(strstr(error.text, "depth"));
}

static void refuses_a_huge_file(void **state)
{
    enum { SIZE = (8 << 20) + 1 };
    struct bundle bundle;
    struct error error = {0};
    char *text = malloc(SIZE);

    (void)state;
    assert_non_null(text);
    memset(text, ' ', SIZE);
    write_config(text, SIZE);
    free(text);
    assert_int_equal(bundle_load(directory, &bundle, &error), -EFBIG);
    assert_non_null(strstr(error.text, "8 MiB"));
}

static void refuses_a_missing_bundle(void **state)
{
    struct bundle bundle;
    struct error error = {0};

    (void)state;
    assert_int_equal(bundle_load("/nonexistent", &bundle, &error), -ENOENT);
    assert_int_equal(bundle_load("/", &bundle, &error), -ENOENT);
    assert_non_null(strstr(error.text, "config.json"));
}

static void refuses_what_is_missing_or_of_the_wrong_version(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"[]", "document: expected an object"},
        {"{}", "ociVersion: missing"},
        {"{\"ociVersion\": \"2.0.0\"}", "ociVersion: expected version 1"},
        {"{\"ociVersion\": 1}", "ociVersion: expected a string, got 1"},
        {"{\"ociVersion\": \"1.0.2-dev\"}", "root: missing"},
        {"{\"ociVersion\": \"1.0.2\", \"root\": {\"path\": \"rootfs\"}}",
         "process: missing"},
        {"{\"ociVersion\": \"1.0.2\", \"root\": {}}", "root.path: missing"},
        {"{\"ociVersion\": \"1.0.2\", \"root\": {\"path\": \"config.json\"}}",
         "root.path: expected a directory"},
    };
    struct bundle bundle;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = {0};

        assert_int_equal(load(cases[i].text, &bundle, &error), -EINVAL);
        if (strstr(error.text, cases[i].message) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", error.text, cases[i].message);
    }
}

static void names_the_json_path_of_a_bad_process(void **state)
{
    static const struct {
        const char *process, *message;
    } cases[] = {
        {", \"env\": [\"A=1\", \"B\"]",
         "process.env[1]: expected NAME=value, got \"B\""},
        {", \"env\": [\"=1\"]", "process.env[0]: expected NAME=value"},
        {", \"env\": \"A=1\"", "process.env: expected an array"},
        {", \"env\": [null]", "process.env[0]: missing"},
        {", \"terminal\": 1", "process.terminal: expected true or false"},
        {", \"user\": {\"uid\": -1}", "process.user.uid: expected an integer"},
        {", \"user\": {\"uid\": 4294967295}", "process.user.uid: expected"},
        {", \"user\": {\"umask\": 512}", "process.user.umask: expected"},
        {", \"user\": {\"additionalGids\": [1, \"x\"]}",
         "process.user.additionalGids[1]: expected an integer"},
        {", \"capabilities\": {\"bounding\": [\"CAP_FLY\"]}",
         "process.capabilities.bounding[0]: expected the name"},
        {", \"rlimits\": [{\"type\": \"RLIMIT_FUN\"}]",
         "process.rlimits[0].type: expected the name"},
        {", \"rlimits\": [{\"type\": \"RLIMIT_CORE\", \"soft\": 2,"
         "\"hard\": 1}]",
         "process.rlimits[0].soft: expected no more"},
        {", \"rlimits\": [{\"type\": \"RLIMIT_CORE\", \"soft\": 1,"
         "\"hard\": 1}, {\"type\": \"RLIMIT_CORE\", \"soft\": 1,"
         "\"hard\": 1}]",
         "process.rlimits[1]: expected each limit only once"},
        {", \"oomScoreAdj\": 1001", "process.oomScoreAdj: expected"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_refused("", cases[i].process, cases[i].message);
}

static void names_the_json_path_of_a_bad_mount(void **state)
{
    static const struct {
        const char *mount, *message;
    } cases[] = {
        {"7", "mounts[0]: expected an object, got 7"},
        {"{}", "mounts[0].destination: missing"},
        {"{\"destination\": \"proc\"}",
         "mounts[0].destination: expected an absolute path, got \"proc\""},
        {"{\"destination\": \"/a\", \"type\": \"bind\"}",
         "mounts[0].source: missing"},
        {"{\"destination\": \"/a\", \"options\": [1]}",
         "mounts[0].options[0]: expected a string"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char top[256];

        snprintf(top, sizeof(top), ", \"mounts\": [%s]", cases[i].mount);
        assert_refused(top, "", cases[i].message);
    }
}

static void names_the_json_path_of_a_bad_linux_part(void **state)
{
    static const struct {
        const char *part, *message;
    } cases[] = {
        {"\"resources\": {\"memory\": {\"limit\": \"4G\"}}",
         "linux.resources.memory.limit: expected an integer, got \"4G\""},
        {"\"resources\": {\"memory\": {\"limit\": -2}}",
         "linux.resources.memory.limit: expected an integer from -1"},
        {"\"resources\": {\"memory\": {\"limit\": 99999999999999999999999}}",
         "linux.resources.memory.limit: expected an integer"},
        {"\"resources\": {\"memory\": {\"limit\": 1.5}}",
         "linux.resources.memory.limit: expected an integer, got 1.5"},
        {"\"resources\": []", "linux.resources: expected an object"},
        {"\"namespaces\": [{\"type\": \"pid\"}, {\"type\": \"pid\"}]",
         "linux.namespaces[1].type: expected each namespace only once"},
        {"\"namespaces\": [{\"type\": \"space\"}]",
         "linux.namespaces[0].type: expected the name of a namespace"},
        {"\"namespaces\": [{\"type\": \"pid\", \"path\": \"x\"}]",
         "linux.namespaces[0].path: expected an absolute path"},
        {"\"uidMappings\": [{\"containerID\": 1, \"hostID\": 0,"
         "\"size\": 4294967295}]",
         "linux.uidMappings[0].size: expected a range"},
        {"\"gidMappings\": [{\"containerID\": 0, \"hostID\": 0, \"size\": 0}]",
         "linux.gidMappings[0].size: expected an integer from 1"},
        {"\"maskedPaths\": [\"/ok\", \"relative\"]",
         "linux.maskedPaths[1]: expected an absolute path"},
        {"\"cgroupsPath\": {}", "linux.cgroupsPath: expected a string"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char top[256];

        snprintf(top, sizeof(top), ", \"linux\": {%s}", cases[i].part);
        assert_refused(top, "", cases[i].message);
    }
}

static void refuses_a_long_hostname(void **state)
{
    char top[128];

    (void)state;
    snprintf(top, sizeof(top), ", \"hostname\": \"%065d\"", 0);
    assert_refused(top, "", "hostname: expected at most 64 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_the_smallest_config),
        cmocka_unit_test(loads_the_process),
        cmocka_unit_test(loads_mounts_and_resolves_bind_sources),
        cmocka_unit_test(loads_the_linux_part),
        cmocka_unit_test(takes_the_unlimited_rlimit_of_go),
        cmocka_unit_test(names_line_and_column_of_malformed_json),
        cmocka_unit_test(refuses_deep_nesting),
        cmocka_unit_test(refuses_a_huge_file),
        cmocka_unit_test(refuses_a_missing_bundle),
        cmocka_unit_test(refuses_what_is_missing_or_of_the_wrong_version),
        cmocka_unit_test(names_the_json_path_of_a_bad_process),
        cmocka_unit_test(names_the_json_path_of_a_bad_mount),
        cmocka_unit_test(names_the_json_path_of_a_bad_linux_part),
        cmocka_unit_test(refuses_a_long_hostname),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
