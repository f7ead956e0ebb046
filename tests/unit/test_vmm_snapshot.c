/* Snapshot files: nothing that they say of themselves is believed unchecked. */
#include "vmm/snapshot.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { EXTENTS = 2, PAGE = 4096, HEAD_PAGES = 4 };

static struct {
    struct snapshot_header header;
    struct snapshot_extent extents[EXTENTS];
    struct recorder_head piece;
    char output[8];
    char rest[(HEAD_PAGES + 3) * PAGE]; /* at least what file_size says */
} file;

static struct error failure;

static void seal(void)
{
    file.header.checksum = snapshot_checksum(&file.header);
}

/* A snapshot of two parts of memory and 8 bytes of output. */
static int make_good(void **state)
{
    (void)state;
    memset(&file, 0, sizeof(file));
    memcpy(file.header.magic, SNAPSHOT_MAGIC, sizeof(file.header.magic));
    file.header.version = SNAPSHOT_VERSION;
    file.header.interface = snapshot_interface();
    file.header.file_size = (HEAD_PAGES + 3) * PAGE;
    file.header.memory_size = 8 << 20;
    file.header.extent_count = EXTENTS;
    file.header.output_size = sizeof(file.piece) + sizeof(file.output);
    file.extents[0] =
        (struct snapshot_extent){PAGE, 2 * PAGE, HEAD_PAGES * PAGE, 0};
    file.extents[1] = (struct snapshot_extent){(8 << 20) - PAGE, PAGE,
                                               (HEAD_PAGES + 2) * PAGE, 1};
    file.piece = (struct recorder_head){1, sizeof(file.output)};
    seal();
    return 0;
}

/* As snapshot_open, on a file of this size. */
static int check_sized(uint64_t size)
{
    int status = snapshot_check_header(&file.header, size, &failure);

    return status < 0 ? status : snapshot_check_head(&file.header, &failure);
}

static int check(void)
{
    return check_sized(file.header.file_size);
}

static int check_sealed(void)
{
    seal();
    return check();
}

static void a_good_one_is_taken(void **state)
{
    (void)state;
    assert_int_equal(check(), 0);
}

static void any_other_size_is_refused(void **state)
{
    (void)state;
    assert_true(check_sized(file.header.file_size - 1) < 0);
    assert_true(check_sized(file.header.file_size + 1) < 0);
}

static void another_version_is_named(void **state)
{
    (void)state;
    file.header.version = 7;
    assert_int_equal(check_sealed(), -ENOTSUP);
    assert_non_null(strstr(failure.text, "version 7"));
}

static void any_changed_byte_of_the_head_is_found(void **state)
{
    const size_t size = snapshot_head_size(&file.header);

    (void)state;
    for (size_t at = 0; at < size; at++) {
        unsigned char *byte = (unsigned char *)&file + at;

        *byte ^= 0x81;
        assert_true(check() < 0);
        *byte ^= 0x81;
    }
    assert_int_equal(check(), 0);
}

static void counts_that_exceed_the_file_are_refused(void **state)
{
    (void)state;
    file.header.extent_count = UINT32_MAX;
    assert_true(snapshot_check_header(&file.header, file.header.file_size,
                                      &failure) < 0);
    file.header.extent_count = EXTENTS;
    file.header.output_size = UINT32_MAX;
    assert_true(snapshot_check_header(&file.header, file.header.file_size,
                                      &failure) < 0);
}

static void memory_of_an_odd_or_huge_size_is_refused(void **state)
{
    static const uint64_t sizes[] = {0, PAGE, (8 << 20) + PAGE, 1ull << 41,
                                     UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        file.header.memory_size = sizes[i];
        assert_true(check_sealed() < 0);
    }
}

/* Sets one field of an extent to hostile values; none may pass. */
static void refuse_all(uint64_t *field)
{
    static const uint64_t values[] = {
        1, UINT64_MAX, UINT64_MAX - PAGE + 1, 1ull << 63, (8 << 20) + PAGE,
    };
    const uint64_t good = *field;

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        *field = values[i];
        assert_true(check_sealed() < 0);
    }
    *field = good;
    assert_int_equal(check_sealed(), 0);
}

static void extents_stay_inside_memory_and_file(void **state)
{
    (void)state;
    for (int i = 0; i < EXTENTS; i++) {
        refuse_all(&file.extents[i].address);
        refuse_all(&file.extents[i].length);
        refuse_all(&file.extents[i].offset);
    }
}

static void extents_do_not_overlap(void **state)
{
    (void)state;
    file.extents[1].address = 2 * PAGE;
    assert_true(check_sealed() < 0);
    make_good(NULL);
    file.extents[1].offset = (HEAD_PAGES + 1) * PAGE;
    assert_true(check_sealed() < 0);
    make_good(NULL);
    file.extents[0].offset = 0; /* the head itself */
    assert_true(check_sealed() < 0);
}

static void extents_are_copied_or_mapped(void **state)
{
    (void)state;
    file.extents[0].copied = 2;
    assert_true(check_sealed() < 0);
}

static void empty_extents_are_refused(void **state)
{
    (void)state;
    file.extents[0].length = 0;
    assert_true(check_sealed() < 0);
}

static void output_for_other_streams_or_cut_off_is_refused(void **state)
{
    (void)state;
    file.piece.stream = 0;
    assert_true(check_sealed() < 0);
    file.piece.stream = 7;
    assert_true(check_sealed() < 0);
    file.piece = (struct recorder_head){2, sizeof(file.output) + 1};
    assert_true(check_sealed() < 0);
    file.piece.length = UINT32_MAX;
    assert_true(check_sealed() < 0);
    file.piece.length = sizeof(file.output) - 1;
    assert_true(check_sealed() < 0);
}

static void a_bundle_without_end_is_refused(void **state)
{
    (void)state;
    memset(file.header.origin.bundle, 'x', sizeof(file.header.origin.bundle));
    assert_true(check_sealed() < 0);
}

static void an_unknown_hypercall_is_refused(void **state)
{
    (void)state;
    file.header.pending.number = UINT32_MAX;
    assert_true(check_sealed() < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_good_one_is_taken, make_good),
        cmocka_unit_test_setup(any_other_size_is_refused, make_good),
        cmocka_unit_test_setup(another_version_is_named, make_good),
        cmocka_unit_test_setup(any_changed_byte_of_the_head_is_found,
                               make_good),
        cmocka_unit_test_setup(counts_that_exceed_the_file_are_refused,
                               make_good),
        cmocka_unit_test_setup(memory_of_an_odd_or_huge_size_is_refused,
                               make_good),
        cmocka_unit_test_setup(extents_stay_inside_memory_and_file, make_good),
        cmocka_unit_test_setup(extents_do_not_overlap, make_good),
        cmocka_unit_test_setup(extents_are_copied_or_mapped, make_good),
        cmocka_unit_test_setup(empty_extents_are_refused, make_good),
        cmocka_unit_test_setup(output_for_other_streams_or_cut_off_is_refused,
                               make_good),
        cmocka_unit_test_setup(a_bundle_without_end_is_refused, make_good),
        cmocka_unit_test_setup(an_unknown_hypercall_is_refused, make_good),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
