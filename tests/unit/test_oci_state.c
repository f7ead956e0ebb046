/* Ids, state directories, and path names. */
#include "oci/file.h"
#include "oci/path.h"
#include "oci/state.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[] = "/tmp/test_oci_state.XXXXXX";
static char root[64];

static int make_directory(void **state)
{
    (void)state;
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(root, sizeof(root), "%s/a/b", directory);
    return 0;
}

static int remove_directory(void **state)
{
    struct error error = {0};

    (void)state;
    return tree_remove(directory, &error);
}

static void accepts_ids_that_name_a_file(void **state)
{
    struct error error = {0};
    char longest[129];

    (void)state;
    memset(longest, 'x', 128);
    longest[128] = '\0';
    assert_int_equal(state_check_id("a", &error), 0);
    assert_int_equal(state_check_id("A_z+0.9-", &error), 0);
    assert_int_equal(state_check_id("...", &error), 0);
    assert_int_equal(state_check_id(longest, &error), 0);
}

static void refuses_ids_that_could_lead_elsewhere(void **state)
{
    static const char *const ids[] = {"",     ".",   "..",  "a/b",
                                      "../x", "a b", "a\n", "\xc3\xa4"};
    struct error error = {0};
    char too_long[130];

    (void)state;
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
        assert_int_equal(state_check_id(ids[i], &error), -EINVAL);
    memset(too_long, 'x', 129);
    too_long[129] = '\0';
    assert_int_equal(state_check_id(too_long, &error), -EINVAL);
}

static void is_private_and_goes_away(void **state)
{
    struct state made;
    struct error error = {0};
    struct stat status;
    char *path;

    (void)state;
    assert_int_equal(state_create(root, "one", &made, &error), 0);
    path = strdup(made.directory);
    assert_non_null(path);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    state_remove(&made);
    assert_int_equal(stat(path, &status), -1);
    free(path);
}

static void refuses_an_id_that_is_in_use(void **state)
{
    struct state first, second;
    struct error error = {0};

    (void)state;
    assert_int_equal(state_create(root, "two", &first, &error), 0);
    assert_int_equal(state_create(root, "two", &second, &error), -EEXIST);
    assert_string_equal(error.text, "container \"two\" already exists");
    assert_null(second.directory);
    state_remove(&first);
    assert_int_equal(state_create(root, "two", &second, &error), 0);
    state_remove(&second);
}

static void takes_over_what_a_dead_owner_left(void **state)
{
    struct state made;
    struct error error = {0};
    char *left;
    int status = 0;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        _exit(state_create(root, "three", &made, &error) == 0 &&
                      mkdirat(made.lock, "left", 0700) == 0
                  ? 0
                  : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(state_create(root, "three", &made, &error), 0);
    left = path_join(made.directory, "left");
    assert_non_null(left);
    assert_int_equal(access(left, F_OK), -1);
    free(left);
    state_remove(&made);
}

static void sweeps_what_dead_owners_left_and_nothing_else(void **state)
{
    struct state made, living, other;
    struct error error = {0};
    char path[96];
    int status = 0;
    pid_t pid = fork();

    (void)state;
    if (pid == 0)
        _exit(state_create(root, "exec-1", &made, &error) == 0 &&
                      state_create(root, "named", &other, &error) == 0
                  ? 0
                  : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(state_create(root, "exec-2", &living, &error), 0);
    assert_int_equal(state_create(root, "exec-3", &made, &error), 0);
    state_sweep(&made, "exec-");
    snprintf(path, sizeof(path), "%s/exec-1", root);
    assert_int_equal(access(path, F_OK), -1);
    snprintf(path, sizeof(path), "%s/named", root);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(access(living.directory, F_OK), 0);
    assert_int_equal(access(made.directory, F_OK), 0);
    state_remove(&made);
    state_remove(&living);
}

static void normalises_paths_as_the_kernel_would_resolve_them(void **state)
{
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"/", "/"},          {"///", "/"},         {"/a", "/a"},
        {"/a/", "/a"},       {"//a//b//", "/a/b"}, {"/./a/.", "/a"},
        {"/a/../b", "/b"},   {"/..", "/"},         {"/../../etc", "/etc"},
        {"/a/b/../..", "/"}, {"/...", "/..."},     {"/a/..b", "/a/..b"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char path[32];

        strcpy(path, cases[i].from);
        path_normalise(path);
        assert_string_equal(path, cases[i].to);
    }
}

static void removes_a_tree_but_not_what_its_links_point_to(void **state)
{
    struct error error = {0};
    char tree[80], link[96], kept[80];

    (void)state;
    snprintf(tree, sizeof(tree), "%s/tree", directory);
    snprintf(link, sizeof(link), "%s/link", tree);
    snprintf(kept, sizeof(kept), "%s/kept", directory);
    assert_int_equal(directory_make(tree, 0755, &error), 0);
    assert_int_equal(file_replace(kept, "x", &error), 0);
    assert_int_equal(symlink(directory, link), 0);
    assert_int_equal(tree_remove(tree, &error), 0);
    assert_int_equal(access(tree, F_OK), -1);
    assert_int_equal(access(kept, F_OK), 0);
    assert_int_equal(tree_remove(tree, &error), 0);
}

/* Far longer than PATH_MAX, and deeper than there are descriptors to spend. */
static void removes_a_tree_of_any_depth(void **state)
{
    enum { DEPTH = 600 };
    struct error error = {0};
    char tree[80], name[201] = {0};
    int at;

    (void)state;
    memset(name, 'd', sizeof(name) - 1);
    snprintf(tree, sizeof(tree), "%s/tree", directory);
    assert_int_equal(mkdir(tree, 0755), 0);
    at = open(tree, O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < DEPTH; i++) {
        int below;

        assert_int_equal(mkdirat(at, name, 0755), 0);
        assert_int_equal(mkdirat(at, ".deep-0", 0755), 0);
        assert_int_equal(symlinkat("/", at, "link"), 0);
        below = openat(at, name, O_RDONLY | O_DIRECTORY);
        assert_true(below >= 0);
        close(at);
        at = below;
    }
    close(at);
    assert_int_equal(tree_remove(tree, &error), 0);
    assert_int_equal(access(tree, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_ids_that_name_a_file),
        cmocka_unit_test(refuses_ids_that_could_lead_elsewhere),
        cmocka_unit_test(is_private_and_goes_away),
        cmocka_unit_test(refuses_an_id_that_is_in_use),
        cmocka_unit_test(takes_over_what_a_dead_owner_left),
        cmocka_unit_test(sweeps_what_dead_owners_left_and_nothing_else),
        cmocka_unit_test(normalises_paths_as_the_kernel_would_resolve_them),
        cmocka_unit_test(removes_a_tree_but_not_what_its_links_point_to),
        cmocka_unit_test(removes_a_tree_of_any_depth),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
