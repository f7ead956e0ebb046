/* Buses: each access reaches the one device that covers it, or none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vmm/device.h"

#include <errno.h>
#include <string.h>

/* Remembers the last access; reads give what was written. */
struct memory {
    struct device device;
    uint64_t offset;
    unsigned int size, accesses;
    char data[8];
};

static void memory_read(struct device *device, uint64_t offset, void *data,
                        unsigned int size)
{
    struct memory *memory = (struct memory *)device;

    memory->offset = offset;
    memory->size = size;
    memory->accesses++;
    memcpy(data, memory->data, size);
}

static void memory_write(struct device *device, uint64_t offset,
                         const void *data, unsigned int size)
{
    struct memory *memory = (struct memory *)device;

    memory->offset = offset;
    memory->size = size;
    memory->accesses++;
    memcpy(memory->data, data, size);
}

static struct memory memory_at(const char *name, uint64_t base, uint64_t size)
{
    return (struct memory){.device = {.name = name,
                                      .base = base,
                                      .size = size,
                                      .read = memory_read,
                                      .write = memory_write}};
}

static void access_reaches_its_device(void **state)
{
    struct memory first = memory_at("first", 0x100, 0x10);
    struct memory second = memory_at("second", 0x110, 0x10);
    struct bus bus = {0};
    struct error error = {0};
    char data[4] = "";

    (void)state;
    assert_int_equal(bus_add(&bus, &first.device, &error), 0);
    assert_int_equal(bus_add(&bus, &second.device, &error), 0);
    assert_true(bus_write(&bus, 0x10c, "abcd", 4));
    assert_int_equal(first.offset, 0xc);
    assert_int_equal(first.size, 4);
    assert_true(bus_read(&bus, 0x10c, data, 4));
    assert_memory_equal(data, "abcd", 4);
    assert_true(bus_write(&bus, 0x110, "x", 1));
    assert_int_equal(second.offset, 0);
    assert_int_equal(first.accesses, 2);
    assert_int_equal(second.accesses, 1);
}

static void access_that_nobody_covers_reads_ones(void **state)
{
    static const struct {
        uint64_t address;
        unsigned int size;
    } cases[] = {{0xff, 1},  {0xfe, 4},           {0x10d, 4},      {0x110, 1},
                 {0x109, 8}, {UINT64_MAX - 7, 8}, {UINT64_MAX, 1}, {0, 8}};
    struct memory only = memory_at("only", 0x100, 0x10);
    struct bus bus = {0};
    struct error error = {0};

    (void)state;
    assert_int_equal(bus_add(&bus, &only.device, &error), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint64_t data = 0;

        assert_false(bus_read(&bus, cases[i].address, &data, cases[i].size));
        assert_memory_equal(&data, "\xff\xff\xff\xff\xff\xff\xff\xff",
                            cases[i].size);
        assert_false(bus_write(&bus, cases[i].address, &data, cases[i].size));
    }
    assert_int_equal(only.accesses, 0);
}

static void ranges_must_make_sense(void **state)
{
    struct memory first = memory_at("first", 0x100, 0x10);
    struct memory empty = memory_at("empty", 0x200, 0);
    struct memory wraps = memory_at("wraps", UINT64_MAX - 1, 4);
    struct memory over = memory_at("over", 0x10f, 0x10);
    struct memory around = memory_at("around", 0, 0x1000);
    struct bus bus = {0};
    struct error error = {0};

    (void)state;
    assert_int_equal(bus_add(&bus, &first.device, &error), 0);
    assert_int_equal(bus_add(&bus, &empty.device, &error), -EINVAL);
    assert_int_equal(bus_add(&bus, &wraps.device, &error), -EINVAL);
    assert_int_equal(bus_add(&bus, &around.device, &error), -EEXIST);
    assert_int_equal(bus_add(&bus, &over.device, &error), -EEXIST);
    assert_non_null(strstr(error.text, "first and over"));
    assert_int_equal(bus.count, 1);
}

static void bus_has_a_last_place(void **state)
{
    static struct memory devices[BUS_MAX_DEVICES + 1];
    struct bus bus = {0};
    struct error error = {0};

    (void)state;
    for (size_t i = 0; i <= BUS_MAX_DEVICES; i++) {
        devices[i] = memory_at("memory", i * 16, 16);
        assert_int_equal(bus_add(&bus, &devices[i].device, &error),
                         i < BUS_MAX_DEVICES ? 0 : -ENOSPC);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(access_reaches_its_device),
        cmocka_unit_test(access_that_nobody_covers_reads_ones),
        cmocka_unit_test(ranges_must_make_sense),
        cmocka_unit_test(bus_has_a_last_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
