/* The library OS's allocator, over a window of the host's memory. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t taken, window = 64 << 20;

uint64_t address_space_size(void)
{
    return window;
}

void *address_space_take(uint64_t length, uint64_t alignment)
{
    void *memory = NULL;

    if (taken + length > window)
        return NULL;
    assert_int_equal(posix_memalign(&memory, alignment, length), 0);
    memset(memory, 0xee, length);
    taken += length;
    return memory;
}

void address_space_give(void *memory, uint64_t length)
{
    taken -= length;
    free(memory);
}

/* All was given back, but for one chunk. */
static void assert_empty(void)
{
    assert_true(taken <= window / 64);
}

static void nothing_is_taken_before_the_first_allocation(void **state)
{
    (void)state;
    heap_free(NULL);
    assert_int_equal(taken, 0);
}

static void objects_are_aligned_and_apart(void **state)
{
    enum { COUNT = 3000 };
    static unsigned char *objects[COUNT];

    (void)state;
    for (int i = 0; i < COUNT; i++) {
        objects[i] = heap_allocate((uint64_t)i + 1);
        assert_non_null(objects[i]);
        assert_int_equal((uintptr_t)objects[i] % 16, 0);
        memset(objects[i], i & 0xff, (size_t)i + 1);
    }
    for (int i = 0; i < COUNT; i++) {
        for (int j = 0; j <= i; j++)
            assert_int_equal(objects[i][j], i & 0xff);
        heap_free(objects[i]);
    }
    assert_empty();
}

static void pages_are_aligned_to_pages(void **state)
{
    void *one = heap_allocate(4096), *three = heap_allocate(3 * 4096);

    (void)state;
    assert_int_equal((uintptr_t)one % 4096, 0);
    assert_int_equal((uintptr_t)three % 4096, 0);
    heap_free(one);
    heap_free(three);
    assert_empty();
}

static void what_no_chunk_holds_has_a_stretch_of_its_own(void **state)
{
    char *small = heap_allocate(100), *large = heap_allocate(10 << 20);

    (void)state;
    assert_non_null(large);
    memset(large, 1, 10 << 20);
    assert_true(taken > 10 << 20);
    heap_free(large);
    assert_true(taken < 10 << 20);
    heap_free(small);
    assert_empty();
}

static void zeroed_memory_is_zero_however_it_was_used(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++) {
        char *memory = heap_allocate_zeroed(200);

        for (int i = 0; i < 200; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xff, 200);
        heap_free(memory);
    }
}

static void impossible_sizes_are_refused(void **state)
{
    (void)state;
    assert_null(heap_allocate(window + 1));
    assert_null(heap_allocate(UINT64_MAX));
    assert_null(heap_allocate(UINT64_MAX - 4095));
    assert_empty();
}

static void full_memory_is_told_and_comes_back(void **state)
{
    struct object {
        struct object *next;
        char rest[1000];
    } *all = NULL, *object;
    int count = 0;

    (void)state;
    while ((object = heap_allocate(sizeof(*object))) != NULL) {
        object->next = all;
        all = object;
        count++;
    }
    assert_true(count > 50000);
    while (all != NULL) {
        object = all->next;
        heap_free(all);
        all = object;
    }
    assert_empty();
    heap_free(heap_allocate(100));
}

static void a_long_mix_of_sizes_stays_consistent(void **state)
{
    enum { SLOTS = 500, STEPS = 200000 };
    static struct {
        unsigned char *memory;
        size_t size;
        unsigned char mark;
    } slots[SLOTS];
    unsigned int random = 1;

    (void)state;
    for (int step = 0; step < STEPS; step++) {
        unsigned int i;
        size_t size;

        random = random * 1103515245 + 12345;
        i = random / 65536 % SLOTS;
        size = slots[i].size;
        if (slots[i].memory != NULL) {
            assert_int_equal(slots[i].memory[0], slots[i].mark);
            assert_int_equal(slots[i].memory[size - 1], slots[i].mark);
            heap_free(slots[i].memory);
            slots[i].memory = NULL;
            continue;
        }
        size = random / 256 % (step % 50 == 0 ? 40000 : 600) + 1;
        slots[i].memory = heap_allocate(size);
        slots[i].size = size;
        slots[i].mark = (unsigned char)step;
        assert_non_null(slots[i].memory);
        memset(slots[i].memory, slots[i].mark, size);
    }
    for (int i = 0; i < SLOTS; i++)
        heap_free(slots[i].memory);
    assert_empty();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_taken_before_the_first_allocation),
        cmocka_unit_test(objects_are_aligned_and_apart),
        cmocka_unit_test(pages_are_aligned_to_pages),
        cmocka_unit_test(what_no_chunk_holds_has_a_stretch_of_its_own),
        cmocka_unit_test(zeroed_memory_is_zero_however_it_was_used),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(full_memory_is_told_and_comes_back),
        cmocka_unit_test(a_long_mix_of_sizes_stays_consistent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
