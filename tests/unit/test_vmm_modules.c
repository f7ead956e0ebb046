/* Kernel modules and what they need, in the order of loading. */
#include "vmm/modules.h"

#include "oci/file.h"
#include "tests/unit/cpio_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64];
static struct buffer buffer;
static struct error error;

static const char *below(const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return path;
}

static void write_file(const char *name, const char *content)
{
    int fd = open(below(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(file_write_all(fd, content, strlen(content)), 0);
    close(fd);
}

static int begin(void **state)
{
    static const char *const files[] = {"a.ko", "b.ko", "c-d.ko", "e.ko"};

    (void)state;
    error = (struct error){0};
    snprintf(directory, sizeof(directory), "/tmp/test_vmm_modules.XXXXXX");
    if (mkdtemp(directory) == NULL || mkdir(below("kernel"), 0700) < 0)
        return -1;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char path[32];

        snprintf(path, sizeof(path), "kernel/%s", files[i]);
        write_file(path, files[i]);
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    buffer_release(&buffer);
    return tree_remove(directory, &error);
}

static int add(const char *const *names)
{
    struct cpio cpio;
    int status;

    cpio_begin(&cpio, &buffer, UINT64_MAX);
    status = modules_add(&cpio, directory, names, &error);
    return status == 0 ? cpio_end(&cpio, &error) : status;
}

static void assert_order(const char *expected)
{
    struct cpio_read entry;

    assert_true(cpio_find(buffer.data, buffer.size, "modules/order", &entry));
    assert_int_equal(entry.fields[CPIO_SIZE], strlen(expected));
    assert_memory_equal(entry.content, expected, strlen(expected));
}

static void what_is_needed_comes_first_and_once(void **state)
{
    const char *const names[] = {"a", "b", NULL};
    struct cpio_read entry;

    (void)state;
    write_file("modules.dep", "kernel/e.ko:\n"
                              "kernel/a.ko: kernel/c-d.ko kernel/e.ko\n"
                              "kernel/b.ko: kernel/e.ko\n"
                              "kernel/c-d.ko: kernel/e.ko\n");
    assert_int_equal(add(names), 0);
    assert_order("e.ko\nc-d.ko\na.ko\nb.ko\n");
    assert_true(cpio_find(buffer.data, buffer.size, "modules/a.ko", &entry));
    assert_memory_equal(entry.content, "a.ko", 4);
}

static void hyphens_and_underscores_are_the_same(void **state)
{
    const char *const names[] = {"c_d", "c-d", NULL};

    (void)state;
    write_file("modules.dep", "kernel/c-d.ko:\n");
    assert_int_equal(add(names), 0);
    assert_order("c-d.ko\n");
}

static void what_is_built_in_is_left_out(void **state)
{
    const char *const names[] = {"builtin", "b", NULL};

    (void)state;
    write_file("modules.dep", "kernel/b.ko:\n");
    write_file("modules.builtin", "kernel/x.ko\nkernel/builtin.ko\n");
    assert_int_equal(add(names), 0);
    assert_order("b.ko\n");
}

static void part_of_a_name_is_not_the_name(void **state)
{
    const char *const names[] = {"virtio", NULL};

    (void)state;
    write_file("modules.dep", "kernel/virtio_x.ko:\nkernel/xvirtio.ko:\n");
    assert_int_equal(add(names), -ENOENT);
    assert_non_null(strstr(error.text, "has no module \"virtio\""));
}

static void a_directory_without_a_list_is_told(void **state)
{
    const char *const names[] = {"a", NULL};

    (void)state;
    assert_int_equal(add(names), -ENOENT);
    assert_non_null(strstr(error.text, "modules.dep"));
}

static void circles_end(void **state)
{
    const char *const names[] = {"a", NULL};

    (void)state;
    write_file("modules.dep", "kernel/a.ko: kernel/b.ko\n"
                              "kernel/b.ko: kernel/a.ko kernel/b.ko\n");
    assert_int_equal(add(names), -ELOOP);
}

static void a_list_of_anything_is_survived(void **state)
{
    static const char *const lists[] = {"",
                                        "\n\n\n",
                                        ":",
                                        "kernel/a.ko",
                                        "kernel/a.ko:   \n",
                                        ": : :\n:a",
                                        "kernel/a.ko: :\n",
                                        "kernel/a.ko: nothing\n",
                                        "/\n.ko:\n"};
    const char *const names[] = {"a", NULL};

    (void)state;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        buffer.size = 0;
        write_file("modules.dep", lists[i]);
        (void)add(names);
    }
}

static void compressed_modules_are_unpacked(void **state)
{
    const char *const names[] = {"a", NULL};
    struct cpio_read entry;
    char command[128];

    (void)state;
    if (system("command -v xz >/dev/null") != 0) {
        print_message("xz is not installed\n");
        skip();
    }
    snprintf(command, sizeof(command), "xz %s/kernel/a.ko", directory);
    assert_int_equal(system(command), 0);
    write_file("modules.dep", "kernel/a.ko.xz:\n");
    assert_int_equal(add(names), 0);
    assert_order("a.ko\n");
    assert_true(cpio_find(buffer.data, buffer.size, "modules/a.ko", &entry));
    assert_int_equal(entry.fields[CPIO_SIZE], 4);
    assert_memory_equal(entry.content, "a.ko", 4);
}

static void what_cannot_be_unpacked_is_told(void **state)
{
    const char *const names[] = {"a", NULL};

    (void)state;
    write_file("kernel/a.ko.gz", "this is not gzip");
    write_file("modules.dep", "kernel/a.ko.gz:\n");
    assert_int_equal(add(names), -EINVAL);
    assert_non_null(strstr(error.text, "gzip cannot decompress it"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_needed_comes_first_and_once),
        TEST(hyphens_and_underscores_are_the_same),
        TEST(what_is_built_in_is_left_out),
        TEST(part_of_a_name_is_not_the_name),
        TEST(a_directory_without_a_list_is_told),
        TEST(circles_end),
        TEST(a_list_of_anything_is_survived),
        TEST(compressed_modules_are_unpacked),
        TEST(what_cannot_be_unpacked_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
