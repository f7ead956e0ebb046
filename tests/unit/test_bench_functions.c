/*
 * Pages of the kernel's trace buffer, made by hand, and what is counted of
 * them; symbols of the kernel by address.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/function_events.h"
#include "bench/kernel_symbols.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEADER = 16, PAGE = 4096 };

struct page {
    uint8_t bytes[PAGE];
    size_t used; /* of events */
};

static void append(struct page *page, const void *bytes, size_t size)
{
    memcpy(page->bytes + HEADER + page->used, bytes, size);
    page->used += size;
}

static void append_word(struct page *page, uint32_t word)
{
    append(page, &word, sizeof(word));
}

/* An event of the function tracer, so much later than the one before. */
static void append_call(struct page *page, uint32_t later, uint8_t flags,
                        uint64_t address)
{
    const struct {
        uint16_t id;
        uint8_t flags, preemption;
        int32_t pid;
        uint64_t address, parent;
    } event = {1, flags, 0, 7, address, 0x1234};

    append_word(page, later << 5 | sizeof(event) / 4);
    append(page, &event, sizeof(event));
}

static void take(struct function_counts *counts, struct page *page,
                 uint64_t time)
{
    const uint64_t commit = page->used;

    memcpy(page->bytes, &time, sizeof(time));
    memcpy(page->bytes + 8, &commit, sizeof(commit));
    function_counts_take(counts, page->bytes, sizeof(page->bytes));
}

static uint64_t count_of(const struct function_counts *counts, uint64_t address,
                         enum trace_phase phase)
{
    for (size_t i = 0; i < FUNCTION_SLOTS; i++) {
        if (counts->slots[i].address == address)
            return counts->slots[i].counts[phase];
    }
    return 0;
}

static int set_up(void **state)
{
    struct function_counts *counts = calloc(1, sizeof(*counts));

    counts->ready_ns = INT64_MAX;
    *state = counts;
    return 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

static void calls_are_counted_by_function(void **state)
{
    struct page page = {.used = 0};

    append_call(&page, 1, 0, 0xa0);
    append_call(&page, 1, 0, 0xb0);
    append_call(&page, 1, 0, 0xa0);
    take(*state, &page, 100);
    take(*state, &page, 200);
    assert_int_equal(count_of(*state, 0xa0, TRACE_START), 4);
    assert_int_equal(count_of(*state, 0xb0, TRACE_START), 2);
    assert_false(((struct function_counts *)*state)->garbled);
}

static void the_ready_line_parts_them_by_time(void **state)
{
    struct function_counts *counts = *state;
    struct page page = {.used = 0};

    counts->ready_ns = (7l << 27) + 1000;
    append_call(&page, 400, 0, 0xa0);
    append_word(&page, 200u << 5 | 30); /* time is extended */
    append_word(&page, 7);
    append_call(&page, 399, 0, 0xb0); /* just before */
    append_call(&page, 1, 0, 0xc0);   /* and at it */
    append_word(&page, 5u << 5 | 31); /* a time of its own */
    append_word(&page, 1);
    append_call(&page, 0, 0, 0xd0);
    take(counts, &page, 0);
    assert_int_equal(count_of(counts, 0xa0, TRACE_START), 1);
    assert_int_equal(count_of(counts, 0xb0, TRACE_START), 1);
    assert_int_equal(count_of(counts, 0xc0, TRACE_WORK), 1);
    assert_int_equal(count_of(counts, 0xd0, TRACE_START), 1);
}

static void interrupts_padding_and_other_events_are_passed_over(void **state)
{
    struct function_counts *counts = *state;
    struct page page = {.used = 0};

    append_call(&page, 1, 0x08, 0xa0); /* in a hardware interrupt */
    append_call(&page, 1, 0x10, 0xa0); /* in a soft one */
    append_word(&page, 3u << 5 | 29);  /* padding of 8 bytes */
    append_word(&page, 4);
    append_word(&page, 1u << 5 | 4); /* another event of 16 bytes */
    append(&page, "\5\0\0\0other event!", 16);
    append_call(&page, 1, 1, 0xb0);
    append_word(&page, 29); /* the rest of the page is empty */
    append_call(&page, 1, 0, 0xc0);
    take(counts, &page, 1);
    assert_int_equal(counts->used, 1);
    assert_int_equal(count_of(counts, 0xb0, TRACE_START), 1);
}

static void nonsense_is_garbled_and_nothing_is_read_beyond_it(void **state)
{
    struct function_counts *counts = *state;
    const uint64_t commit = PAGE; /* more than there is behind the header */
    struct page page = {.used = 0};

    append_word(&page, 0);
    append_word(&page, UINT32_MAX - 8);
    take(counts, &page, 1);
    assert_true(counts->garbled);
    counts->garbled = false;
    memcpy(page.bytes + 8, &commit, sizeof(commit));
    function_counts_take(counts, page.bytes, sizeof(page.bytes));
    assert_true(counts->garbled);
    counts->garbled = false;
    function_counts_take(counts, page.bytes, HEADER - 1);
    assert_true(counts->garbled);
}

static void what_is_called_often_enough_is_told(void **state)
{
    struct function_counts *counts = *state;
    struct page page = {.used = 0};

    append_call(&page, 1, 0, 0xa0);
    append_call(&page, 1, 0, 0xb0);
    for (int i = 0; i < FUNCTION_ENOUGH - 1; i++)
        take(counts, &page, 1);
    assert_int_equal(counts->known_count, 0);
    take(counts, &page, 1);
    assert_int_equal(counts->known_count, 2);
    assert_int_equal(counts->known[0], 0xa0);
}

static void symbols_are_found_by_an_address_within(void **state)
{
    char path[] = "/tmp/ringside-symbols-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    struct kernel_symbols symbols;
    struct error error = {0};

    (void)state;
    fputs("ffffffff81000200 t second\nffffffff81000100 T first\n"
          "ffffffff81000180 d data\nffffffffc0000000 t last\t[kvm]\n",
          file);
    fclose(file);
    assert_int_equal(kernel_symbols_load(path, &symbols, &error), 0);
    assert_int_equal(symbols.count, 3);
    assert_null(kernel_symbols_find(&symbols, 0xffffffff810000ff));
    assert_string_equal(kernel_symbols_find(&symbols, 0xffffffff81000184),
                        "first");
    assert_string_equal(kernel_symbols_find(&symbols, 0xffffffff81000200),
                        "second");
    assert_string_equal(kernel_symbols_find(&symbols, UINT64_MAX), "last");
    kernel_symbols_release(&symbols);

    file = fopen(path, "w");
    fputs("0000000000000000 T hidden\n", file);
    fclose(file);
    assert_int_equal(kernel_symbols_load(path, &symbols, &error), -EPERM);
    unlink(path);
}

int main(void)
{
#define COUNTING(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        COUNTING(calls_are_counted_by_function),
        COUNTING(the_ready_line_parts_them_by_time),
        COUNTING(interrupts_padding_and_other_events_are_passed_over),
        COUNTING(nonsense_is_garbled_and_nothing_is_read_beyond_it),
        COUNTING(what_is_called_often_enough_is_told),
        cmocka_unit_test(symbols_are_found_by_an_address_within),
    };
#undef COUNTING

    return cmocka_run_group_tests(tests, NULL, NULL);
}
