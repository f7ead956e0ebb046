/* The file of supported CPUID leaves: believed only when beyond doubt. */
#include "vmm/cpuid_cache.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Any file serves as /dev/kvm: only its identity counts. */
static char directory[] = "/tmp/ringside-test-XXXXXX";
static char path[sizeof(directory) + 16], device[sizeof(directory) + 16];
static int kvm;
static union cpuid_table table, found;

static int create(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof(path), "%s/sub/cpuid", directory);
    snprintf(device, sizeof(device), "%s/kvm", directory);
    kvm = open(device, O_CREAT | O_RDWR, 0600);
    assert_true(kvm >= 0);
    table.head.nent = 3;
    for (uint32_t i = 0; i < table.head.nent; i++)
        table.head.entries[i] =
            (struct kvm_cpuid_entry2){.function = i, .eax = 0x1000 + i};
    return 0;
}

static int destroy(void **state)
{
    char command[sizeof(directory) + 16];

    (void)state;
    close(kvm);
    snprintf(command, sizeof(command), "rm -r %s", directory);
    return system(command);
}

static int keep_one(void **state)
{
    (void)state;
    unlink(path);
    cpuid_cache_write(path, kvm, &table);
    memset(&found, 0, sizeof(found));
    return 0;
}

static void what_was_kept_is_found(void **state)
{
    struct stat status;

    (void)state;
    assert_true(cpuid_cache_read(path, kvm, &found));
    assert_int_equal(found.head.nent, 3);
    assert_memory_equal(found.head.entries, table.head.entries,
                        3 * sizeof(table.head.entries[0]));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void nothing_kept_is_nothing_found(void **state)
{
    (void)state;
    unlink(path);
    assert_false(cpuid_cache_read(path, kvm, &found));
}

static void another_device_needs_another_answer(void **state)
{
    char other[sizeof(directory) + 16];
    int fd;

    (void)state;
    snprintf(other, sizeof(other), "%s/other", directory);
    fd = open(other, O_CREAT | O_RDWR, 0600);
    assert_true(fd >= 0);
    assert_false(cpuid_cache_read(path, fd, &found));
    close(fd);
}

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Gives the device another time of change: that is as coarse as the
   kernel's tick, so one change may well leave it as it was. */
static void change_device(void)
{
    struct stat before, after;

    assert_int_equal(fstat(kvm, &before), 0);
    do {
        assert_int_equal(fchmod(kvm, 0644), 0);
        assert_int_equal(fstat(kvm, &after), 0);
    } while (same_time(before.st_ctim, after.st_ctim));
}

static void a_device_made_anew_needs_another_answer(void **state)
{
    (void)state;
    change_device();
    assert_false(cpuid_cache_read(path, kvm, &found));
}

static void a_file_cut_anywhere_is_not_believed(void **state)
{
    struct stat status;

    (void)state;
    assert_int_equal(stat(path, &status), 0);
    for (off_t size = status.st_size - 1; size >= 0; size -= 7) {
        assert_int_equal(truncate(path, size), 0);
        assert_false(cpuid_cache_read(path, kvm, &found));
    }
}

static void a_file_changed_anywhere_is_not_believed(void **state)
{
    struct stat status;
    int fd = open(path, O_RDWR);

    (void)state;
    assert_int_equal(fstat(fd, &status), 0);
    for (off_t at = 0; at < status.st_size; at++) {
        unsigned char byte, changed;

        assert_int_equal(pread(fd, &byte, 1, at), 1);
        changed = byte ^ 0x10;
        assert_int_equal(pwrite(fd, &changed, 1, at), 1);
        assert_false(cpuid_cache_read(path, kvm, &found));
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    assert_true(cpuid_cache_read(path, kvm, &found));
    close(fd);
}

static void a_file_that_others_may_write_is_not_believed(void **state)
{
    (void)state;
    assert_int_equal(chmod(path, 0620), 0);
    assert_false(cpuid_cache_read(path, kvm, &found));
    assert_int_equal(chmod(path, 0602), 0);
    assert_false(cpuid_cache_read(path, kvm, &found));
}

static void a_link_to_a_file_is_not_followed(void **state)
{
    char link[sizeof(directory) + 16];

    (void)state;
    snprintf(link, sizeof(link), "%s/link", directory);
    assert_int_equal(symlink(path, link), 0);
    assert_false(cpuid_cache_read(link, kvm, &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_was_kept_is_found, keep_one),
        cmocka_unit_test_setup(nothing_kept_is_nothing_found, keep_one),
        cmocka_unit_test_setup(another_device_needs_another_answer, keep_one),
        cmocka_unit_test_setup(a_device_made_anew_needs_another_answer,
                               keep_one),
        cmocka_unit_test_setup(a_file_cut_anywhere_is_not_believed, keep_one),
        cmocka_unit_test_setup(a_file_changed_anywhere_is_not_believed,
                               keep_one),
        cmocka_unit_test_setup(a_file_that_others_may_write_is_not_believed,
                               keep_one),
        cmocka_unit_test_setup(a_link_to_a_file_is_not_followed, keep_one),
    };

    return cmocka_run_group_tests(tests, create, destroy);
}
