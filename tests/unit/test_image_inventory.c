/* Which images stay when there are too many. */
#include "image/inventory.h"
#include "image/limits.h"
#include "oci/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* More than a third of the bound. */
#define LARGE (IMAGE_STORE_MAX_BYTES * 2 / 5)

static char cache[] = "/tmp/ringside-test-XXXXXX";
static struct image_store store;

static int open_store(void **state)
{
    struct error error = {0};

    (void)state;
    strcpy(strrchr(cache, '-'), "-XXXXXX");
    if (mkdtemp(cache) == NULL || setenv("XDG_CACHE_HOME", cache, 1) < 0)
        return -1;
    return image_store_open(&store, &error);
}

static int remove_store(void **state)
{
    struct error error = {0};

    (void)state;
    image_store_release(&store);
    return tree_remove(cache, &error);
}

static const char *entry_named(char letter)
{
    static char names[4][IMAGE_ENTRY_SIZE];
    static size_t next;
    char *name = names[next++ % 4];

    strcpy(name, IMAGE_STORE_ENTRY);
    memset(name + strlen(IMAGE_STORE_ENTRY), letter, IMAGE_DIGEST_DIGITS);
    name[IMAGE_ENTRY_SIZE - 1] = '\0';
    return name;
}

/* An image that was last used so many seconds after the beginning. */
static void add(char letter, int64_t bytes, time_t used)
{
    const struct timespec times[2] = {{.tv_sec = used}, {.tv_sec = used}};
    char path[2 * PATH_MAX], text[256];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", store.path, entry_named(letter));
    assert_int_equal(mkdir(path, 0755), 0);
    snprintf(path, sizeof(path), "%s/%s/uses", store.path, entry_named(letter));
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    snprintf(path, sizeof(path), "%s/%s/" INVENTORY_FACTS, store.path,
             entry_named(letter));
    snprintf(text, sizeof(text), "{\"reference\": \"%c\", \"bytes\": %lld}",
             letter, (long long)bytes);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(file_write_all(fd, text, strlen(text)), 0);
    close(fd);
}

static bool is_there(const char *name)
{
    return faccessat(store.directory, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void what_was_used_least_recently_goes(void **state)
{
    (void)state;
    add('a', LARGE, 30);
    add('b', LARGE, 10);
    add('c', LARGE, 20);
    assert_int_equal(
        symlinkat(entry_named('b'), store.directory, "of-reference"), 0);
    inventory_trim(&store, entry_named('a'));
    assert_true(is_there(entry_named('a')));
    assert_false(is_there(entry_named('b')));
    assert_true(is_there(entry_named('c')));
    assert_false(is_there("of-reference"));
}

static void what_is_in_use_or_new_stays(void **state)
{
    struct error error = {0};

    (void)state;
    add('a', LARGE, 10);
    add('b', LARGE, 20);
    add('c', LARGE, 30);
    assert_int_equal(image_store_use(&store, entry_named('b'), cache, &error),
                     0);
    inventory_trim(&store, entry_named('a'));
    assert_true(is_there(entry_named('a')));
    assert_true(is_there(entry_named('b')));
    assert_false(is_there(entry_named('c')));
    assert_int_equal(inventory_remove(&store, entry_named('b'), &error),
                     -EBUSY);
}

static void a_use_ends_with_its_directory(void **state)
{
    char user[sizeof(cache) + sizeof("/user")];
    struct error error = {0};

    (void)state;
    snprintf(user, sizeof(user), "%s/user", cache);
    add('a', 1, 10);
    assert_int_equal(mkdir(user, 0700), 0);
    assert_int_equal(image_store_use(&store, entry_named('a'), user, &error),
                     0);
    assert_true(image_store_in_use(&store, entry_named('a')));
    assert_int_equal(rmdir(user), 0);
    assert_false(image_store_in_use(&store, entry_named('a')));
    assert_int_equal(inventory_remove(&store, entry_named('a'), &error), 0);
    assert_int_equal(image_store_use(&store, entry_named('a'), cache, &error),
                     -ENOENT);
}

static void damaged_entries_do_no_harm(void **state)
{
    struct inventory inventory;
    struct error error = {0};
    char path[PATH_MAX], entry[IMAGE_ENTRY_SIZE];

    (void)state;
    add('a', 1, 10);
    assert_int_equal(mkdirat(store.directory, entry_named('b'), 0755), 0);
    assert_int_equal(mkdirat(store.directory, "image-short", 0755), 0);
    assert_int_equal(symlinkat("/etc", store.directory, "of-outside"), 0);
    snprintf(path, sizeof(path), "%s/" INVENTORY_FACTS, entry_named('a'));
    assert_int_equal(unlinkat(store.directory, path, 0), 0);
    assert_int_equal(inventory_read(&store, &inventory, &error), 0);
    assert_int_equal(inventory.count, 2);
    inventory_release(&inventory);
    assert_int_equal(image_store_find(&store, "of-outside", entry), -ENOENT);
    inventory_trim(&store, "");
    assert_true(is_there(entry_named('a')));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_used_least_recently_goes,
                                        open_store, remove_store),
        cmocka_unit_test_setup_teardown(what_is_in_use_or_new_stays, open_store,
                                        remove_store),
        cmocka_unit_test_setup_teardown(a_use_ends_with_its_directory,
                                        open_store, remove_store),
        cmocka_unit_test_setup_teardown(damaged_entries_do_no_harm, open_store,
                                        remove_store),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
