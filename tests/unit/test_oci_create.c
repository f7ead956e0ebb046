/* bundle_create: the default bundle, read back with bundle_load. */
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

static char directory[] = "/tmp/test_oci_create.XXXXXX";
static char program[64], bundle_path[64];

static int make_directory(void **state)
{
    struct error error = {0};

    (void)state;
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(program, sizeof(program), "%s/tool", directory);
    snprintf(bundle_path, sizeof(bundle_path), "%s/bundle", directory);
    return file_replace(program, "a program", &error);
}

static int remove_directory(void **state)
{
    struct error error = {0};

    (void)state;
    return tree_remove(directory, &error);
}

static int create_and_load(const struct bundle_template *template,
                           struct bundle *bundle, struct error *error)
{
    int status = bundle_create(template, bundle_path, error);

    return status == 0 ? bundle_load(bundle_path, bundle, error) : status;
}

static void runs_the_program_by_its_name(void **state)
{
    char *const arguments[] = {"one", "two words", NULL};
    char *const environment[] = {"A=b", "no equals sign", NULL};
    struct bundle_template template = {
        .program = program,
        .arguments = arguments,
        .environment = environment,
        .memory_limit = 64 << 20,
        .pids_limit = 10,
        .cgroups_path = "/there",
    };
    struct bundle bundle;
    struct error error = {0};
    char copy[128];
    struct stat status;

    (void)state;
    assert_int_equal(create_and_load(&template, &bundle, &error), 0);
    assert_string_equal(bundle.process.arguments[0], "/tool");
    assert_string_equal(bundle.process.arguments[2], "two words");
    assert_null(bundle.process.arguments[3]);
    assert_string_equal(bundle.process.environment[0], "A=b");
    assert_null(bundle.process.environment[1]);
    assert_int_equal(bundle.resources.memory_limit, 64 << 20);
    assert_int_equal(bundle.resources.pids_limit, 10);
    assert_string_equal(bundle.cgroups_path, "/there");
    assert_true(bundle.rootfs_readonly);
    assert_true(bundle.process.no_new_privileges);
    assert_false(bundle.namespaces[NAMESPACE_USER].present);
    assert_true(bundle.namespaces[NAMESPACE_CGROUP].present);
    snprintf(copy, sizeof(copy), "%s/tool", bundle.rootfs);
    assert_int_equal(stat(copy, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0755);
    assert_int_equal(status.st_size, strlen("a program"));
    bundle_release(&bundle);
}

static void sets_no_limits_unless_asked(void **state)
{
    struct bundle_template template = {
        .program = program,
        .memory_limit = BUNDLE_UNSET,
        .pids_limit = BUNDLE_UNSET,
    };
    struct bundle bundle;
    struct error error = {0};

    (void)state;
    assert_int_equal(create_and_load(&template, &bundle, &error), 0);
    assert_int_equal(bundle.resources.memory_limit, BUNDLE_UNSET);
    assert_int_equal(bundle.resources.pids_limit, BUNDLE_UNSET);
    assert_null(bundle.cgroups_path);
    assert_null(bundle.process.arguments[1]);
    assert_int_equal(strncmp(bundle.process.environment[0], "PATH=", 5), 0);
    bundle_release(&bundle);
}

static void maps_the_callers_ids_when_rootless(void **state)
{
    struct bundle_template template = {
        .program = program,
        .memory_limit = BUNDLE_UNSET,
        .pids_limit = BUNDLE_UNSET,
        .rootless = true,
    };
    struct bundle bundle;
    struct error error = {0};

    (void)state;
    assert_int_equal(create_and_load(&template, &bundle, &error), 0);
    assert_true(bundle.namespaces[NAMESPACE_USER].present);
    assert_int_equal(bundle.mappings.uid_count, 1);
    assert_int_equal(bundle.mappings.uids[0].container_id, 0);
    assert_int_equal(bundle.mappings.uids[0].host_id, geteuid());
    assert_int_equal(bundle.mappings.gids[0].host_id, getegid());
    assert_int_equal(bundle.mappings.gids[0].size, 1);
    bundle_release(&bundle);
}

static void uses_an_existing_rootfs_as_it_is(void **state)
{
    struct bundle_template template = {
        .program = "/elsewhere/tool",
        .memory_limit = BUNDLE_UNSET,
        .pids_limit = BUNDLE_UNSET,
        .rootfs = directory,
    };
    struct bundle bundle;
    struct error error = {0};

    (void)state;
    assert_int_equal(create_and_load(&template, &bundle, &error), 0);
    assert_string_equal(bundle.rootfs, directory);
    assert_string_equal(bundle.process.arguments[0], "/tool");
    bundle_release(&bundle);
}

static void refuses_words_that_json_cannot_hold(void **state)
{
    char *const arguments[] = {"\xff", NULL};
    struct bundle_template template = {
        .program = program,
        .arguments = arguments,
        .memory_limit = BUNDLE_UNSET,
        .pids_limit = BUNDLE_UNSET,
    };
    struct error error = {0};

    (void)state;
    assert_int_equal(bundle_create(&template, bundle_path, &error), -EINVAL);
    assert_non_null(strstr(error.text, "UTF-8"));
}

static void names_a_program_that_is_not_there(void **state)
{
    struct bundle_template template = {
        .program = "/nonexistent/tool",
        .memory_limit = BUNDLE_UNSET,
        .pids_limit = BUNDLE_UNSET,
    };
    struct error error = {0};

    (void)state;
    assert_int_equal(bundle_create(&template, bundle_path, &error), -ENOENT);
    assert_non_null(strstr(error.text, "/nonexistent/tool"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_the_program_by_its_name),
        cmocka_unit_test(sets_no_limits_unless_asked),
        cmocka_unit_test(maps_the_callers_ids_when_rootless),
        cmocka_unit_test(uses_an_existing_rootfs_as_it_is),
        cmocka_unit_test(refuses_words_that_json_cannot_hold),
        cmocka_unit_test(names_a_program_that_is_not_there),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
