/* Which mounts of a bundle a unikernel can do without, and which it cannot. */
#include "vmm/host_files.h"
#include "vmm/protected_paths.h"
#include "vmm/unikernel_mounts.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct error error;

static int check_at(const char *destination, const char *type,
                    const char *source, const char *option)
{
    char *options[] = {(char *)option, NULL};
    struct bundle_mount mount = {
        .destination = (char *)destination,
        .type = (char *)type,
        .source = (char *)source,
        .options = options,
    };
    const struct bundle bundle = {.mounts = &mount, .mount_count = 1};
    int status;

    error = (struct error){0};
    status = unikernel_check_mounts(&bundle, &error);
    return status == 0 ? host_files_check(&bundle, &error) : status;
}

static int check(const char *type, const char *source, const char *option)
{
    return check_at("/there", type, source, option);
}

static void what_shows_a_kernel_is_the_guests_own(void **state)
{
    (void)state;
    assert_int_equal(check("proc", "proc", "nosuid"), 0);
    assert_int_equal(check("sysfs", "sysfs", "ro"), 0);
    assert_int_equal(check("cgroup", "cgroup", NULL), 0);
    assert_int_equal(check("tmpfs", "tmpfs", "size=64k"), 0);
    assert_int_equal(check("devpts", "devpts", NULL), 0);
    assert_int_equal(check("mqueue", "mqueue", NULL), 0);
    assert_int_equal(check("none", "/proc", "rbind"), 0);
    assert_int_equal(check("bind", "/sys", NULL), 0);
}

static void what_a_guest_writes_must_not_be_lost(void **state)
{
    (void)state;
    assert_int_equal(check("bind", "/srv/data", "rw"), -ENOTSUP);
    assert_string_equal(error.text,
                        "config.json: mounts: /there: \"/srv/data\" of the "
                        "host: a virtual machine works on a copy, and what it "
                        "writes would be lost: mount it read-only (ro), or "
                        "copy it into the rootfs");
    assert_int_equal(check("none", "/srv", "rbind"), -ENOTSUP);
    assert_int_equal(check(NULL, "/srv", NULL), -ENOTSUP);
    assert_int_equal(check("tmpfs", "/srv", "bind"), -ENOTSUP);
    assert_int_equal(check("bind", NULL, "ro"), -ENOTSUP);
}

static void what_is_only_read_is_copied(void **state)
{
    (void)state;
    assert_int_equal(check("bind", "/srv/data", "ro"), 0);
    assert_int_equal(check(NULL, "/srv", "rro"), 0);
    assert_int_equal(check_at("/etc/hosts", "bind", "/run/x/hosts", "rw"), 0);
    assert_int_equal(check_at("/dev/shm", "bind", "/run/x/shm", "rw"), 0);
    assert_int_equal(check_at("/etc/passwd", "bind", "/x", "rw"), -ENOTSUP);
}

static void other_file_systems_are_refused_by_name(void **state)
{
    (void)state;
    assert_int_equal(check("ext4", "/dev/sda1", "ro"), -ENOTSUP);
    assert_non_null(strstr(error.text, "\"ext4\""));
    assert_int_equal(check("overlay", "overlay", NULL), -ENOTSUP);
}

static int check_masked(const char *path)
{
    char *paths[] = {(char *)path, NULL};
    const struct bundle bundle = {.masked_paths = paths};

    error = (struct error){0};
    return protected_paths_check(&bundle, &error);
}

static void what_is_to_be_hidden_must_be_of_a_kernel(void **state)
{
    (void)state;
    assert_int_equal(check_masked("/proc/kcore"), 0);
    assert_int_equal(check_masked("/sys/firmware"), 0);
    assert_int_equal(check_masked("/etc/secret"), -ENOTSUP);
    assert_string_equal(error.text,
                        "config.json: linux.maskedPaths: /etc/secret: a "
                        "virtual machine cannot protect parts of its root "
                        "file system");
    assert_int_equal(check_masked("/proc/../etc/secret"), -ENOTSUP);
    assert_int_equal(check_masked("/process"), -ENOTSUP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_shows_a_kernel_is_the_guests_own),
        cmocka_unit_test(what_a_guest_writes_must_not_be_lost),
        cmocka_unit_test(what_is_only_read_is_copied),
        cmocka_unit_test(other_file_systems_are_refused_by_name),
        cmocka_unit_test(what_is_to_be_hidden_must_be_of_a_kernel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
