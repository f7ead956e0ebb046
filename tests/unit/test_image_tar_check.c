/* What the headers of a layer may say, and what not. */
#include "image/tar_check.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* An archive in the making. */
struct archive {
    unsigned char bytes[64 << 10];
    size_t size;
};

static const struct tar_budget ample = {
    .bytes_left = 1 << 30,
    .entries_left = 1000,
};

static void set_checksum(unsigned char *header)
{
    unsigned int sum = 0;

    memset(header + 148, ' ', 8);
    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += header[i];
    snprintf((char *)header + 148, 8, "%06o", sum);
}

/* A header alone; its fields may be changed before set_checksum. */
static unsigned char *add_header(struct archive *archive, const char *name,
                                 char type, unsigned int size)
{
    unsigned char *header = archive->bytes + archive->size;

    assert_true(archive->size + TAR_BLOCK <= sizeof(archive->bytes));
    memset(header, 0, TAR_BLOCK);
    strncpy((char *)header, name, 100);
    snprintf((char *)header + 124, 12, "%011o", size);
    header[156] = (unsigned char)type;
    memcpy(header + 257,
           "ustar\0"
           "00",
           8);
    set_checksum(header);
    archive->size += TAR_BLOCK;
    return header;
}

static void add_data(struct archive *archive, const char *data, size_t size)
{
    size_t padded = (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;

    assert_true(archive->size + padded <= sizeof(archive->bytes));
    memset(archive->bytes + archive->size, 0, padded);
    memcpy(archive->bytes + archive->size, data, size);
    archive->size += padded;
}

static void add(struct archive *archive, const char *name, char type,
                const char *data)
{
    add_header(archive, name, type, (unsigned int)strlen(data));
    add_data(archive, data, strlen(data));
}

static void add_pax(struct archive *archive, const char *key, const char *value)
{
    char record[8192];
    size_t length = strlen(key) + strlen(value) + 3, digits = 1;

    for (size_t limit = 10; length + digits >= limit; limit *= 10)
        digits++;
    snprintf(record, sizeof(record), "%zu %s=%s\n", length + digits, key,
             value);
    add(archive, "pax", 'x', record);
}

static void add_end(struct archive *archive)
{
    memset(archive->bytes + archive->size, 0, (size_t)TAR_BLOCK * 2);
    archive->size += (size_t)TAR_BLOCK * 2;
}

/* In pieces of step bytes; the error of feeding, or of finishing. */
static int check(const struct archive *archive, size_t step,
                 struct tar_budget *budget, struct error *error)
{
    struct tar_check state;
    int status = tar_check_start(&state, budget, error);

    for (size_t at = 0; status == 0 && at < archive->size; at += step) {
        size_t left = archive->size - at;

        status = tar_check_feed(&state, archive->bytes + at,
                                left < step ? left : step, error);
    }
    if (status == 0)
        status = tar_check_finish(&state, error);
    tar_check_release(&state);
    return status;
}

static void assert_taken(const struct archive *archive)
{
    static const size_t steps[] = {1, 7, 512, 513, 100000};

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct tar_budget budget = ample;
        struct error error = {0};

        if (check(archive, steps[i], &budget, &error) < 0)
            fail_msg("in steps of %zu: %s", steps[i], error.text);
    }
}

static void assert_refused(const struct archive *archive, const char *why)
{
    struct tar_budget budget = ample;
    struct error error = {0};

    assert_true(check(archive, 512, &budget, &error) < 0);
    if (strstr(error.text, why) == NULL)
        fail_msg("expected \"%s\", got \"%s\"", why, error.text);
}

static void an_honest_layer_is_taken(void **state)
{
    static struct archive archive;
    char name[300];

    (void)state;
    archive.size = 0;
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    memcpy(name + 140, "/", 1);
    add(&archive, "./", '5', "");
    add(&archive, "bin/", '5', "");
    add(&archive, "bin/sh", '0', "a program of some bytes");
    add(&archive, "empty", '\0', "");
    add(&archive, "etc/.wh.passwd", '0', "");
    add(&archive, "etc/.wh..wh..opq", '0', "");
    add(&archive, "a..b/...", '0', "dots are no parent");
    add(&archive, "long", 'L', name);
    add(&archive, "short", '0', "x");
    add_pax(&archive, "path", name);
    add(&archive, "short", '0', "x");
    add_pax(&archive, "SCHILY.xattr.security.capability", "x");
    add(&archive, "ping", '0', "x");
    strncpy((char *)add_header(&archive, "link", '2', 0) + 157, "../../outside",
            100);
    set_checksum(archive.bytes + archive.size - TAR_BLOCK);
    strncpy((char *)add_header(&archive, "hard", '1', 0) + 157, "bin/sh", 100);
    set_checksum(archive.bytes + archive.size - TAR_BLOCK);
    add_end(&archive);
    add(&archive, "../behind the end it does not matter", '0', "");
    assert_taken(&archive);
}

static void names_out_of_the_root_are_refused(void **state)
{
    static const char *const names[] = {
        "..",   "../x",        "a/..",     "a/../b", "/etc/passwd",
        "//x",  ".wh...",      "a/.wh..",  ".wh.",   "a/.wh./b",
        "./..", "a/.wh.../b/", "/../etc/",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        static struct archive archive;

        archive.size = 0;
        add(&archive, names[i], '0', "");
        add_end(&archive);
        assert_refused(&archive, names[i]);
        archive.size = 0;
        add(&archive, "long", 'L', names[i]);
        add(&archive, "short", '0', "");
        assert_refused(&archive, names[i]);
        archive.size = 0;
        add_pax(&archive, "path", names[i]);
        add(&archive, "short", '0', "");
        assert_refused(&archive, names[i]);
        archive.size = 0;
        add_pax(&archive, "linkpath", names[i]);
        add(&archive, "short", '1', "");
        assert_refused(&archive, names[i]);
    }
}

static void a_prefix_is_part_of_the_name(void **state)
{
    static struct archive archive;

    (void)state;
    archive.size = 0;
    strcpy((char *)add_header(&archive, "x", '0', 0) + 345, "a/..");
    set_checksum(archive.bytes);
    assert_refused(&archive, "\"a/../x\" leads out");
}

static void headers_of_two_formats_are_refused(void **state)
{
    static struct archive archive;
    unsigned char *header;

    (void)state;
    archive.size = 0;
    header = add_header(&archive, "x", '0', 0);
    memcpy(header + 257, "ustar  ", 8);
    strcpy((char *)header + 345, "..");
    set_checksum(header);
    assert_refused(&archive, "mixes formats");
    archive.size = 0;
    add(&archive, "long", 'L', "one");
    add_pax(&archive, "path", "other");
    add(&archive, "short", '0', "");
    assert_refused(&archive, "two names");
    archive.size = 0;
    add_pax(&archive, "path", "one");
    add_pax(&archive, "path", "other");
    assert_refused(&archive, "two headers");
}

static void malformed_headers_are_refused(void **state)
{
    static const char *const records[] = {
        "path=x\n",    "99 path=x\n",  "0 path=x\n",
        "-9 path=x\n", "9 path=x",     "8 path=x\n",
        "5 =x\n",      "9  path=\n\n", "99999999999999999999 path=x\n",
    };
    static struct archive archive;

    (void)state;
    for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
        archive.size = 0;
        add(&archive, "pax", 'x', records[i]);
        add(&archive, "short", '0', "");
        assert_refused(&archive, "malformed pax header");
    }
    archive.size = 0;
    add(&archive, "x", '0', "");
    archive.bytes[0] ^= 1;
    assert_refused(&archive, "damaged");
    archive.size = 0;
    memcpy(add_header(&archive, "x", '0', 0) + 124, "12345678x", 9);
    set_checksum(archive.bytes);
    assert_refused(&archive, "a size is no number");
    archive.size = 0;
    add_header(&archive, "x", 'L', 2 << 20);
    assert_refused(&archive, "a header of 2097152 bytes");
}

static void only_files_have_a_size(void **state)
{
    static const char types[] = "123456";
    static struct archive archive;

    (void)state;
    for (size_t i = 0; types[i] != '\0'; i++) {
        archive.size = 0;
        strcpy((char *)add_header(&archive, "x", types[i], 1) + 157, "y");
        set_checksum(archive.bytes);
        assert_refused(&archive, "is no file");
    }
    archive.size = 0;
    add(&archive, "x", 'S', "");
    assert_refused(&archive, "type 'S'");
}

static void an_archive_that_is_cut_short_is_refused(void **state)
{
    static struct archive archive;
    struct tar_budget budget = ample;
    struct error error = {0};
    size_t whole;

    (void)state;
    archive.size = 0;
    add_pax(&archive, "path", "name");
    whole = archive.size;
    assert_refused(&archive, "cut short");
    add(&archive, "x", '0', "some bytes");
    /* Without its padding and the zeros of the end it is complete. */
    archive.size = whole + TAR_BLOCK + strlen("some bytes");
    assert_int_equal(check(&archive, 512, &budget, &error), 0);
    for (archive.size--; archive.size > whole; archive.size -= 100)
        assert_refused(&archive, "cut short");
}

static void the_budget_bounds_bytes_and_entries(void **state)
{
    static struct archive archive;
    struct tar_budget budget = {.bytes_left = 3 * TAR_BLOCK,
                                .entries_left = 100};
    struct error error = {0};

    (void)state;
    archive.size = 0;
    add(&archive, "x", '0', "1234");
    add(&archive, "y", '0', "1234");
    assert_int_equal(check(&archive, 512, &budget, &error), 0);
    assert_int_equal(budget.bytes_left, TAR_BLOCK - 8);
    assert_int_equal(budget.entries_left, 98);
    /* Layers share it. */
    assert_int_equal(check(&archive, 512, &budget, &error), -E2BIG);
    budget = (struct tar_budget){.bytes_left = 1 << 20, .entries_left = 1};
    assert_int_equal(check(&archive, 512, &budget, &error), -E2BIG);
    assert_string_equal(error.text, "it has too many files");
}

static void sizes_that_wrap_are_refused(void **state)
{
    static const char *const sizes[] = {"9223372036854775807",
                                        "18446744073709551615", "-1", ""};
    static struct archive archive;

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct tar_budget budget = {.bytes_left = UINT64_MAX,
                                    .entries_left = 10};
        struct error error = {0};

        archive.size = 0;
        add_pax(&archive, "size", sizes[i]);
        add(&archive, "x", '0', "");
        assert_int_equal(check(&archive, 512, &budget, &error), -EINVAL);
    }
    for (unsigned int byte = 0x80; byte <= 0xff; byte += 0x7f) {
        struct tar_budget budget = {.bytes_left = UINT64_MAX,
                                    .entries_left = 10};
        struct error error = {0};
        unsigned char *header;

        archive.size = 0;
        header = add_header(&archive, "x", '0', 0);
        memset(header + 124, 0xff, 12);
        header[124] = (unsigned char)byte;
        set_checksum(header);
        assert_true(check(&archive, 512, &budget, &error) < 0);
    }
}

/* An image of a million files is refused, and quickly. */
static void a_million_entries_are_counted(void **state)
{
    static struct archive archive;
    struct tar_budget budget = {.bytes_left = UINT64_MAX,
                                .entries_left = 1000000};
    struct tar_check checking;
    struct error error = {0};
    int status = 0;
    long fed;

    (void)state;
    archive.size = 0;
    add(&archive, "x", '0', "");
    assert_int_equal(tar_check_start(&checking, &budget, &error), 0);
    for (fed = 0; status == 0 && fed < 2000000; fed++)
        status = tar_check_feed(&checking, archive.bytes, TAR_BLOCK, &error);
    tar_check_release(&checking);
    assert_int_equal(status, -E2BIG);
    assert_int_equal(fed, 1000001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_honest_layer_is_taken),
        cmocka_unit_test(names_out_of_the_root_are_refused),
        cmocka_unit_test(a_prefix_is_part_of_the_name),
        cmocka_unit_test(headers_of_two_formats_are_refused),
        cmocka_unit_test(malformed_headers_are_refused),
        cmocka_unit_test(only_files_have_a_size),
        cmocka_unit_test(an_archive_that_is_cut_short_is_refused),
        cmocka_unit_test(the_budget_bounds_bytes_and_entries),
        cmocka_unit_test(sizes_that_wrap_are_refused),
        cmocka_unit_test(a_million_entries_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
