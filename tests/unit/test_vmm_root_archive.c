/* The root file system as a guest finds it: index and archive. */
#include "vmm/root_archive.h"

#include "guests/unikernel/root_index.h"
#include "oci/file.h"
#include "tests/unit/cpio_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch[64], rootfs[80];
static struct bundle bundle;
static struct root_archive archive;
static struct error error;

static int begin(void **state)
{
    (void)state;
    snprintf(scratch, sizeof(scratch), "/tmp/test_vmm_root_archive.XXXXXX");
    if (mkdtemp(scratch) == NULL)
        return -1;
    snprintf(rootfs, sizeof(rootfs), "%s/rootfs", scratch);
    bundle = (struct bundle){.directory = scratch, .rootfs = rootfs};
    error = (struct error){0};
    return mkdir(rootfs, 0755);
}

static int end(void **state)
{
    (void)state;
    root_archive_release(&archive);
    return tree_remove(scratch, &error);
}

static const char *below(const char *path)
{
    static char text[256];

    snprintf(text, sizeof(text), "%s/%s", rootfs, path);
    return text;
}

static void write_file(const char *path, const char *content)
{
    int fd = open(below(path), O_WRONLY | O_CREAT | O_CLOEXEC, 0640);

    assert_true(fd >= 0);
    assert_int_equal(file_write_all(fd, content, strlen(content)), 0);
    close(fd);
}

static void get(void)
{
    const struct root_options options = {.no_cache = true};

    if (root_archive_get(&archive, &bundle, &options, &error) < 0)
        fail_msg("%s", error.text);
}

static const struct root_index *get_index(void)
{
    return (const struct root_index *)((const char *)archive.data +
                                       archive.size - 4096);
}

static const struct root_entry *entries(void)
{
    return (const struct root_entry *)((const char *)archive.data +
                                       get_index()->entries);
}

static const char *name_of(const struct root_entry *entry)
{
    return (const char *)archive.data + get_index()->names + entry->name;
}

/* By bisection, as a guest does. */
static const struct root_entry *child(const struct root_entry *directory,
                                      const char *name)
{
    uint32_t low = directory->first_child;
    uint32_t high = low + directory->child_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(name, name_of(&entries()[middle]));

        if (order == 0)
            return &entries()[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static void assert_content(const struct root_entry *entry, const char *content)
{
    assert_int_equal(entry->size, strlen(content));
    assert_memory_equal((const char *)archive.data + entry->content, content,
                        entry->size);
}

static void an_empty_root_is_one_directory(void **state)
{
    (void)state;
    get();
    assert_int_equal(get_index()->magic, ROOT_INDEX_MAGIC);
    assert_int_equal(get_index()->size, archive.size);
    assert_int_equal(get_index()->entry_count, 1);
    assert_int_equal(entries()[0].mode, S_IFDIR | 0755);
    assert_int_equal(entries()[0].child_count, 0);
    assert_int_equal(entries()[0].parent, 0);
    assert_int_equal(entries()[0].inode, 1);
}

static void files_are_found_with_what_they_are(void **state)
{
    const struct timespec times[2] = {{1, 2}, {1000000000, 123456789}};
    const struct root_entry *directory, *file, *link;

    (void)state;
    assert_int_equal(mkdir(below("etc"), 0711), 0);
    write_file("etc/hosts", "127.0.0.1 localhost\n");
    write_file("etc/empty", "");
    assert_int_equal(symlink("../etc/hosts", below("etc/link")), 0);
    assert_int_equal(utimensat(AT_FDCWD, below("etc/hosts"), times, 0), 0);
    get();
    directory = child(entries(), "etc");
    assert_non_null(directory);
    assert_int_equal(directory->mode, S_IFDIR | 0711);
    assert_int_equal(directory->links, 2);
    assert_int_equal(directory->child_count, 3);
    file = child(directory, "hosts");
    assert_int_equal(file->mode, S_IFREG | 0640);
    assert_int_equal(file->mtime, 1000000000);
    assert_int_equal(file->mtime_ns, 123456789);
    assert_int_equal(file->uid, geteuid());
    assert_content(file, "127.0.0.1 localhost\n");
    assert_ptr_equal(&entries()[file->parent], directory);
    assert_content(child(directory, "empty"), "");
    link = child(directory, "link");
    assert_int_equal(link->mode, S_IFLNK | 0777);
    assert_content(link, "../etc/hosts");
    assert_null(child(directory, "nothing"));
}

static void children_are_neighbours_in_the_order_of_bytes(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        char name[32];

        snprintf(name, sizeof(name), "%c%d", "aZ\xc3-"[i % 4], i * 7919 % 1000);
        assert_int_equal(mkdir(below(name), 0755), 0);
        snprintf(name + strlen(name), sizeof(name) - strlen(name), "/x");
        write_file(name, name);
    }
    get();
    assert_int_equal(get_index()->entry_count, 401);
    assert_int_equal(entries()[0].child_count, 200);
    assert_int_equal(entries()[0].links, 202);
    for (uint32_t i = 0; i < 200; i++) {
        const struct root_entry *entry =
            &entries()[entries()[0].first_child + i];
        char content[64];

        assert_int_equal(entry->parent, 0);
        if (i > 0)
            assert_true(strcmp(name_of(entry - 1), name_of(entry)) < 0);
        assert_int_equal(entry->name_length, strlen(name_of(entry)));
        snprintf(content, sizeof(content), "%s/x", name_of(entry));
        assert_content(child(entry, "x"), content);
    }
}

static void inodes_are_numbered_without_gaps(void **state)
{
    bool seen[8] = {false};

    (void)state;
    assert_int_equal(mkdir(below("a"), 0755), 0);
    assert_int_equal(mkdir(below("a/b"), 0755), 0);
    write_file("a/b/c", "");
    write_file("d", "");
    get();
    assert_int_equal(get_index()->inode_count, 5);
    for (uint32_t i = 0; i < get_index()->entry_count; i++) {
        assert_in_range(entries()[i].inode, 1, 5);
        assert_false(seen[entries()[i].inode]);
        seen[entries()[i].inode] = true;
    }
}

static void names_of_one_file_share_inode_and_content(void **state)
{
    const struct root_entry *one, *other, *far;
    char from[256], to[256];

    (void)state;
    assert_int_equal(mkdir(below("d"), 0755), 0);
    write_file("one", "content");
    snprintf(from, sizeof(from), "%s", below("one"));
    snprintf(to, sizeof(to), "%s", below("other"));
    assert_int_equal(link(from, to), 0);
    snprintf(to, sizeof(to), "%s", below("d/far"));
    assert_int_equal(link(from, to), 0);
    snprintf(to, sizeof(to), "%s/outside", scratch);
    assert_int_equal(link(from, to), 0);
    get();
    one = child(entries(), "one");
    other = child(entries(), "other");
    far = child(child(entries(), "d"), "far");
    assert_int_equal(one->inode, other->inode);
    assert_int_equal(one->inode, far->inode);
    assert_int_equal(one->content, far->content);
    assert_content(other, "content");
    assert_int_equal(one->links, 3); /* those that are in here */
    assert_int_equal(far->links, 3);
}

static void the_same_tree_gives_the_same_bytes(void **state)
{
    static const char *const names[] = {"b", "a", "d", "c"};
    struct root_archive first;

    (void)state;
    for (int i = 0; i < 4; i++)
        write_file(names[i], names[i]);
    get();
    first = archive;
    archive = (struct root_archive){0};
    get();
    assert_int_equal(first.size, archive.size);
    assert_memory_equal(first.data, archive.data, first.size);
    root_archive_release(&first);
}

static void what_is_before_the_index_is_an_archive_for_cpio(void **state)
{
    struct cpio_read entry;

    (void)state;
    write_file("file", "text");
    get();
    assert_true(cpio_find(archive.data, get_index()->archive_size,
                          "rootfs/file", &entry));
    assert_memory_equal(entry.content, "text", 4);
}

/* As root everything can be read, so the walk is told by another user. */
static void a_file_that_may_not_be_read_is_named_with_the_remedy(void **state)
{
    const struct root_options options = {.no_cache = true};
    uid_t before = geteuid();
    int status;

    (void)state;
    write_file("secret", "x");
    assert_int_equal(chmod(below("secret"), 0), 0);
    assert_int_equal(chmod(scratch, 0755), 0);
    if (before == 0)
        assert_int_equal(seteuid(65534), 0);
    status = root_archive_get(&archive, &bundle, &options, &error);
    assert_int_equal(seteuid(before), 0);
    assert_int_equal(status, -EACCES);
    assert_non_null(strstr(error.text, below("secret")));
    assert_non_null(strstr(error.text, "chmod"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_root_is_one_directory),
        TEST(files_are_found_with_what_they_are),
        TEST(children_are_neighbours_in_the_order_of_bytes),
        TEST(inodes_are_numbered_without_gaps),
        TEST(names_of_one_file_share_inode_and_content),
        TEST(the_same_tree_gives_the_same_bytes),
        TEST(what_is_before_the_index_is_an_archive_for_cpio),
        TEST(a_file_that_may_not_be_read_is_named_with_the_remedy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
