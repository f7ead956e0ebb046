/* Archives of root file systems are made once, and nobody else's are used. */
#include "oci/file.h"
#include "vmm/root_archive.h"
#include "vmm/root_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char scratch[64], rootfs[80], cache_path[80];
static struct bundle bundle;
static struct root_options options;
static struct error error;

static int begin(void **state)
{
    (void)state;
    snprintf(scratch, sizeof(scratch), "/tmp/test_vmm_root_cache.XXXXXX");
    if (mkdtemp(scratch) == NULL)
        return -1;
    snprintf(rootfs, sizeof(rootfs), "%s/rootfs", scratch);
    snprintf(cache_path, sizeof(cache_path), "%s/cache", scratch);
    bundle = (struct bundle){.directory = scratch, .rootfs = rootfs};
    options = (struct root_options){.cache = cache_path};
    error = (struct error){0};
    return mkdir(rootfs, 0755);
}

static int end(void **state)
{
    (void)state;
    return tree_remove(scratch, &error);
}

static void write_file(const char *directory, const char *name,
                       const char *content)
{
    char path[256];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(file_write_all(fd, content, strlen(content)), 0);
    close(fd);
}

/* Names in the cache that begin so. */
static int count(const char *prefix)
{
    DIR *directory = opendir(cache_path);
    const struct dirent *entry;
    int found = 0;

    if (directory == NULL)
        return 0;
    while ((entry = readdir(directory)) != NULL)
        found += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
    closedir(directory);
    return found;
}

/*
 * A cache, and a tree that is taken for this one: metadata of files made a
 * moment ago would not be believed.
 */
static struct root_cache cache;
static const struct root_tree some = {"00000000aaaa", true};
static const struct root_tree other = {"00000001bbbb", true};

static void open_cache(void)
{
    if (root_cache_open(&cache, cache_path, &error) < 0)
        fail_msg("%s", error.text);
}

/* An archive of the rootfs as it is now. */
static void make_archive(const char *name, int file)
{
    const struct root_options uncached = {.no_cache = true};
    struct root_archive archive = {0};

    (void)name;
    if (root_archive_get(&archive, &bundle, &uncached, &error) < 0)
        fail_msg("%s", error.text);
    assert_int_equal(file_write_all(file, archive.data, archive.size), 0);
    root_archive_release(&archive);
}

/* Keeps it as the tree's; returns its name's digest. */
static const char *keep(const struct root_tree *tree, const char *digest)
{
    char name[ROOT_CACHE_NAME];
    int file = root_cache_begin(&cache, name, &error);

    assert_true(file >= 0);
    make_archive(name, file);
    if (root_cache_keep(&cache, file, name, tree, digest, &error) < 0)
        fail_msg("%s", error.text);
    root_cache_drop(&cache, name);
    close(file);
    return digest;
}

static bool found(int file)
{
    if (file >= 0)
        close(file);
    return file >= 0;
}

static void what_is_kept_is_found_by_tree_and_by_digest(void **state)
{
    (void)state;
    open_cache();
    assert_false(found(root_cache_find_tree(&cache, &some)));
    keep(&some, "d1");
    assert_true(found(root_cache_find_tree(&cache, &some)));
    assert_true(found(root_cache_find(&cache, "d1")));
    assert_false(found(root_cache_find_tree(&cache, &other)));
    assert_false(found(root_cache_find(&cache, "d2")));
    assert_int_equal(count("new-"), 0);
    root_cache_release(&cache);
}

static void equal_trees_share_one_archive(void **state)
{
    (void)state;
    open_cache();
    keep(&some, "d1");
    keep(&other, "d1");
    assert_int_equal(count("root-"), 1);
    assert_int_equal(count("tree-"), 2);
    root_cache_release(&cache);
}

static void the_directory_is_the_users_alone(void **state)
{
    struct stat status;

    (void)state;
    open_cache();
    keep(&some, "d1");
    assert_int_equal(fstat(cache.directory, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(fstatat(cache.directory, "root-d1", &status, 0), 0);
    assert_int_equal(status.st_mode & 0777, 0400);
    root_cache_release(&cache);
}

static void a_directory_that_others_may_write_to_is_refused(void **state)
{
    (void)state;
    assert_int_equal(mkdir(cache_path, 0700), 0);
    assert_int_equal(chmod(cache_path, 0770), 0);
    assert_int_equal(root_cache_open(&cache, cache_path, &error), -EPERM);
    assert_non_null(strstr(error.text, "chmod 700"));
}

static void a_directory_of_another_user_is_refused(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        print_message("only root can give a directory away\n");
        skip();
    }
    assert_int_equal(mkdir(cache_path, 0700), 0);
    assert_int_equal(chown(cache_path, 65534, 65534), 0);
    assert_int_equal(root_cache_open(&cache, cache_path, &error), -EPERM);
    assert_non_null(strstr(error.text, "belongs to user 65534"));
}

static void a_link_in_place_of_the_directory_is_refused(void **state)
{
    (void)state;
    assert_int_equal(symlink("/tmp", cache_path), 0);
    assert_true(root_cache_open(&cache, cache_path, &error) < 0);
}

static void a_damaged_archive_is_removed_not_used(void **state)
{
    static const char *const damages[] = {"", "short", "root-elsewhere"};

    (void)state;
    open_cache();
    for (size_t i = 0; i < 3; i++) {
        keep(&some, "d1");
        assert_int_equal(unlinkat(cache.directory, "root-d1", 0), 0);
        write_file(cache_path, "root-d1", damages[i]);
        assert_false(found(root_cache_find_tree(&cache, &some)));
        assert_int_equal(count("root-"), 0);
    }
    root_cache_release(&cache);
}

static void links_that_lead_out_of_the_cache_are_not_followed(void **state)
{
    static const char *const targets[] = {"/etc/passwd", "../rootfs/file",
                                          "root-/../../rootfs/file", "lock"};

    (void)state;
    open_cache();
    write_file(rootfs, "file", "x");
    for (size_t i = 0; i < 4; i++) {
        char name[ROOT_CACHE_NAME];

        snprintf(name, sizeof(name), "tree-%s", some.digest);
        assert_int_equal(symlinkat(targets[i], cache.directory, name), 0);
        assert_false(found(root_cache_find_tree(&cache, &some)));
        root_cache_drop(&cache, name);
    }
    assert_int_equal(symlinkat("lock", cache.directory, "root-d1"), 0);
    assert_false(found(root_cache_find(&cache, "d1")));
    root_cache_release(&cache);
}

/* Sets when an archive was last used. */
static void use_at(const char *name, time_t seconds)
{
    const struct timespec times[2] = {{seconds, 0}, {seconds, 0}};

    assert_int_equal(utimensat(cache.directory, name, times, 0), 0);
}

static void the_least_recently_used_make_room(void **state)
{
    struct stat status;

    (void)state;
    open_cache();
    keep(&some, "d1");
    keep(&other, "d2");
    assert_int_equal(fstatat(cache.directory, "root-d1", &status, 0), 0);
    use_at("root-d1", 2000);
    use_at("root-d2", 1000);
    cache.maximum_bytes = 2 * status.st_size;
    keep(&some, "d3");
    assert_true(found(root_cache_find(&cache, "d1")));
    assert_false(found(root_cache_find(&cache, "d2")));
    assert_true(found(root_cache_find(&cache, "d3")));
    assert_false(found(root_cache_find_tree(&cache, &other)));
    assert_int_equal(count("tree-"), 1); /* the dangling one went too */
    root_cache_release(&cache);
}

static void one_larger_than_the_cache_is_not_kept(void **state)
{
    (void)state;
    open_cache();
    cache.maximum_bytes = 100;
    keep(&some, "d1");
    assert_int_equal(count("root-"), 0);
    assert_int_equal(count("tree-"), 0);
    root_cache_release(&cache);
}

static void finding_an_archive_counts_as_use(void **state)
{
    struct stat status;

    (void)state;
    open_cache();
    keep(&some, "d1");
    use_at("root-d1", 1000);
    assert_true(found(root_cache_find_tree(&cache, &some)));
    assert_int_equal(fstatat(cache.directory, "root-d1", &status, 0), 0);
    assert_true(status.st_mtime > 1000000);
    root_cache_release(&cache);
}

static void what_a_dead_maker_left_goes_and_a_live_ones_stays(void **state)
{
    char live[ROOT_CACHE_NAME];
    int file;

    (void)state;
    open_cache();
    file = root_cache_begin(&cache, live, &error);
    assert_true(file >= 0);
    write_file(cache_path, "new-dead", "half");
    use_at("new-dead", 1000);
    use_at(live, 1000);
    keep(&some, "d1");
    assert_int_equal(faccessat(cache.directory, live, F_OK, 0), 0);
    assert_int_equal(faccessat(cache.directory, "new-dead", F_OK, 0), -1);
    root_cache_drop(&cache, live);
    close(file);
    root_cache_release(&cache);
}

static void a_tree_is_archived_by_one_at_a_time(void **state)
{
    int ready[2], status;
    char byte;
    pid_t child;

    (void)state;
    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    open_cache();
    assert_int_equal(root_cache_lock(&cache, &some), 0);
    child = fork();
    if (child == 0) {
        struct root_cache mine;
        struct error mine_error = {0};

        root_cache_release(&cache); /* the parent's lock is in it */
        /* Another tree is free; this one is only once the parent is done. */
        if (root_cache_open(&mine, cache_path, &mine_error) < 0 ||
            root_cache_lock(&mine, &other) < 0 || write(ready[1], "", 1) != 1 ||
            root_cache_lock(&mine, &some) < 0)
            _exit(1);
        _exit(found(root_cache_find_tree(&mine, &some)) ? 0 : 2);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    keep(&some, "d1");
    root_cache_release(&cache);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(ready[0]);
    close(ready[1]);
}

static void a_tree_that_has_just_changed_is_not_cached(void **state)
{
    struct root_archive archive = {0};

    (void)state;
    write_file(rootfs, "file", "x");
    assert_int_equal(root_archive_get(&archive, &bundle, &options, &error), 0);
    assert_int_equal(count("root-"), 0);
    assert_int_equal(count("tree-"), 0);
    root_archive_release(&archive);
}

/* What of a tree's metadata its digest depends on. */
static void any_change_of_a_tree_changes_its_digest(void **state)
{
    struct root_tree before, after;
    char path[256];

    (void)state;
    write_file(rootfs, "file", "x");
    snprintf(path, sizeof(path), "%s/file", rootfs);
    assert_int_equal(root_tree_examine(&bundle, &before, &error), 0);
    assert_int_equal(root_tree_examine(&bundle, &after, &error), 0);
    assert_string_equal(before.digest, after.digest);
    assert_false(before.settled);
    for (int change = 0; change < 5; change++) {
        if (change == 0)
            write_file(rootfs, "file", "longer");
        else if (change == 1)
            assert_int_equal(chmod(path, 0640), 0);
        else if (change == 2)
            write_file(rootfs, "another", "");
        else if (change == 3)
            assert_int_equal(symlink("file", strcat(path, ".link")), 0);
        else
            assert_int_equal(unlink(path), 0);
        before = after;
        assert_int_equal(root_tree_examine(&bundle, &after, &error), 0);
        assert_string_not_equal(before.digest, after.digest);
    }
}

static void no_place_for_a_cache_is_no_error_unless_it_was_named(void **state)
{
    (void)state;
    write_file(scratch, "cache", "a file");
    assert_true(root_cache_open(&cache, cache_path, &error) < 0);
    assert_int_equal(setenv("XDG_CACHE_HOME", cache_path, 1), 0);
    assert_int_equal(root_cache_open(&cache, NULL, &error), 0);
    assert_int_equal(cache.directory, -1);
    unsetenv("XDG_CACHE_HOME");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_kept_is_found_by_tree_and_by_digest),
        TEST(equal_trees_share_one_archive),
        TEST(the_directory_is_the_users_alone),
        TEST(a_directory_that_others_may_write_to_is_refused),
        TEST(a_directory_of_another_user_is_refused),
        TEST(a_link_in_place_of_the_directory_is_refused),
        TEST(a_damaged_archive_is_removed_not_used),
        TEST(links_that_lead_out_of_the_cache_are_not_followed),
        TEST(the_least_recently_used_make_room),
        TEST(one_larger_than_the_cache_is_not_kept),
        TEST(finding_an_archive_counts_as_use),
        TEST(what_a_dead_maker_left_goes_and_a_live_ones_stays),
        TEST(a_tree_is_archived_by_one_at_a_time),
        TEST(a_tree_that_has_just_changed_is_not_cached),
        TEST(any_change_of_a_tree_changes_its_digest),
        TEST(no_place_for_a_cache_is_no_error_unless_it_was_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
