/* Archives for the kernel: what is in them, and what may not be. */
#include "vmm/cpio.h"

#include "tests/unit/cpio_reader.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define NO_LIMIT UINT64_MAX

static struct buffer buffer;
static struct cpio cpio;
static struct error error;

static int begin(void **state)
{
    (void)state;
    error = (struct error){0};
    cpio_begin(&cpio, &buffer, NO_LIMIT);
    return 0;
}

static int end(void **state)
{
    (void)state;
    buffer_release(&buffer);
    return 0;
}

static int add(const char *name, mode_t mode, const char *content)
{
    const struct cpio_entry entry = {.name = name, .mode = mode};

    return cpio_add(&cpio, &entry, content, strlen(content), &error);
}

static void finish(void)
{
    assert_int_equal(cpio_end(&cpio, &error), 0);
    assert_int_equal(cpio.size, buffer.size);
}

static struct cpio_read find(const char *name)
{
    struct cpio_read entry;

    if (!cpio_find(buffer.data, buffer.size, name, &entry))
        fail_msg("no entry %s", name);
    return entry;
}

/* A file of that content, open for reading. */
static int open_file(const char *content)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    size_t length = strlen(content);

    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, content, length, 0), length);
    return fd;
}

static void an_empty_archive_is_a_trailer(void **state)
{
    struct cpio_read entry;
    size_t offset = 0;

    (void)state;
    finish();
    assert_false(cpio_read_next(buffer.data, buffer.size, &offset, &entry));
}

static void content_of_every_length_comes_back(void **state)
{
    static const char *const contents[] = {"",    "a",    "ab",
                                           "abc", "abcd", "abcde"};
    char name[] = "file0";

    (void)state;
    for (int i = 0; i < 6; i++) {
        name[4] = (char)('0' + i);
        assert_int_equal(add(name, S_IFREG | 0644, contents[i]), 0);
    }
    finish();
    for (int i = 0; i < 6; i++) {
        struct cpio_read entry;

        name[4] = (char)('0' + i);
        entry = find(name);
        assert_int_equal(entry.fields[CPIO_SIZE], i);
        assert_memory_equal(entry.content, contents[i], (size_t)i);
    }
}

static void what_stat_says_is_kept(void **state)
{
    const struct cpio_entry node = {
        .name = "dev/console",
        .mode = S_IFCHR | 0600,
        .uid = 7,
        .gid = 8,
        .mtime = 1234567890,
        .device = makedev(5, 1),
    };
    struct cpio_read entry;

    (void)state;
    assert_int_equal(cpio_add(&cpio, &node, NULL, 0, &error), 0);
    finish();
    entry = find("dev/console");
    assert_int_equal(entry.fields[CPIO_MODE], S_IFCHR | 0600);
    assert_int_equal(entry.fields[CPIO_UID], 7);
    assert_int_equal(entry.fields[CPIO_GID], 8);
    assert_int_equal(entry.fields[CPIO_MTIME], 1234567890);
    assert_int_equal(entry.fields[CPIO_NODE_MAJOR], 5);
    assert_int_equal(entry.fields[CPIO_NODE_MINOR], 1);
    assert_int_equal(entry.fields[CPIO_LINKS], 1);
}

static void times_outside_the_format_are_cut(void **state)
{
    struct cpio_entry entry = {.name = "old", .mode = S_IFDIR, .mtime = -1};

    (void)state;
    assert_int_equal(cpio_add(&cpio, &entry, NULL, 0, &error), 0);
    entry.name = "late";
    entry.mtime = INT64_MAX;
    assert_int_equal(cpio_add(&cpio, &entry, NULL, 0, &error), 0);
    finish();
    assert_int_equal(find("old").fields[CPIO_MTIME], 0);
    assert_int_equal(find("late").fields[CPIO_MTIME], UINT32_MAX);
}

static void no_two_entries_are_one_file(void **state)
{
    (void)state;
    assert_int_equal(add("a", S_IFREG, "x"), 0);
    assert_int_equal(add("b", S_IFREG, "x"), 0);
    finish();
    assert_int_not_equal(find("a").fields[CPIO_INODE],
                         find("b").fields[CPIO_INODE]);
}

static void names_that_lead_elsewhere_are_refused(void **state)
{
    static const char *const names[] = {"",     "/",     "/a",        "a/",
                                        "a//b", ".",     "..",        "../a",
                                        "a/..", "a/./b", "TRAILER!!!"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_int_equal(add(names[i], S_IFREG, "x"), -EINVAL);
    finish();
}

static void names_that_only_look_odd_are_kept(void **state)
{
    static const char *const names[] = {"a\nb", "...",          ".hidden",
                                        " ",    "x/TRAILER!!!", "\xff\xfe"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_int_equal(add(names[i], S_IFREG, "x"), 0);
    finish();
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_int_equal(find(names[i]).fields[CPIO_SIZE], 1);
}

static void a_name_longer_than_a_path_is_refused(void **state)
{
    char name[PATH_MAX + 1];

    (void)state;
    memset(name, 'n', PATH_MAX);
    name[PATH_MAX] = '\0';
    assert_int_equal(add(name, S_IFREG, ""), -ENAMETOOLONG);
    name[PATH_MAX - 1] = '\0';
    assert_int_equal(add(name, S_IFREG, ""), 0);
}

static void kinds_and_contents_must_match(void **state)
{
    (void)state;
    assert_int_equal(add("d", S_IFDIR | 0755, "content"), -EINVAL);
    assert_int_equal(add("l", S_IFLNK | 0777, ""), -EINVAL);
    assert_int_equal(add("s", S_IFSOCK | 0777, ""), -EINVAL);
    assert_int_equal(add("none", 0644, ""), -EINVAL);
    assert_int_equal(add("l", S_IFLNK | 0777, "../../anywhere"), 0);
}

static void a_file_of_4_gib_is_refused(void **state)
{
    const struct cpio_entry entry = {.name = "big", .mode = S_IFREG | 0600};
    int fd = open_file("");

    (void)state;
    assert_int_equal(cpio_add_file(&cpio, &entry, fd, 1ull << 32, &error),
                     -EFBIG);
    assert_string_equal(error.text, "big: 4294967296 bytes; an archive takes "
                                    "files below 4 GiB");
    close(fd);
}

static void a_file_is_read_as_it_is(void **state)
{
    const struct cpio_entry entry = {.name = "f", .mode = S_IFREG | 0600};
    int fd = open_file("0123456");

    (void)state;
    assert_int_equal(cpio_add_file(&cpio, &entry, fd, 7, &error), 0);
    finish();
    assert_memory_equal(find("f").content, "0123456", 7);
    close(fd);
}

static void a_file_that_shrinks_is_what_was_there(void **state)
{
    const struct cpio_entry entry = {.name = "f", .mode = S_IFREG | 0600};
    int fd = open_file("0123456");

    (void)state;
    assert_int_equal(cpio_add_file(&cpio, &entry, fd, 5 << 20, &error), 0);
    assert_int_equal(add("after", S_IFREG, "x"), 0);
    finish();
    assert_int_equal(find("f").fields[CPIO_SIZE], 7);
    assert_int_equal(find("after").fields[CPIO_SIZE], 1);
    close(fd);
}

static void a_file_that_grows_is_cut(void **state)
{
    const struct cpio_entry entry = {.name = "f", .mode = S_IFREG | 0600};
    int fd = open_file("0123456");

    (void)state;
    assert_int_equal(cpio_add_file(&cpio, &entry, fd, 3, &error), 0);
    finish();
    assert_int_equal(find("f").fields[CPIO_SIZE], 3);
    close(fd);
}

static void past_its_limit_an_archive_counts(void **state)
{
    const struct cpio_entry entry = {.name = "f", .mode = S_IFREG | 0600};
    int fd = open_file("");
    uint64_t needed = 0;

    (void)state;
    cpio_begin(&cpio, &buffer, 1000);
    for (int i = 0; i < 3; i++)
        assert_int_equal(cpio_add_file(&cpio, &entry, fd, UINT32_MAX, &error),
                         0);
    assert_int_equal(cpio_end(&cpio, &error), -ENOSPC);
    needed = 3ull * (112 + (1ull << 32)) + 124;
    assert_int_equal(cpio.size, needed);
    assert_true(buffer.size <= 1000);
    close(fd);
}

static void a_borrowed_buffer_is_never_left(void **state)
{
    char memory[512];

    (void)state;
    for (size_t capacity = 0; capacity < sizeof(memory); capacity++) {
        struct buffer borrowed = buffer_borrow(memory, capacity);
        const struct cpio_entry entry = {.name = "f", .mode = S_IFREG};
        int status;

        memset(memory, '#', sizeof(memory));
        cpio_begin(&cpio, &borrowed, NO_LIMIT);
        assert_int_equal(cpio_add(&cpio, &entry, "12345", 5, &error), 0);
        status = cpio_end(&cpio, &error);
        assert_int_equal(status, cpio.size <= capacity ? 0 : -ENOSPC);
        for (size_t i = capacity; i < sizeof(memory); i++)
            assert_int_equal(memory[i], '#');
    }
}

static void cpio_1_lists_it(void **state)
{
    char path[] = "/tmp/test_vmm_cpio.XXXXXX", command[128], line[128];
    int fd;
    FILE *list;

    (void)state;
    if (system("command -v cpio >/dev/null") != 0) {
        print_message("cpio(1) is not installed\n");
        skip();
    }
    assert_int_equal(add("dir", S_IFDIR | 0755, ""), 0);
    assert_int_equal(add("dir/file", S_IFREG | 0644, "content"), 0);
    assert_int_equal(add("dir/link", S_IFLNK | 0777, "file"), 0);
    finish();
    fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, buffer.data, buffer.size), buffer.size);
    close(fd);
    snprintf(command, sizeof(command), "cpio -it --quiet <%s 2>&1", path);
    list = popen(command, "re");
    assert_non_null(list);
    assert_string_equal(fgets(line, sizeof(line), list), "dir\n");
    assert_string_equal(fgets(line, sizeof(line), list), "dir/file\n");
    assert_string_equal(fgets(line, sizeof(line), list), "dir/link\n");
    assert_null(fgets(line, sizeof(line), list));
    assert_int_equal(pclose(list), 0);
    unlink(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_archive_is_a_trailer),
        TEST(content_of_every_length_comes_back),
        TEST(what_stat_says_is_kept),
        TEST(times_outside_the_format_are_cut),
        TEST(no_two_entries_are_one_file),
        TEST(names_that_lead_elsewhere_are_refused),
        TEST(names_that_only_look_odd_are_kept),
        TEST(a_name_longer_than_a_path_is_refused),
        TEST(kinds_and_contents_must_match),
        TEST(a_file_of_4_gib_is_refused),
        TEST(a_file_is_read_as_it_is),
        TEST(a_file_that_shrinks_is_what_was_there),
        TEST(a_file_that_grows_is_cut),
        TEST(past_its_limit_an_archive_counts),
        TEST(a_borrowed_buffer_is_never_left),
        TEST(cpio_1_lists_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
