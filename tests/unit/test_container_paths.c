/* Resolving inside a hostile root, and the words of mount options. */
#include "container/mount_options.h"
#include "oci/file.h"
#include "oci/root_path.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[] = "/tmp/test_container_paths.XXXXXX";
static int root = -1;

/* DIRECTORY/root is the container's, DIRECTORY/host is outside. */
static int make_root(void **state)
{
    int base;

    (void)state;
    if (mkdtemp(directory) == NULL)
        return -1;
    base = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (base < 0 || mkdirat(base, "root", 0755) < 0 ||
        mkdirat(base, "host", 0755) < 0)
        return -1;
    root = openat(base, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
    close(base);
    return root < 0 ? -1 : 0;
}

static int remove_root(void **state)
{
    struct error error = {0};

    (void)state;
    close(root);
    return tree_remove(directory, &error);
}

/* Is the open fd what path names below the root? */
static void assert_is(int fd, const char *path)
{
    struct stat one, other;

    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &one), 0);
    assert_int_equal(fstatat(root, path, &other, AT_SYMLINK_NOFOLLOW), 0);
    assert_int_equal(one.st_ino, other.st_ino);
    close(fd);
}

static void makes_what_is_missing(void **state)
{
    struct error error = {0};

    (void)state;
    assert_is(root_open_or_make(root, "/", ROOT_DIRECTORY, &error), ".");
    assert_is(root_open_or_make(root, "/a/b/c", ROOT_DIRECTORY, &error),
              "a/b/c");
    assert_is(root_open_or_make(root, "/a/b/file", ROOT_FILE, &error),
              "a/b/file");
    assert_is(root_open_or_make(root, "/a/b", ROOT_DIRECTORY, &error), "a/b");
}

static void links_end_inside(void **state)
{
    struct error error = {0};

    (void)state;
    assert_int_equal(symlinkat("/", root, "slash"), 0);
    assert_int_equal(symlinkat("../../../..", root, "up"), 0);
    assert_is(root_open(root, "/slash", O_DIRECTORY), ".");
    assert_is(root_open(root, "/up", O_DIRECTORY), ".");
    assert_is(root_open_or_make(root, "/up/made", ROOT_DIRECTORY, &error),
              "made");
}

static void a_link_to_a_host_path_is_a_link_to_nothing(void **state)
{
    struct error error = {0};
    char outside[64];

    (void)state;
    snprintf(outside, sizeof(outside), "%s/host", directory);
    assert_int_equal(symlinkat(outside, root, "outside"), 0);
    assert_int_equal(root_open(root, "/outside", 0), -ENOENT);
    assert_int_equal(
        root_open_or_make(root, "/outside", ROOT_DIRECTORY, &error), -ENOENT);
    assert_int_equal(
        root_open_or_make(root, "/outside/in", ROOT_DIRECTORY, &error),
        -ENOENT);
}

static void a_file_is_no_directory(void **state)
{
    struct error error = {0};
    int fd = root_open_or_make(root, "/plain", ROOT_FILE, &error);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(root_open_or_make(root, "/plain/x", ROOT_FILE, &error),
                     -ENOTDIR);
    assert_int_equal(root_open_or_make(root, "/plain", ROOT_DIRECTORY, &error),
                     -ENOTDIR);
}

static void magic_links_are_not_followed(void **state)
{
    int host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    (void)state;
    assert_int_equal(root_open(host, "/proc/self/root", O_DIRECTORY), -ELOOP);
    assert_int_equal(root_open(host, "/proc/self/cwd", O_DIRECTORY), -ELOOP);
    close(host);
}

static void words_become_attributes(void **state)
{
    struct mount_options options = {0};

    (void)state;
    assert_true(mount_option_apply(&options, "ro"));
    assert_true(mount_option_apply(&options, "nosuid"));
    assert_true(mount_option_apply(&options, "noatime"));
    assert_true(mount_option_apply(&options, "rnodev"));
    assert_int_equal(options.attributes_set, MOUNT_ATTR_RDONLY |
                                                 MOUNT_ATTR_NOSUID |
                                                 MOUNT_ATTR_NOATIME);
    assert_int_equal(options.attributes_clear, MOUNT_ATTR__ATIME);
    assert_int_equal(options.attributes_set_all, MOUNT_ATTR_NODEV);
    assert_false(options.bind);
}

static void the_last_word_wins(void **state)
{
    struct mount_options options = {0};

    (void)state;
    assert_true(mount_option_apply(&options, "ro"));
    assert_true(mount_option_apply(&options, "rw"));
    assert_int_equal(options.attributes_set, 0);
    assert_int_equal(options.attributes_clear, MOUNT_ATTR_RDONLY);
    assert_true(mount_option_apply(&options, "ro"));
    assert_int_equal(options.attributes_set, MOUNT_ATTR_RDONLY);
    assert_int_equal(options.attributes_clear, 0);
    assert_true(mount_option_apply(&options, "noatime"));
    assert_true(mount_option_apply(&options, "strictatime"));
    assert_int_equal(options.attributes_set,
                     MOUNT_ATTR_RDONLY | MOUNT_ATTR_STRICTATIME);
}

static void words_of_binding_and_propagation(void **state)
{
    struct mount_options options = {0};

    (void)state;
    assert_true(mount_option_apply(&options, "rbind"));
    assert_true(options.bind && options.recursive);
    assert_true(mount_option_apply(&options, "rslave"));
    assert_int_equal(options.propagation, MS_SLAVE);
    assert_true(options.propagation_recursive);
    assert_true(mount_option_apply(&options, "private"));
    assert_int_equal(options.propagation, MS_PRIVATE);
    assert_false(options.propagation_recursive);
    assert_true(mount_option_apply(&options, "bind"));
    assert_false(options.recursive);
}

static void other_words_are_the_file_systems(void **state)
{
    struct mount_options options = {0};

    (void)state;
    assert_false(mount_option_apply(&options, "size=64k"));
    assert_false(mount_option_apply(&options, "newinstance"));
    assert_false(mount_option_apply(&options, ""));
    assert_false(mount_option_apply(&options, "r"));
    assert_false(mount_option_apply(&options, "rbogus"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_what_is_missing),
        cmocka_unit_test(links_end_inside),
        cmocka_unit_test(a_link_to_a_host_path_is_a_link_to_nothing),
        cmocka_unit_test(a_file_is_no_directory),
        cmocka_unit_test(magic_links_are_not_followed),
        cmocka_unit_test(words_become_attributes),
        cmocka_unit_test(the_last_word_wins),
        cmocka_unit_test(words_of_binding_and_propagation),
        cmocka_unit_test(other_words_are_the_file_systems),
    };

    return cmocka_run_group_tests(tests, make_root, remove_root);
}
