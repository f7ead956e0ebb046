/*
 * Process specifications: what the VMM writes is what init reads, and what no
 * VMM would write is refused.
 */
#include "guests/linux/init_spec.h"
#include "vmm/process_spec.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include <cmocka.h>

static char *arguments[] = {(char *)"sh", (char *)"-c", (char *)"", NULL};
static char *environment[] = {(char *)"PATH=/bin", (char *)"EMPTY=", NULL};
static gid_t groups[] = {5, 4294967294u};
static struct bundle_rlimit rlimits[] = {
    {.resource = RLIMIT_NOFILE, .limit = {100, RLIM_INFINITY}},
};
static char *proc_options[] = {NULL};
static char *shm_options[] = {(char *)"nosuid",   (char *)"mode=1777",
                              (char *)"noexec",   (char *)"rprivate",
                              (char *)"size=64k", (char *)"exec",
                              (char *)"ro",       NULL};
static char *sys_options[] = {(char *)"rbind", (char *)"ro", NULL};
static struct bundle_mount mounts[] = {
    {.destination = (char *)"/proc",
     .type = (char *)"proc",
     .source = (char *)"proc",
     .options = proc_options},
    {.destination = (char *)"/dev/shm",
     .type = (char *)"tmpfs",
     .source = (char *)"shm",
     .options = shm_options},
    {.destination = (char *)"/sys",
     .type = (char *)"none",
     .source = (char *)"/sys",
     .options = sys_options},
};

static struct bundle whole_bundle(void)
{
    return (struct bundle){
        .hostname = (char *)"inside",
        .rootfs_readonly = true,
        .process =
            {
                .arguments = arguments,
                .environment = environment,
                .cwd = (char *)"/work",
                .uid = 1000,
                .gid = 1001,
                .additional_gids = groups,
                .additional_gid_count = 2,
                .has_umask = true,
                .umask = 027,
                .no_new_privileges = true,
                .has_capabilities = true,
                .capabilities = {0x1ffffffffffull, 2, 3, 4, 5},
                .rlimits = rlimits,
                .rlimit_count = 1,
                .has_oom_score_adj = true,
                .oom_score_adj = -500,
            },
        .mounts = mounts,
        .mount_count = 3,
    };
}

static struct buffer buffer;
static struct process_spec spec;
static struct error error;

static int end(void **state)
{
    (void)state;
    process_spec_release(&spec);
    buffer_release(&buffer);
    return 0;
}

static void write_spec(const struct bundle *bundle)
{
    const struct guest_network network = {0x0a000002, 0x0a000001, 24};

    if (process_spec_write(bundle, &network, &buffer, &error) < 0)
        fail_msg("%s", error.text);
}

static void write_whole(void)
{
    struct bundle bundle = whole_bundle();

    write_spec(&bundle);
}

static const char *read_back(void)
{
    return process_spec_read(buffer.data, buffer.size, &spec);
}

static void the_process_comes_back(void **state)
{
    (void)state;
    write_whole();
    assert_null(read_back());
    assert_string_equal(spec.cwd, "/work");
    assert_string_equal(spec.hostname, "inside");
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(spec.arguments[i], arguments[i]);
    assert_null(spec.arguments[3]);
    for (size_t i = 0; i < 2; i++)
        assert_string_equal(spec.environment[i], environment[i]);
    assert_null(spec.environment[2]);
    assert_int_equal(spec.header.uid, 1000);
    assert_int_equal(spec.header.gid, 1001);
    assert_int_equal(spec.groups[1], 4294967294u);
    assert_int_equal(spec.header.umask, 027);
    assert_int_equal(spec.header.oom_score_adj, -500);
    assert_int_equal(spec.header.flags, PROCESS_SPEC_KNOWN_FLAGS);
    assert_true(spec.header.capabilities[0] == 0x1ffffffffffull);
    assert_int_equal(spec.header.capabilities[4], 5);
    assert_int_equal(spec.rlimits[0].resource, RLIMIT_NOFILE);
    assert_int_equal(spec.rlimits[0].soft, 100);
    assert_true(spec.rlimits[0].hard == UINT64_MAX);
    assert_int_equal(spec.header.network_address, 0x0a000002);
    assert_int_equal(spec.header.network_prefix, 24);
}

static void option_words_become_flags_and_data(void **state)
{
    (void)state;
    write_whole();
    assert_null(read_back());
    assert_int_equal(spec.header.mount_count, 3);
    assert_string_equal(spec.mounts[1].destination, "/dev/shm");
    assert_string_equal(spec.mounts[1].type, "tmpfs");
    assert_string_equal(spec.mounts[1].source, "shm");
    assert_string_equal(spec.mounts[1].data, "mode=1777,size=64k");
    assert_int_equal(spec.mounts[1].flags, MS_NOSUID | MS_RDONLY);
}

static void a_bind_of_sys_is_the_guests_own(void **state)
{
    (void)state;
    write_whole();
    assert_null(read_back());
    assert_string_equal(spec.mounts[2].type, "sysfs");
    assert_int_equal(spec.mounts[2].flags, MS_RDONLY);
}

static void without_more_there_are_no_flags(void **state)
{
    struct bundle bundle = {
        .process = {.arguments = arguments,
                    .environment = environment + 2,
                    .cwd = (char *)"/"},
    };

    (void)state;
    assert_int_equal(process_spec_write(&bundle, NULL, &buffer, &error), 0);
    assert_null(read_back());
    assert_int_equal(spec.header.flags, 0);
    assert_int_equal(spec.header.capabilities[0], 0);
    assert_string_equal(spec.hostname, "");
    assert_null(spec.environment[0]);
}

static void a_terminal_is_refused(void **state)
{
    struct bundle bundle = whole_bundle();

    (void)state;
    bundle.process.terminal = true;
    assert_int_equal(process_spec_write(&bundle, NULL, &buffer, &error),
                     -ENOTSUP);
}

static void arguments_past_the_format_are_refused(void **state)
{
    struct bundle bundle = whole_bundle();
    char *huge = malloc(PROCESS_SPEC_MAX_SIZE + 1);
    char *vector[] = {huge, NULL};

    (void)state;
    assert_non_null(huge);
    memset(huge, 'a', PROCESS_SPEC_MAX_SIZE);
    huge[PROCESS_SPEC_MAX_SIZE] = '\0';
    bundle.process.arguments = vector;
    assert_int_equal(process_spec_write(&bundle, NULL, &buffer, &error),
                     -E2BIG);
    free(huge);
}

/* The specification in memory of just that size, for sanitizers to watch. */
static const char *read_copy(const char *data, size_t size)
{
    char *copy = malloc(size > 0 ? size : 1);
    const char *problem;

    assert_non_null(copy);
    memcpy(copy, data, size);
    problem = process_spec_read(copy, size, &spec);
    process_spec_release(&spec);
    free(copy);
    return problem;
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    write_whole();
    for (size_t size = 0; size < buffer.size; size++) {
        uint32_t stated = (uint32_t)size;

        assert_non_null(read_copy(buffer.data, size));
        /* Also where the header agrees. */
        memcpy(buffer.data + offsetof(struct process_spec_header, size),
               &stated, sizeof(stated));
        assert_non_null(read_copy(buffer.data, size));
    }
}

static void bytes_behind_the_end_are_refused(void **state)
{
    uint32_t size;
    char *more;

    (void)state;
    write_whole();
    assert_int_equal(buffer_extend(&buffer, 1, &more), 0);
    *more = '\0';
    size = (uint32_t)buffer.size;
    memcpy(buffer.data + offsetof(struct process_spec_header, size), &size,
           sizeof(size));
    assert_non_null(read_copy(buffer.data, buffer.size));
}

static void corruption_is_refused_or_harmless(void **state)
{
    static const unsigned char values[] = {0, 1, 0x7f, 0x80, 0xff};

    (void)state;
    write_whole();
    for (size_t at = 0; at < buffer.size; at++) {
        char kept = buffer.data[at];

        for (size_t i = 0; i < sizeof(values); i++) {
            buffer.data[at] = (char)values[i];
            read_copy(buffer.data, buffer.size);
        }
        buffer.data[at] = kept;
    }
    assert_null(read_copy(buffer.data, buffer.size));
}

/* Sets one number of the header; NULL: the specification is read still. */
static const char *read_with(size_t offset, uint32_t value)
{
    uint32_t kept;
    const char *problem;

    memcpy(&kept, buffer.data + offset, sizeof(kept));
    memcpy(buffer.data + offset, &value, sizeof(value));
    problem = read_copy(buffer.data, buffer.size);
    memcpy(buffer.data + offset, &kept, sizeof(kept));
    return problem;
}

static void counts_that_lie_are_refused(void **state)
{
    static const size_t offsets[] = {
        offsetof(struct process_spec_header, size),
        offsetof(struct process_spec_header, flags),
        offsetof(struct process_spec_header, network_prefix),
        offsetof(struct process_spec_header, group_count),
        offsetof(struct process_spec_header, rlimit_count),
        offsetof(struct process_spec_header, mount_count),
        offsetof(struct process_spec_header, argument_count),
        offsetof(struct process_spec_header, environment_count),
        offsetof(struct process_spec_header, string_bytes),
        offsetof(struct process_spec_header, reserved),
    };

    (void)state;
    write_whole();
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        assert_non_null(read_with(offsets[i], UINT32_MAX));
        assert_non_null(read_with(offsets[i], 0x80000000u));
        assert_non_null(read_with(offsets[i], 0x40000001u));
    }
    assert_string_equal(
        read_with(offsetof(struct process_spec_header, argument_count), 0),
        "no arguments");
}

#define TEST(name) cmocka_unit_test_teardown(name, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_process_comes_back),
        TEST(option_words_become_flags_and_data),
        TEST(a_bind_of_sys_is_the_guests_own),
        TEST(without_more_there_are_no_flags),
        TEST(a_terminal_is_refused),
        TEST(arguments_past_the_format_are_refused),
        TEST(every_truncation_is_refused),
        TEST(bytes_behind_the_end_are_refused),
        TEST(corruption_is_refused_or_harmless),
        TEST(counts_that_lie_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
