/* From an image's configuration to a bundle's. */
#include "oci/bundle_parts.h"
#include "oci/file.h"
#include "oci/image_config.h"
#include "oci/image_user.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[] = "/tmp/ringside-test-XXXXXX";
static int rootfs = -1;

static void write_file(const char *name, const char *text)
{
    int fd = openat(rootfs, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(file_write_all(fd, text, strlen(text)), 0);
    close(fd);
}

static int make_rootfs(void **state)
{
    (void)state;
    if (mkdtemp(directory) == NULL)
        return -1;
    rootfs = open(directory, O_RDONLY | O_DIRECTORY);
    mkdirat(rootfs, "etc", 0755);
    write_file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"
                             "no line\n"
                             "alice:x:1000:100:Alice:/home/alice:/bin/sh\n"
                             "huge:x:4294967296:1::/:\n"
                             "1001:x:7:8:a name of digits:relative:\n");
    write_file("etc/group", "root:x:0:\n"
                            "users:x:100:\n"
                            "audio:x:29:bob,alice\n"
                            "video:x:44:alice\n"
                            "alices:x:45:malice,alice2\n");
    return 0;
}

static int remove_rootfs(void **state)
{
    struct error error = {0};

    (void)state;
    close(rootfs);
    return tree_remove(directory, &error);
}

static json_t *parse(const char *text)
{
    json_t *value = json_loads(text, 0, NULL);

    assert_non_null(value);
    return value;
}

static json_t *default_bundle(void)
{
    const struct bundle_template template = {
        .program = "sh",
        .memory_limit = BUNDLE_UNSET,
        .pids_limit = BUNDLE_UNSET,
    };

    return bundle_default_config(&template, "rootfs");
}

#define IMAGE(config) \
    "{\"os\": \"linux\", \"architecture\": \"amd64\", \"config\": {" config "}}"

/* The value at process.KEY after conversion, as compact JSON. */
static char *converted(const char *image_text,
                       const struct image_overrides *overrides, const char *key)
{
    json_t *image = parse(image_text), *bundle = default_bundle();
    struct error error = {0};
    char *text;

    assert_int_equal(image_config_check(image, &error), 0);
    if (image_config_apply(bundle, image, rootfs, overrides, &error) < 0)
        fail_msg("%s", error.text);
    text = json_dumps(json_object_get(json_object_get(bundle, "process"), key),
                      JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    json_decref(image);
    json_decref(bundle);
    return text;
}

static void assert_converted(const char *image,
                             const struct image_overrides *overrides,
                             const char *key, const char *expected)
{
    char *text = converted(image, overrides, key);

    assert_string_equal(text, expected);
    free(text);
}

static const struct image_overrides none;
#define TRUE_IMAGE(more) IMAGE("\"Cmd\": [\"/bin/true\"]" more)

static void the_command_is_entrypoint_and_cmd(void **state)
{
    static char *const two[] = {"x", "y", NULL};
    const struct image_overrides arguments = {.arguments = two},
                                 entrypoint = {.entrypoint = "/other"},
                                 both = {.entrypoint = "/other",
                                         .arguments = two},
                                 no_entrypoint = {.entrypoint = "",
                                                  .arguments = two};
    static const char image[] =
        IMAGE("\"Entrypoint\": [\"/e\", \"1\"], \"Cmd\": [\"c\"]");

    (void)state;
    assert_converted(image, &none, "args", "[\"/e\",\"1\",\"c\"]");
    assert_converted(image, &arguments, "args", "[\"/e\",\"1\",\"x\",\"y\"]");
    assert_converted(image, &entrypoint, "args", "[\"/other\"]");
    assert_converted(image, &both, "args", "[\"/other\",\"x\",\"y\"]");
    assert_converted(image, &no_entrypoint, "args", "[\"x\",\"y\"]");
}

static void an_image_without_a_program_is_refused(void **state)
{
    json_t *image = parse(IMAGE("\"Cmd\": null")), *bundle = default_bundle();
    struct error error = {0};

    (void)state;
    assert_int_equal(image_config_check(image, &error), 0);
    assert_int_equal(image_config_apply(bundle, image, rootfs, &none, &error),
                     -EINVAL);
    assert_non_null(strstr(error.text, "names no program"));
    json_decref(image);
    json_decref(bundle);
}

static void variables_of_the_image_win_over_defaults(void **state)
{
    static char *const more[] = {"A=2", "C=3", NULL};
    const struct image_overrides environment = {.environment = more};
    static const char image[] =
        TRUE_IMAGE(", \"Env\": [\"PATH=/bin\", \"A=1\", \"HOME=/h\"]");

    (void)state;
    assert_converted(image, &none, "env",
                     "[\"PATH=/bin\",\"A=1\",\"HOME=/h\"]");
    assert_converted(image, &environment, "env",
                     "[\"PATH=/bin\",\"A=2\",\"HOME=/h\",\"C=3\"]");
    assert_converted(TRUE_IMAGE(""), &none, "env",
                     "[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/"
                     "bin:/sbin:/bin\",\"HOME=/root\"]");
}

static void a_user_is_looked_up_in_the_image(void **state)
{
    static const struct {
        const char *user, *expected;
    } cases[] = {
        {"", "{\"gid\":0,\"uid\":0}"},
        {"root", "{\"gid\":0,\"uid\":0}"},
        {"alice", "{\"additionalGids\":[29,44],\"gid\":100,\"uid\":1000}"},
        {"1000", "{\"additionalGids\":[29,44],\"gid\":100,\"uid\":1000}"},
        {"alice:video", "{\"gid\":44,\"uid\":1000}"},
        {"alice:7", "{\"gid\":7,\"uid\":1000}"},
        {"55:66", "{\"gid\":66,\"uid\":55}"},
        {"55", "{\"gid\":0,\"uid\":55}"},
        {"2147483647", "{\"gid\":0,\"uid\":2147483647}"},
        {"1001", "{\"gid\":8,\"uid\":7}"}, /* a name comes first */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct image_overrides overrides = {.user = cases[i].user};

        assert_converted(TRUE_IMAGE(""), &overrides, "user", cases[i].expected);
    }
    assert_converted(TRUE_IMAGE(", \"User\": \"alice\""), &none, "user",
                     cases[2].expected);
}

static void unknown_users_are_refused(void **state)
{
    static const char *const cases[] = {
        "nobody", "huge2",         "-1", "4294967296", "2147483648",
        "alice:", "alice:nogroup", "0:", "0x1",        "alice:-5",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct image_user user;
        struct error error = {0};

        if (image_user_find(rootfs, cases[i], &user, &error) != -EINVAL)
            fail_msg("\"%s\" was taken", cases[i]);
    }
}

static void passwd_is_not_read_outside_of_the_image(void **state)
{
    struct image_user user;
    struct error error = {0};

    (void)state;
    assert_int_equal(renameat(rootfs, "etc/passwd", rootfs, "etc/kept"), 0);
    /* In the root file system these lead nowhere, or to a FIFO. */
    assert_int_equal(symlinkat("../../../../etc/passwd", rootfs, "etc/passwd"),
                     0);
    assert_int_equal(image_user_find(rootfs, "alice", &user, &error), -ELOOP);
    unlinkat(rootfs, "etc/passwd", 0);
    assert_int_equal(symlinkat("/proc/self/environ", rootfs, "etc/passwd"), 0);
    assert_int_equal(image_user_find(rootfs, "alice", &user, &error), -EINVAL);
    unlinkat(rootfs, "etc/passwd", 0);
    mkfifoat(rootfs, "etc/passwd", 0600);
    assert_int_equal(image_user_find(rootfs, "alice", &user, &error), -EINVAL);
    unlinkat(rootfs, "etc/passwd", 0);
    assert_int_equal(renameat(rootfs, "etc/kept", rootfs, "etc/passwd"), 0);
}

static void the_working_directory_is_absolute(void **state)
{
    const struct image_overrides cwd = {.cwd = "/there"}, bad = {.cwd = "no"};
    json_t *bundle = default_bundle();
    struct error error = {0};

    (void)state;
    assert_converted(TRUE_IMAGE(", \"WorkingDir\": \"/srv\""), &none, "cwd",
                     "\"/srv\"");
    assert_converted(TRUE_IMAGE(", \"WorkingDir\": \"\""), &none, "cwd",
                     "\"/\"");
    assert_converted(TRUE_IMAGE(", \"WorkingDir\": \"/srv\""), &cwd, "cwd",
                     "\"/there\"");
    assert_int_equal(image_config_apply(bundle, NULL, rootfs, &bad, &error),
                     -EINVAL);
    json_decref(bundle);
}

static void labels_and_the_stop_signal_become_annotations(void **state)
{
    json_t *image = parse(TRUE_IMAGE(", \"StopSignal\": \"SIGQUIT\", "
                                     "\"Labels\": {\"a\": \"b\"}"));
    json_t *bundle = default_bundle(), *annotations;
    struct error error = {0};

    (void)state;
    assert_int_equal(image_config_check(image, &error), 0);
    assert_int_equal(image_config_apply(bundle, image, rootfs, &none, &error),
                     0);
    annotations = json_object_get(bundle, "annotations");
    assert_string_equal(json_string_value(json_object_get(annotations, "a")),
                        "b");
    assert_string_equal(
        json_string_value(json_object_get(
            annotations, "org.opencontainers.image.stopSignal")),
        "SIGQUIT");
    json_decref(image);
    json_decref(bundle);
}

static void wrong_types_are_refused_with_their_place(void **state)
{
    static const struct {
        const char *image, *expected;
    } cases[] = {
        {"[]", "expected an object"},
        {"{\"os\": \"linux\"}", "architecture: missing"},
        {"{\"os\": \"windows\", \"architecture\": \"amd64\"}",
         "for os \"windows\", and this is linux"},
        {"{\"os\": \"linux\", \"architecture\": \"arm64\"}",
         "for architecture \"arm64\", and this is amd64"},
        {"{\"os\": \"linux\", \"architecture\": \"amd64\", \"config\": 1}",
         "config: expected an object, got 1"},
        {IMAGE("\"Cmd\": \"sh\""), "config.Cmd: expected an array"},
        {IMAGE("\"Cmd\": [1]"), "config.Cmd[0]: expected a string, got 1"},
        {IMAGE("\"Entrypoint\": {}"), "config.Entrypoint: expected an array"},
        {IMAGE("\"Env\": [\"A\"]"), "config.Env[0]: expected NAME=value"},
        {IMAGE("\"Env\": [\"=A\"]"), "config.Env[0]: expected NAME=value"},
        {IMAGE("\"User\": 0"), "config.User: expected a string, got 0"},
        {IMAGE("\"WorkingDir\": \"a\""),
         "config.WorkingDir: expected an absolute path"},
        {IMAGE("\"Labels\": {\"a\": 1}"),
         "config.Labels.a: expected a string, got 1"},
        {IMAGE("\"StopSignal\": []"), "config.StopSignal: expected a string"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *image = parse(cases[i].image);
        struct error error = {0};

        assert_true(image_config_check(image, &error) < 0);
        if (strstr(error.text, cases[i].expected) == NULL)
            fail_msg("expected \"%s\", got \"%s\"", cases[i].expected,
                     error.text);
        json_decref(image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_command_is_entrypoint_and_cmd),
        cmocka_unit_test(an_image_without_a_program_is_refused),
        cmocka_unit_test(variables_of_the_image_win_over_defaults),
        cmocka_unit_test(a_user_is_looked_up_in_the_image),
        cmocka_unit_test(unknown_users_are_refused),
        cmocka_unit_test(passwd_is_not_read_outside_of_the_image),
        cmocka_unit_test(the_working_directory_is_absolute),
        cmocka_unit_test(labels_and_the_stop_signal_become_annotations),
        cmocka_unit_test(wrong_types_are_refused_with_their_place),
    };

    return cmocka_run_group_tests(tests, make_rootfs, remove_rootfs);
}
