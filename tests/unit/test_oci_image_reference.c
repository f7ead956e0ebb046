/* What names an image, and when it is the same one as before. */
#include "oci/file.h"
#include "oci/image_reference.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[] = "/tmp/ringside-test-XXXXXX";

static void write_file(const char *name, const char *text)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(file_write_all(fd, text, strlen(text)), 0);
    close(fd);
}

static int enter_directory(void **state)
{
    (void)state;
    if (mkdtemp(directory) == NULL || chdir(directory) < 0)
        return -1;
    mkdir("layout", 0755);
    mkdir("root", 0755);
    write_file("layout/oci-layout", "");
    write_file("layout/index.json", "{}");
    write_file("file.tar", "");
    write_file("with:colon", "");
    return mkfifo("fifo", 0600);
}

static int leave_directory(void **state)
{
    struct error error = {0};

    (void)state;
    return chdir("/") < 0 ? -1 : tree_remove(directory, &error);
}

static void references_are_taken_apart(void **state)
{
    static const struct {
        const char *text, *path, *selector, *formatted;
        enum image_kind kind;
    } cases[] = {
        {"layout", "layout", NULL, "oci:layout", IMAGE_LAYOUT},
        {"./layout/", "./layout/", NULL, "oci:./layout/", IMAGE_LAYOUT},
        {"root", "root", NULL, NULL, IMAGE_ROOT_DIRECTORY},
        {"file.tar", "file.tar", NULL, NULL, IMAGE_ARCHIVE},
        {"oci:layout", "layout", NULL, "oci:layout", IMAGE_LAYOUT},
        {"oci:layout:v1", "layout", "v1", "oci:layout:v1", IMAGE_LAYOUT},
        {"oci-archive:f:v1", "f", "v1", "oci-archive:f:v1", IMAGE_OCI_ARCHIVE},
        {"docker-archive:f", "f", NULL, "docker-archive:f",
         IMAGE_DOCKER_ARCHIVE},
        {"docker-archive:f:name:tag", "f", "name:tag",
         "docker-archive:f:name:tag", IMAGE_DOCKER_ARCHIVE},
        {"docker://host:1/name:tag", "//host:1/name:tag", NULL,
         "docker://host:1/name:tag", IMAGE_REMOTE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct image_reference reference;
        struct error error = {0};
        char *formatted;

        if (image_reference_parse(cases[i].text, &reference, &error) < 0)
            fail_msg("%s", error.text);
        assert_int_equal(reference.kind, cases[i].kind);
        assert_string_equal(reference.path, cases[i].path);
        if (cases[i].selector != NULL)
            assert_string_equal(reference.selector, cases[i].selector);
        else
            assert_null(reference.selector);
        formatted = image_reference_format(&reference);
        if (cases[i].formatted != NULL)
            assert_string_equal(formatted, cases[i].formatted);
        free(formatted);
        image_reference_release(&reference);
    }
}

static void what_names_no_image_is_refused(void **state)
{
    static const struct {
        const char *text;
        int code;
    } cases[] = {
        {"missing", ENOENT},
        {"", ENOENT},
        {"fifo", EINVAL},
        {"oci:", EINVAL},
        {"oci::tag", EINVAL},
        {"docker:name", EINVAL},
        {"docker:", EINVAL},
        {"with:colon", EINVAL},
        {"docker-archive:", EINVAL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct image_reference reference;
        struct error error = {0};

        assert_int_equal(
            image_reference_parse(cases[i].text, &reference, &error),
            -cases[i].code);
        assert_null(reference.path);
    }
}

/* The stamp of a reference; "" where it has none. */
static void stamp_of(const char *text, char stamp[IMAGE_STAMP_SIZE],
                     bool *settled)
{
    struct image_reference reference;
    struct error error = {0};

    assert_int_equal(image_reference_parse(text, &reference, &error), 0);
    stamp[0] = '\0';
    *settled = false;
    (void)image_reference_stamp(&reference, stamp, settled);
    image_reference_release(&reference);
}

static void a_stamp_changes_with_the_image(void **state)
{
    char first[IMAGE_STAMP_SIZE], other[IMAGE_STAMP_SIZE];
    bool settled;

    (void)state;
    stamp_of("oci:layout:a", first, &settled);
    assert_false(settled); /* it has just been written */
    assert_int_equal(strncmp(first, "of-", 3), 0);
    assert_null(strchr(first, '/'));
    stamp_of("oci:layout:b", other, &settled);
    assert_string_not_equal(first, other);
    stamp_of("oci:layout:a", other, &settled);
    assert_string_equal(first, other);
    write_file("layout/index.json", "{ }");
    stamp_of("oci:layout:a", other, &settled);
    assert_string_not_equal(first, other);
}

static void what_cannot_be_a_name_has_no_stamp(void **state)
{
    char stamp[IMAGE_STAMP_SIZE];
    bool settled;

    (void)state;
    stamp_of("oci:layout:../../x", stamp, &settled);
    assert_string_equal(stamp, "");
    stamp_of("docker://name", stamp, &settled);
    assert_string_equal(stamp, "");
    stamp_of("root", stamp, &settled);
    assert_string_equal(stamp, "");
    stamp_of("oci:missing", stamp, &settled);
    assert_string_equal(stamp, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_are_taken_apart),
        cmocka_unit_test(what_names_no_image_is_refused),
        cmocka_unit_test(a_stamp_changes_with_the_image),
        cmocka_unit_test(what_cannot_be_a_name_has_no_stamp),
    };

    return cmocka_run_group_tests(tests, enter_directory, leave_directory);
}
