/*
 * The file system in memory: content, names, what begins in an archive, and
 * memory that runs out at every place where it can.
 */
#include "guests/unikernel/ramfs.h"
#include "tests/unit/unikernel_fixture.h"

#include <errno.h>
#include <linux/falloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cmocka.h>

static struct filesystem filesystem;

static struct node *make_root(void)
{
    struct node *root = ramfs_create_root(&filesystem, 0755);

    assert_non_null(root);
    return root;
}

/* Gives back a root without entries; its parent is itself. */
static void drop_root(struct node *root)
{
    root->parent = NULL;
    root->references--;
    node_release(root);
}

static int64_t create(struct node *directory, const char *name, uint32_t mode,
                      struct node **child)
{
    return directory->operations->create(directory, name_of(name), mode, 0,
                                         child);
}

static struct node *create_file(struct node *directory, const char *name)
{
    struct node *child;

    assert_int_equal(create(directory, name, S_IFREG | 0644, &child), 0);
    return child;
}

static void remove_name(struct node *directory, const char *name)
{
    struct node *child;

    assert_int_equal(
        directory->operations->lookup(directory, name_of(name), &child), 0);
    assert_int_equal(
        directory->operations->remove(directory, name_of(name), child), 0);
    node_release(child);
}

static int64_t put(struct node *node, const char *text, uint64_t length,
                   uint64_t offset)
{
    struct description file = {.node = node};

    return node_write(&file, text, length, offset);
}

static int64_t get(struct node *node, char *buffer, uint64_t length,
                   uint64_t offset)
{
    struct description file = {.node = node};

    return node->operations->read(&file, buffer, length, offset);
}

static void holes_read_as_zero(void **state)
{
    struct node *file = ramfs_create_file(&filesystem, 0600);
    char buffer[10000];

    (void)state;
    assert_int_equal(put(file, "end", 3, 9000), 3);
    assert_int_equal(file->size, 9003);
    assert_int_equal(get(file, buffer, sizeof(buffer), 0), 9003);
    for (int i = 0; i < 9000; i++)
        assert_int_equal(buffer[i], 0);
    assert_memory_equal(buffer + 9000, "end", 3);
    assert_int_equal(get(file, buffer, 10, 9003), 0);
    assert_int_equal(get(file, buffer, 10, UINT64_MAX / 2), 0);
    node_release(file);
    assert_int_equal(heap_out, 0);
}

static void shrinking_forgets_what_was_behind(void **state)
{
    struct node *file = ramfs_create_file(&filesystem, 0600);
    char text[9000], buffer[9000];

    (void)state;
    memset(text, 'x', sizeof(text));
    assert_int_equal(put(file, text, sizeof(text), 0), sizeof(text));
    assert_int_equal(node_truncate(file, 4100), 0);
    assert_int_equal(node_truncate(file, 9000), 0);
    assert_int_equal(get(file, buffer, sizeof(buffer), 0), 9000);
    for (int i = 0; i < 9000; i++)
        assert_int_equal(buffer[i], i < 4100 ? 'x' : 0);
    node_release(file);
    assert_int_equal(heap_out, 0);
}

static void far_offsets_cost_little(void **state)
{
    struct node *file = ramfs_create_file(&filesystem, 0600);
    char buffer[4];

    (void)state;
    assert_int_equal(put(file, "far", 3, (1ull << 62) - 1), 3);
    assert_int_equal(get(file, buffer, 4, (1ull << 62) - 1), 3);
    assert_memory_equal(buffer, "far", 3);
    assert_true(heap_out < 40);
    assert_int_equal(file->operations->seek(file, 0, true) / 4096,
                     ((1ull << 62) - 1) / 4096);
    assert_int_equal(node_truncate(file, 0), 0);
    assert_int_equal(heap_out, 1);
    node_release(file);
}

static void full_memory_is_told_with_what_was_written(void **state)
{
    struct node *file = ramfs_create_file(&filesystem, 0600);
    char text[3 * 4096] = {0};

    (void)state;
    for (long left = 0; left < 6; left++) {
        int64_t moved;

        heap_left = left;
        moved = put(file, text, sizeof(text), 0);
        assert_true(moved == -ENOSPC || (moved > 0 && moved % 4096 == 0));
        heap_left = INT64_MAX;
        assert_int_equal(node_truncate(file, 0), 0);
    }
    node_release(file);
    assert_int_equal(heap_out, 0);
}

static void a_punched_hole_is_zero_and_the_rest_stays(void **state)
{
    struct node *file = ramfs_create_file(&filesystem, 0600);
    char text[20000], buffer[20000];

    (void)state;
    memset(text, 'x', sizeof(text));
    put(file, text, sizeof(text), 0);
    assert_int_equal(node_allocate(file,
                                   FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                   100, 15000),
                     0);
    assert_int_equal(get(file, buffer, sizeof(buffer), 0), 20000);
    for (int i = 0; i < 20000; i++)
        assert_int_equal(buffer[i], i >= 100 && i < 15100 ? 0 : 'x');
    assert_int_equal(file->operations->seek(file, 0, false), 4096);
    assert_int_equal(file->operations->seek(file, 4096, true), 12288);
    node_release(file);
    assert_int_equal(heap_out, 0);
}

/* Lists a directory; names, joined by spaces, in the order of listing. */
static const char *list(struct node *directory)
{
    static char names[4096];
    uint64_t position = 2;
    struct node_entry entry;

    names[0] = '\0';
    while (directory->operations->entry(directory, &position, &entry) == 1)
        snprintf(names + strlen(names), sizeof(names) - strlen(names), "%.*s ",
                 (int)entry.name.length, entry.name.text);
    return names;
}

static void names_come_and_go(void **state)
{
    struct node *root = make_root(), *file = create_file(root, "a"), *found;

    (void)state;
    assert_int_equal(root->operations->link(root, name_of("b"), file), 0);
    assert_int_equal(file->links, 2);
    assert_string_equal(list(root), "a b ");
    remove_name(root, "a");
    assert_int_equal(root->operations->lookup(root, name_of("a"), &found),
                     -ENOENT);
    assert_int_equal(root->operations->lookup(root, name_of("bb"), &found),
                     -ENOENT);
    assert_int_equal(file->links, 1);
    remove_name(root, "b");
    assert_int_equal(put(file, "still there", 11, 0), 11);
    node_release(file);
    drop_root(root);
}

static void a_listing_survives_removals(void **state)
{
    struct node *root = make_root();
    uint64_t position = 2;
    struct node_entry entry;
    char name[32];
    int count = 0;

    (void)state;
    for (int i = 0; i < 2000; i++) {
        snprintf(name, sizeof(name), "file-%d", i);
        node_release(create_file(root, name));
    }
    while (root->operations->entry(root, &position, &entry) == 1) {
        snprintf(name, sizeof(name), "%.*s", (int)entry.name.length,
                 entry.name.text);
        remove_name(root, name);
        count++;
    }
    assert_int_equal(count, 2000);
    assert_string_equal(list(root), "");
    drop_root(root);
}

static void directories_move_and_count_their_links(void **state)
{
    struct node *root = make_root(), *a, *b;

    (void)state;
    assert_int_equal(create(root, "a", S_IFDIR | 0755, &a), 0);
    assert_int_equal(create(root, "b", S_IFDIR | 0755, &b), 0);
    assert_int_equal(root->links, 4);
    assert_int_equal(
        root->operations->rename(root, name_of("b"), a, name_of("c"), false),
        0);
    assert_int_equal(root->links, 3);
    assert_int_equal(a->links, 3);
    assert_ptr_equal(b->parent, a);
    assert_int_equal(root->operations->remove(root, name_of("a"), a),
                     -ENOTEMPTY);
    remove_name(a, "c");
    remove_name(root, "a");
    assert_int_equal(create(b, "x", S_IFREG | 0644, &b), -ENOENT);
    node_release(a);
    node_release(b);
    assert_int_equal(root->links, 2);
    drop_root(root);
}

static void replaced_and_exchanged_names_keep_their_nodes(void **state)
{
    struct node *root = make_root();
    struct node *one = create_file(root, "one"),
                *two = create_file(root, "two");
    struct node *found;

    (void)state;
    assert_int_equal(root->operations->rename(root, name_of("one"), root,
                                              name_of("two"), true),
                     0);
    assert_int_equal(root->operations->lookup(root, name_of("one"), &found), 0);
    assert_ptr_equal(found, two);
    node_release(found);
    assert_int_equal(root->operations->rename(root, name_of("one"), root,
                                              name_of("two"), false),
                     0);
    assert_string_equal(list(root), "two ");
    assert_int_equal(one->links, 0);
    assert_int_equal(two->links, 1);
    node_release(one);
    node_release(two);
    remove_name(root, "two");
    drop_root(root);
}

/* A long chain of removed directories must not need a deep stack. */
static void deep_directories_are_given_back(void **state)
{
    enum { DEPTH = 20000 };
    struct node *root = make_root(), *at = node_reference(root), *deepest;

    (void)state;
    for (int i = 0; i < DEPTH; i++) {
        struct node *child;

        assert_int_equal(create(at, "d", S_IFDIR | 0755, &child), 0);
        node_release(at);
        at = child;
    }
    deepest = node_reference(at);
    for (int i = 0; i < DEPTH; i++) {
        struct node *child, *parent = node_reference(at->parent);

        assert_int_equal(
            parent->operations->lookup(parent, name_of("d"), &child), 0);
        assert_int_equal(
            parent->operations->remove(parent, name_of("d"), child), 0);
        node_release(child);
        node_release(at);
        at = parent;
    }
    node_release(at);
    assert_int_equal(deepest->parent->links, 0);
    node_release(deepest);
    drop_root(root);
}

static void full_memory_makes_no_half_entries(void **state)
{
    struct node *root = make_root(), *child;
    int64_t status = -ENOSPC;

    (void)state;
    for (long left = 0; status != 0; left++) {
        heap_left = left;
        status = create(root, "name", S_IFREG | 0644, &child);
        heap_left = INT64_MAX;
        assert_true(status == 0 || status == -ENOSPC);
        assert_string_equal(list(root), status == 0 ? "name " : "");
    }
    node_release(child);
    remove_name(root, "name");
    drop_root(root);
}

/* An archive: /d/, /d/file, /link, /one and /two, two names of a file. */
static const char content[] = "archived content, longer than nothing"
                              "d/file";
static const char names[] = "\0d\0file\0link\0one\0two";

static const struct root_entry entries[] = {
    {.mode = S_IFDIR | 0755,
     .inode = 1,
     .links = 3,
     .first_child = 1,
     .child_count = 4},
    {.mode = S_IFDIR | 0700,
     .inode = 2,
     .links = 2,
     .first_child = 5,
     .child_count = 1,
     .name = 1,
     .name_length = 1},
    {.mode = S_IFLNK | 0777,
     .inode = 3,
     .links = 1,
     .content = 37,
     .size = 6,
     .name = 8,
     .name_length = 4},
    {.mode = S_IFREG | 0644,
     .inode = 4,
     .links = 2,
     .size = 8,
     .name = 13,
     .name_length = 3},
    {.mode = S_IFREG | 0644,
     .inode = 4,
     .links = 2,
     .size = 8,
     .name = 17,
     .name_length = 3},
    {.mode = S_IFREG | 04711,
     .inode = 5,
     .links = 1,
     .size = 37,
     .uid = 7,
     .gid = 8,
     .mtime = 100,
     .mtime_ns = 5,
     .parent = 1,
     .name = 3,
     .name_length = 4},
};

static struct {
    char content[64];
    char names[64];
    struct root_entry entries[sizeof(entries) / sizeof(entries[0])];
} archive;

/* What the tests of archives hold, which is theirs until the program ends. */
static struct node *kept[64];
static unsigned kept_count;

static struct node *keep(struct node *node)
{
    assert_non_null(node);
    kept[kept_count++ % 64] = node;
    return node;
}

static struct node *open_archive(void)
{
    const struct root_index index = {
        .entries = offsetof(__typeof__(archive), entries),
        .names = offsetof(__typeof__(archive), names),
        .entry_count = sizeof(entries) / sizeof(entries[0]),
        .inode_count = 5,
    };

    memcpy(archive.content, content, sizeof(content));
    memcpy(archive.names, names, sizeof(names));
    memcpy(archive.entries, entries, sizeof(entries));
    return keep(
        ramfs_archive_root(&index, (const char *)&archive, &filesystem));
}

static struct node *find(struct node *directory, const char *name)
{
    struct node *child = NULL;

    assert_int_equal(
        directory->operations->lookup(directory, name_of(name), &child), 0);
    return keep(child);
}

static void the_archive_is_there_as_it_was_packed(void **state)
{
    struct node *root = open_archive(), *d = find(root, "d");
    struct node *file = find(d, "file"), *link = find(root, "link");
    char buffer[64];

    (void)state;
    assert_string_equal(list(root), "d link one two ");
    assert_int_equal(file->mode, S_IFREG | 04711);
    assert_int_equal(file->uid, 7);
    assert_int_equal(file->gid, 8);
    assert_int_equal(file->modified, 100000000005);
    assert_int_equal(get(file, buffer, sizeof(buffer), 0), 37);
    assert_memory_equal(buffer, content, 37);
    assert_string_equal(link->operations->target(link), "d/file");
    assert_ptr_equal(find(root, "one"), find(root, "two"));
}

static void writing_leaves_the_archive_alone(void **state)
{
    struct node *root = open_archive(), *d = find(root, "d");
    struct node *file = find(d, "file");
    char buffer[64];

    (void)state;
    assert_int_equal(put(file, "REPLACED", 8, 9), 8);
    assert_int_equal(get(file, buffer, sizeof(buffer), 0), 37);
    assert_memory_equal(buffer, "archived REPLACED longer", 24);
    assert_memory_equal(archive.content, content, sizeof(content));
    assert_int_equal(node_truncate(file, 12), 0);
    assert_int_equal(node_truncate(file, 20), 0);
    assert_int_equal(get(file, buffer, sizeof(buffer), 0), 20);
    assert_memory_equal(buffer, "archived REP\0\0\0\0\0\0\0\0", 20);
}

static void archived_names_can_be_removed_and_made_again(void **state)
{
    struct node *root = open_archive(), *d = find(root, "d"), *child;

    (void)state;
    assert_int_equal(root->operations->remove(root, name_of("d"), d),
                     -ENOTEMPTY);
    remove_name(d, "file");
    remove_name(root, "d");
    assert_string_equal(list(root), "link one two ");
    assert_int_equal(create(root, "d", S_IFREG | 0600, &child), 0);
    node_release(child);
    assert_string_equal(list(root), "link one two d ");
    remove_name(root, "one");
    assert_int_equal(find(root, "two")->links, 1);
}

static void an_archive_is_brought_in_whatever_memory_runs_out(void **state)
{
    (void)state;
    for (long left = 0; left < 12; left++) {
        struct node *root = open_archive(), *child;
        int64_t status;

        heap_left = left;
        status = root->operations->lookup(root, name_of("two"), &child);
        heap_left = INT64_MAX;
        assert_true(status == 0 || status == -ENOMEM);
        if (status == 0)
            node_release(child);
        assert_int_equal(find(root, "two")->size, 8);
        assert_string_equal(list(root), "d link one two ");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holes_read_as_zero),
        cmocka_unit_test(shrinking_forgets_what_was_behind),
        cmocka_unit_test(far_offsets_cost_little),
        cmocka_unit_test(full_memory_is_told_with_what_was_written),
        cmocka_unit_test(a_punched_hole_is_zero_and_the_rest_stays),
        cmocka_unit_test(names_come_and_go),
        cmocka_unit_test(a_listing_survives_removals),
        cmocka_unit_test(directories_move_and_count_their_links),
        cmocka_unit_test(replaced_and_exchanged_names_keep_their_nodes),
        cmocka_unit_test(deep_directories_are_given_back),
        cmocka_unit_test(full_memory_makes_no_half_entries),
        cmocka_unit_test(the_archive_is_there_as_it_was_packed),
        cmocka_unit_test(writing_leaves_the_archive_alone),
        cmocka_unit_test(archived_names_can_be_removed_and_made_again),
        cmocka_unit_test(an_archive_is_brought_in_whatever_memory_runs_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
