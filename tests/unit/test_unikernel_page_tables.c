/* Page tables: built in plain memory and walked again by an own walker. */
#include "guests/unikernel/page_tables.h"

#include "guests/unikernel/layout.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define READ_WRITE (PAGE_PRESENT | PAGE_USER | PAGE_WRITE | PAGE_NO_EXECUTE)
#define READ_ONLY  (PAGE_PRESENT | PAGE_USER | PAGE_NO_EXECUTE)

enum { POOL = 64 * PAGE_SIZE };

/* Physical memory from 0; the first page stays unused, as in a guest. */
static _Alignas(PAGE_SIZE) unsigned char memory[PAGE_SIZE + POOL];
static struct page_tables tables;

static int reset(void **state)
{
    (void)state;
    memset(memory, 0, sizeof(memory));
    tables = (struct page_tables){
        .system = memory,
        .root = PAGE_SIZE,
        .next = 2 * PAGE_SIZE,
        .pool_end = sizeof(memory),
    };
    return 0;
}

/* As the processor does it: the leaf entry for an address, 0 for none. */
static uint64_t walk(uint64_t virtual, uint64_t *page_size)
{
    uint64_t table = tables.root;

    for (int shift = 39;; shift -= 9) {
        uint64_t entry = ((uint64_t *)((unsigned char *)tables.system +
                                       table))[virtual >> shift & 511];

        *page_size = 1ull << shift;
        if (!(entry & PAGE_PRESENT) || shift == 12 || entry & PAGE_LARGE)
            return entry & PAGE_PRESENT ? entry : 0;
        table = entry & PAGE_ADDRESS;
    }
}

static void assert_maps(uint64_t virtual, uint64_t physical, uint64_t rights,
                        uint64_t size)
{
    uint64_t page_size, entry = walk(virtual, &page_size);

    assert_int_equal(page_size, size);
    assert_int_equal(entry & PAGE_ADDRESS, physical);
    assert_int_equal(entry & PAGE_RIGHTS, rights);
}

static void assert_unmapped(uint64_t virtual)
{
    uint64_t page_size;

    assert_int_equal(walk(virtual, &page_size), 0);
}

static void aligned_ranges_use_large_pages(void **state)
{
    (void)state;
    assert_int_equal(
        page_tables_map(&tables, 0x400000, 0x200000, 0x401000, READ_WRITE), 0);
    assert_maps(0x400000, 0x200000, READ_WRITE, LARGE_PAGE_SIZE);
    assert_maps(0x600000, 0x400000, READ_WRITE, LARGE_PAGE_SIZE);
    assert_maps(0x800000, 0x600000, READ_WRITE, PAGE_SIZE);
    assert_unmapped(0x801000);
    assert_unmapped(0x3ff000);
}

static void changing_a_part_splits_a_large_page(void **state)
{
    (void)state;
    page_tables_map(&tables, 0x400000, 0x200000, 0x200000, READ_WRITE);
    assert_int_equal(
        page_tables_map(&tables, 0x402000, 0x202000, 0x1000, READ_ONLY), 1);
    assert_maps(0x401000, 0x201000, READ_WRITE, PAGE_SIZE);
    assert_maps(0x402000, 0x202000, READ_ONLY, PAGE_SIZE);
    assert_maps(0x403000, 0x203000, READ_WRITE, PAGE_SIZE);
    assert_maps(0x5ff000, 0x3ff000, READ_WRITE, PAGE_SIZE);
}

static void unmapping_leaves_the_rest(void **state)
{
    (void)state;
    page_tables_map(&tables, 0x400000, 0x200000, 0x600000, READ_WRITE);
    assert_int_equal(page_tables_unmap(&tables, 0x5ff000, 0x202000), 1);
    assert_maps(0x5fe000, 0x3fe000, READ_WRITE, PAGE_SIZE);
    assert_unmapped(0x5ff000);
    assert_unmapped(0x600000);
    assert_unmapped(0x800000);
    assert_maps(0x801000, 0x601000, READ_WRITE, PAGE_SIZE);
    assert_int_equal(page_tables_unmap(&tables, 0x5ff000, 0x202000), 0);
}

static void a_large_page_replaces_a_table_which_is_used_again(void **state)
{
    uint64_t next;

    (void)state;
    page_tables_map(&tables, 0x400000, 0x200000, 0x1000, READ_WRITE);
    page_tables_unmap(&tables, 0x400000, 0x1000);
    next = tables.next;
    page_tables_map(&tables, 0x400000, 0x200000, 0x200000, READ_WRITE);
    assert_maps(0x400000, 0x200000, READ_WRITE, LARGE_PAGE_SIZE);
    page_tables_map(&tables, 0x800000, 0x200000, 0x1000, READ_WRITE);
    assert_int_equal(tables.next, next);
    assert_unmapped(0x801000);
}

static void an_empty_pool_is_an_error(void **state)
{
    int status = 0;

    (void)state;
    for (uint64_t i = 0; status >= 0 && i < 100; i++)
        status =
            page_tables_map(&tables, i << 30, 0x1000, PAGE_SIZE, READ_WRITE);
    assert_int_equal(status, -ENOMEM);
    assert_true(tables.next <= tables.pool_end);
}

static void reach_stops_where_a_right_ends(void **state)
{
    (void)state;
    page_tables_map(&tables, 0x400000, 0x200000, 0x2000, READ_WRITE);
    page_tables_map(&tables, 0x402000, 0x202000, 0x1000, READ_ONLY);
    assert_int_equal(page_tables_reach(&tables, 0x400010, 0x9000, PAGE_USER),
                     0x2ff0);
    assert_int_equal(
        page_tables_reach(&tables, 0x400010, 0x9000, PAGE_USER | PAGE_WRITE),
        0x1ff0);
    assert_int_equal(page_tables_reach(&tables, 0x400010, 0x20, PAGE_USER),
                     0x20);
    assert_int_equal(page_tables_reach(&tables, 0x900000, 1, 0), 0);
}

static void a_stretch_of_the_same_rights_is_found(void **state)
{
    uint64_t rights = 1;

    (void)state;
    page_tables_map(&tables, 0x400000, 0x200000, 0x2000, READ_WRITE);
    page_tables_map(&tables, 0x402000, 0x202000, 0x1000, READ_ONLY);
    assert_int_equal(page_tables_same(&tables, 0x400010, 0x9000, &rights),
                     0x1ff0);
    assert_int_equal(rights, READ_WRITE);
    assert_int_equal(page_tables_same(&tables, 0x402000, 0x10, &rights), 0x10);
    assert_int_equal(rights, READ_ONLY);
    assert_int_equal(page_tables_same(&tables, 0x403000, 0x80000000, &rights),
                     0x80000000);
    assert_int_equal(rights, 0);
}

enum { PAGES = 3 * 512, STEPS = 3000 };

static void random_use_agrees_with_an_array(void **state)
{
    static uint64_t rights[PAGES];
    const uint64_t base = 0x400000;

    (void)state;
    srandom(11);
    for (int step = 0; step < STEPS; step++) {
        uint64_t first = (uint64_t)random() % PAGES;
        uint64_t count = 1 + (uint64_t)random() % (PAGES - first);
        uint64_t wanted = random() % 2 ? READ_WRITE : READ_ONLY;

        if (random() % 3 == 0) {
            wanted = 0;
            assert_true(page_tables_unmap(&tables, base + first * PAGE_SIZE,
                                          count * PAGE_SIZE) >= 0);
        } else {
            assert_true(page_tables_map(&tables, base + first * PAGE_SIZE,
                                        0x200000 + first * PAGE_SIZE,
                                        count * PAGE_SIZE, wanted) >= 0);
        }
        for (uint64_t i = first; i < first + count; i++)
            rights[i] = wanted;
        for (uint64_t i = (uint64_t)step % 7; i < PAGES; i += 7) {
            uint64_t size, entry = walk(base + i * PAGE_SIZE, &size);
            uint64_t offset = i * PAGE_SIZE % size;

            assert_int_equal(entry & PAGE_RIGHTS, rights[i]);
            if (entry != 0)
                assert_int_equal((entry & PAGE_ADDRESS) + offset,
                                 0x200000 + i * PAGE_SIZE);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(aligned_ranges_use_large_pages, reset),
        cmocka_unit_test_setup(changing_a_part_splits_a_large_page, reset),
        cmocka_unit_test_setup(unmapping_leaves_the_rest, reset),
        cmocka_unit_test_setup(
            a_large_page_replaces_a_table_which_is_used_again, reset),
        cmocka_unit_test_setup(an_empty_pool_is_an_error, reset),
        cmocka_unit_test_setup(reach_stops_where_a_right_ends, reset),
        cmocka_unit_test_setup(a_stretch_of_the_same_rights_is_found, reset),
        cmocka_unit_test_setup(random_use_agrees_with_an_array, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
