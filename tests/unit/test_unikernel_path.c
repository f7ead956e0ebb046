/* Path resolution in the library OS, over a small tree with links. */
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/mount.h"
#include "guests/unikernel/path.h"
#include "guests/unikernel/ramfs.h"
#include "guests/unikernel/rootfs.h"
#include "guests/unikernel/working_directory.h"
#include "tests/unit/unikernel_fixture.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cmocka.h>

static struct filesystem filesystem, other_filesystem;
static struct node *root, *mounted, *covered;

int64_t rootfs(struct node **found)
{
    *found = root;
    return 0;
}

struct node *rootfs_root(void)
{
    return root;
}

int64_t working_directory(struct node **directory)
{
    *directory = root;
    return 0;
}

struct node *mount_root(const struct node *node)
{
    return node == covered ? mounted : NULL;
}

struct node *mount_covered(const struct node *node)
{
    return node == mounted ? covered : NULL;
}

struct description *descriptor_get(uint64_t descriptor)
{
    (void)descriptor;
    return NULL;
}

int64_t user_copy_string(char *to, uint64_t address, uint64_t size)
{
    snprintf(to, size, "%s", (const char *)address);
    return (int64_t)strlen(to);
}

/* Resolves and gives the references back; the node stays in the tree. */
static int64_t resolve(const char *text, uint32_t flags, struct path *path)
{
    int64_t status = path_resolve(root, text, flags, path);
    struct path held = *path;

    if (status == 0)
        path_release(&held);
    return status;
}

static void make(const char *text, uint32_t mode, const char *target)
{
    struct path path;
    struct node *child;

    assert_int_equal(path_resolve(root, text, PATH_MISSING, &path), 0);
    assert_null(path.node);
    if (target != NULL)
        assert_int_equal(path.directory->operations->symlink(
                             path.directory, path_name(&path), target, &child),
                         0);
    else
        assert_int_equal(path.directory->operations->create(
                             path.directory, path_name(&path), mode, 0, &child),
                         0);
    node_release(child);
    path_release(&path);
}

static void become(uint32_t id)
{
    const struct boot_info boot = {.uid = id, .gid = id};

    credentials = (struct credentials){0};
    credentials_init(&boot);
}

static int make_tree(void **state)
{
    struct path path;

    (void)state;
    become(0);
    root = ramfs_create_root(&filesystem, 0755);
    make("a", S_IFDIR | 0755, NULL);
    make("a/b", S_IFDIR | 0755, NULL);
    make("a/b/file", S_IFREG | 0644, NULL);
    make("a/up", 0, "../a/b");
    make("absolute", 0, "/a/b/file");
    make("relative", 0, "a/up/file");
    make("dangling", 0, "a/none");
    make("loop", 0, "loop");
    make("ping", 0, "pong");
    make("pong", 0, "ping");
    make("slashed", 0, "a/b/");
    make("mount", S_IFDIR | 0755, NULL);
    assert_int_equal(resolve("mount", 0, &path), 0);
    covered = path.node;
    mounted = ramfs_create_root(&other_filesystem, 0755);
    mounted->parent = node_reference(root);
    covered->mounted_on = true;
    make("mount/inside", S_IFREG | 0644, NULL);
    return 0;
}

static const struct {
    const char *path;
    uint32_t flags;
    int64_t status;
    const char *same_as; /* a path that leads to the same node */
} cases[] = {
    {"a/b/file", 0, 0, "/a/b/file"},
    {"//a///b/./file", 0, 0, "/a/b/file"},
    {"a/../a/b/../b/file", 0, 0, "/a/b/file"},
    {"../../a", 0, 0, "/a"},
    {"/..", 0, 0, "/"},
    {".", 0, 0, "/"},
    {"", PATH_EMPTY, 0, "/"},
    {"", 0, -ENOENT, NULL},
    {"a/", 0, 0, "/a"},
    {"a/b/file/", 0, -ENOTDIR, NULL},
    {"a/b/file/.", 0, -ENOTDIR, NULL},
    {"a/b/file/..", 0, -ENOTDIR, NULL},
    {"a/b/file/x", 0, -ENOTDIR, NULL},
    {"a/none", 0, -ENOENT, NULL},
    {"a/none/x", PATH_MISSING, -ENOENT, NULL},
    {"absolute", PATH_FOLLOW, 0, "/a/b/file"},
    {"relative", PATH_FOLLOW, 0, "/a/b/file"},
    {"relative/", 0, -ENOTDIR, NULL},
    {"a/up/file", 0, 0, "/a/b/file"},
    {"a/up/", 0, 0, "/a/b"},
    {"a/up/..", 0, 0, "/a"},
    {"slashed", PATH_FOLLOW, 0, "/a/b"},
    {"slashed/file", 0, 0, "/a/b/file"},
    {"dangling", PATH_FOLLOW, -ENOENT, NULL},
    {"dangling/x", 0, -ENOENT, NULL},
    {"loop", PATH_FOLLOW, -ELOOP, NULL},
    {"loop/x", 0, -ELOOP, NULL},
    {"ping", PATH_FOLLOW, -ELOOP, NULL},
    {"mount/inside", 0, 0, "/mount/../mount/inside"},
    {"mount/..", 0, 0, "/"},
    {"new/", PATH_CREATE | PATH_MISSING, -EISDIR, NULL},
};

static void paths_lead_where_linux_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct path path, same;
        int64_t status = resolve(cases[i].path, cases[i].flags, &path);

        if (status != cases[i].status)
            fail_msg("%s: %ld", cases[i].path, (long)status);
        if (cases[i].same_as == NULL)
            continue;
        assert_int_equal(resolve(cases[i].same_as, 0, &same), 0);
        if (path.node != same.node)
            fail_msg("%s is not %s", cases[i].path, cases[i].same_as);
    }
}

static void a_link_itself_is_found_where_it_is_not_followed(void **state)
{
    struct path path;

    (void)state;
    assert_int_equal(resolve("loop", 0, &path), 0);
    assert_true(S_ISLNK(path.node->mode));
    assert_int_equal(resolve("a/up/", PATH_NAME, &path), 0);
    assert_true(S_ISLNK(path.node->mode));
    assert_true(path.slash);
}

static void what_is_missing_is_told_with_its_directory(void **state)
{
    struct path path;

    (void)state;
    assert_int_equal(
        path_resolve(root, "dangling", PATH_MISSING | PATH_FOLLOW, &path), 0);
    assert_null(path.node);
    assert_string_equal(path.name, "none");
    assert_ptr_equal(path.directory->parent, root);
    path_release(&path);
    assert_int_equal(path_resolve(root, "a/up/new///", PATH_MISSING, &path), 0);
    assert_string_equal(path.name, "new");
    assert_true(path.slash);
    path_release(&path);
}

static void long_names_are_refused_at_their_place(void **state)
{
    char text[600];
    struct path path;

    (void)state;
    memset(text, 'n', sizeof(text));
    text[255] = '\0';
    assert_int_equal(resolve(text, 0, &path), -ENOENT);
    text[255] = 'n';
    text[256] = '\0';
    assert_int_equal(resolve(text, 0, &path), -ENAMETOOLONG);
    text[256] = '/';
    text[400] = '\0';
    assert_int_equal(resolve(text, 0, &path), -ENAMETOOLONG);
    memcpy(text, "a/none/", 7);
    assert_int_equal(resolve(text, 0, &path), -ENOENT);
}

static void directories_that_may_not_be_searched_stop_the_walk(void **state)
{
    struct path path;
    struct node *b;

    (void)state;
    assert_int_equal(resolve("a/b", 0, &path), 0);
    b = path.node;
    b->mode = S_IFDIR | 0744;
    become(1000);
    assert_int_equal(resolve("a/b/file", 0, &path), -EACCES);
    assert_int_equal(resolve("a/b/none", 0, &path), -EACCES);
    assert_int_equal(resolve("a/b/..", 0, &path), -EACCES);
    assert_int_equal(resolve("a/b", 0, &path), 0);
    b->uid = 1000;
    b->mode = S_IFDIR | 0100;
    assert_int_equal(resolve("a/b/file", 0, &path), 0);
    become(0);
    b->uid = 0;
    b->mode = S_IFDIR | 0755;
}

static void nodes_know_their_paths(void **state)
{
    char buffer[32];
    struct path path;
    int64_t status;

    (void)state;
    assert_int_equal(resolve("a/b", 0, &path), 0);
    assert_string_equal(
        path_text(path.node, NULL, buffer, sizeof(buffer), &status), "/a/b");
    assert_string_equal(
        path_text(path.node, "file", buffer, sizeof(buffer), &status),
        "/a/b/file");
    assert_string_equal(path_text(root, NULL, buffer, sizeof(buffer), &status),
                        "/");
    assert_string_equal(
        path_text(mounted, "inside", buffer, sizeof(buffer), &status),
        "/mount/inside");
    assert_null(path_text(path.node, NULL, buffer, 4, &status));
    assert_int_equal(status, -ERANGE);
    assert_string_equal(path_text(path.node, NULL, buffer, 5, &status), "/a/b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_lead_where_linux_says),
        cmocka_unit_test(a_link_itself_is_found_where_it_is_not_followed),
        cmocka_unit_test(what_is_missing_is_told_with_its_directory),
        cmocka_unit_test(long_names_are_refused_at_their_place),
        cmocka_unit_test(directories_that_may_not_be_searched_stop_the_walk),
        cmocka_unit_test(nodes_know_their_paths),
    };

    return cmocka_run_group_tests(tests, make_tree, NULL);
}
