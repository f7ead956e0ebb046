/* linux.intelRdt, on a directory that looks like the resctrl file system. */
#include "container/resctrl.h"
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

static char root[] = "/tmp/test_container_resctrl.XXXXXX";

static void put(const char *name, const char *text)
{
    struct error error = {0};
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", root, name);
    assert_int_equal(file_replace(path, text, &error), 0);
}

static void assert_holds(const char *name, const char *text)
{
    char path[128], found[64] = "";
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", root, name);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(found, sizeof(found), file));
    fclose(file);
    assert_string_equal(found, text);
}

/* A class "gold" as the kernel shows one. */
static int make_class(void **state)
{
    char path[128];

    (void)state;
    if (mkdtemp(root) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/gold", root);
    if (mkdir(path, 0755) < 0)
        return -1;
    put("gold/schemata", "    MB:0=50\n    L3:0=f\n");
    put("gold/tasks", "");
    return 0;
}

static int remove_class(void **state)
{
    struct error error = {0};

    (void)state;
    return tree_remove(root, &error);
}

/* Joins as container "box", process 77, by the object as JSON. */
static int join(const char *object, json_t **made, struct error *error)
{
    json_error_t where;
    struct bundle bundle = {
        .document = json_pack("{s:{s:o}}", "linux", "intelRdt",
                              json_loads(object, 0, &where)),
    };
    int status = resctrl_join(root, &bundle, "box", 77, made, error);

    json_decref(bundle.document);
    return status;
}

static void joins_a_class_that_is_there(void **state)
{
    struct error error = {0};
    json_t *made = NULL;

    (void)state;
    assert_int_equal(join("{\"closID\": \"gold\"}", &made, &error), 0);
    assert_holds("gold/tasks", "77");
    assert_int_equal(json_array_size(made), 0); /* it stays */
    json_decref(made);
    assert_int_equal(
        join("{\"closID\": \"gold\", \"l3CacheSchema\": \"L3:0=f\","
             " \"memBwSchema\": \"MB:0=50\"}",
             &made, &error),
        0);
    json_decref(made);
}

static void refuses_other_shares_than_a_class_has(void **state)
{
    struct error error = {0};
    json_t *made = NULL;

    (void)state;
    assert_int_equal(
        join("{\"closID\": \"gold\", \"l3CacheSchema\": \"L3:0=ff\"}", &made,
             &error),
        -EEXIST);
    assert_non_null(strstr(error.text, "gold is there, with other shares"));
    json_decref(made);
}

static void needs_a_schema_to_make_a_named_class(void **state)
{
    struct error error = {0};
    json_t *made = NULL;

    (void)state;
    assert_int_equal(join("{\"closID\": \"new\"}", &made, &error), -ENOENT);
    json_decref(made);
}

/* Elsewhere than in the kernel's file system a new directory is empty. */
static void removes_what_it_made_when_it_fails(void **state)
{
    struct error error = {0};
    char path[128];
    json_t *made = NULL;

    (void)state;
    snprintf(path, sizeof(path), "%s/box", root);
    assert_int_equal(join("{\"l3CacheSchema\": \"L3:0=3\"}", &made, &error),
                     -ENOENT);
    assert_non_null(strstr(error.text, "cannot write \"L3:0=3\" to "));
    assert_int_equal(access(path, F_OK), 0);
    resctrl_remove(made);
    assert_int_equal(access(path, F_OK), -1);
    json_decref(made);
    resctrl_remove(NULL);
}

static void takes_no_name_that_leads_elsewhere(void **state)
{
    static const char *const objects[] = {
        "{\"closID\": \"../x\"}", "{\"closID\": \"..\"}",
        "{\"closID\": \"info\"}", "{\"closID\": \"a\\nb\"}",
        "{\"closID\": 5}",        "{\"enableCMT\": \"yes\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
        struct error error = {0};
        json_t *made = NULL;

        assert_int_equal(join(objects[i], &made, &error), -EINVAL);
        json_decref(made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_a_class_that_is_there),
        cmocka_unit_test(refuses_other_shares_than_a_class_has),
        cmocka_unit_test(needs_a_schema_to_make_a_named_class),
        cmocka_unit_test(removes_what_it_made_when_it_fails),
        cmocka_unit_test(takes_no_name_that_leads_elsewhere),
    };

    return cmocka_run_group_tests(tests, make_class, remove_class);
}
