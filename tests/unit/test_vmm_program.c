/* Loading programs: where they come to lie, and hostile ones at random. */
#include "vmm/program.h"

#include "guests/unikernel/layout.h"
#include "vmm/system.h"

#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { MEMORY = 16 << 20, ROUNDS = 1000 };

struct image {
    Elf64_Ehdr header;
    Elf64_Phdr segments[3];
    char code[64];
};

static struct guest_memory memory;
static struct page_tables tables;
static struct program program;
static struct error error;

static int begin(void **state)
{
    uint64_t entry;

    (void)state;
    error = (struct error){0};
    program = (struct program){0};
    if (guest_memory_create(&memory, MEMORY, &error) < 0)
        return -1;
    return system_load(&memory, &tables, &entry, &error);
}

static int end(void **state)
{
    (void)state;
    guest_memory_release(&memory);
    return 0;
}

static struct image valid_image(void)
{
    struct image image = {
        .header =
            {
                .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
                            ELFDATA2LSB, EV_CURRENT},
                .e_type = ET_EXEC,
                .e_machine = EM_X86_64,
                .e_version = EV_CURRENT,
                .e_entry = 0x401000 + offsetof(struct image, code),
                .e_phoff = offsetof(struct image, segments),
                .e_ehsize = sizeof(Elf64_Ehdr),
                .e_phentsize = sizeof(Elf64_Phdr),
                .e_phnum = 3,
            },
        .segments =
            {
                {.p_type = PT_LOAD,
                 .p_flags = PF_R | PF_X,
                 .p_vaddr = 0x401000,
                 .p_filesz = sizeof(struct image),
                 .p_memsz = sizeof(struct image)},
                {.p_type = PT_LOAD,
                 .p_flags = PF_R | PF_W,
                 .p_vaddr = 0x403ff0,
                 .p_offset = offsetof(struct image, code),
                 .p_filesz = 4,
                 .p_memsz = 0x2020},
                {.p_type = PT_GNU_STACK},
            },
        .code = "code",
    };

    return image;
}

static int load(const struct image *image)
{
    int fd = memfd_create("program", MFD_CLOEXEC);
    int status;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, image, sizeof(*image)), sizeof(*image));
    status = program_load(fd, "program", &memory, &tables, &program, &error);
    close(fd);
    return status;
}

static uint64_t reach(uint64_t address, uint64_t length, uint64_t rights)
{
    return page_tables_reach(&tables, address, length, rights);
}

static void segments_lie_where_they_were_linked(void **state)
{
    struct image image = valid_image();
    const char *data;

    (void)state;
    if (load(&image) < 0)
        fail_msg("%s", error.text);
    assert_int_equal(program.window, 0x400000);
    assert_int_equal(program.window_size, MEMORY - SYSTEM_SIZE);
    assert_int_equal(program.end, 0x403ff0 + 0x2020);
    assert_int_equal(program.entry, image.header.e_entry);
    assert_int_equal(program.headers,
                     0x401000 + offsetof(struct image, segments));
    assert_int_equal(reach(0x401000, 0x2000, PAGE_USER), 0x1000);
    assert_int_equal(reach(0x401000, 1, PAGE_WRITE), 0);
    assert_int_equal(reach(0x403000, 0x9000, PAGE_USER | PAGE_WRITE), 0x4000);
    data = guest_memory_slice(
        &memory, (struct guest_addr){WINDOW_PHYSICAL + 0x3ff0}, 0x2020);
    assert_memory_equal(data, "code", 4);
    for (int i = 4; i < 0x2020; i++)
        assert_int_equal(data[i], 0);
}

static void a_position_independent_program_gets_a_place(void **state)
{
    struct image image = valid_image();

    (void)state;
    image.header.e_type = ET_DYN;
    image.header.e_entry = offsetof(struct image, code);
    image.segments[0].p_vaddr = 0;
    image.segments[1].p_vaddr = 0x200000;
    assert_int_equal(load(&image), 0);
    assert_true(program.window >= 0x10000);
    assert_int_equal(program.entry,
                     program.window + offsetof(struct image, code));
    assert_int_equal(reach(program.window + 0x200000, 1, PAGE_WRITE), 1);
}

static void a_program_larger_than_memory_is_told_how_much_it_needs(void **state)
{
    struct image image = valid_image();

    (void)state;
    image.segments[1].p_memsz = MEMORY;
    assert_int_equal(load(&image), -ENOMEM);
    assert_non_null(strstr(error.text, "--memory"));
}

/* A value that is likely to break something, or any. */
static uint64_t odd_value(void)
{
    static const uint64_t values[] = {
        0,
        1,
        0xfff,
        0x1000,
        0x10000,
        0x400000,
        0x401000,
        SYSTEM_BASE,
        SYSTEM_BASE - 1,
        ROOT_ARCHIVE_BASE,
        1ull << 47,
        (1ull << 47) - 1,
        INT64_MAX,
        UINT64_MAX,
        UINT64_MAX - 0xfff,
    };
    uint64_t value = values[(size_t)random() % (sizeof(values) / 8)];

    return random() % 3 == 0 ? value + (uint64_t)random() % 0x3000 - 0x1000
                             : value;
}

static void spoil(struct image *image)
{
    Elf64_Phdr *segment = &image->segments[random() % 3];
    uint64_t *const fields[] = {
        &segment->p_offset, &segment->p_vaddr,      &segment->p_filesz,
        &segment->p_memsz,  &image->header.e_entry, &image->header.e_phoff,
    };

    if (random() % 8 == 0)
        image->header.e_type = random() % 2 ? ET_DYN : ET_EXEC;
    else if (random() % 8 == 0)
        segment->p_type = (uint32_t)random() % 8;
    else
        *fields[(size_t)random() % 6] = odd_value();
}

static void hostile_headers_are_refused_or_stay_inside_memory(void **state)
{
    int loaded = 0;

    srandom(1);
    for (int i = 0; i < ROUNDS; i++) {
        struct image image = valid_image();
        const int changes = 1 + (int)(random() % 4);

        for (int change = 0; change < changes; change++)
            spoil(&image);
        error = (struct error){0};
        if (load(&image) < 0) {
            assert_int_not_equal(error.text[0], '\0');
        } else {
            loaded++;
            assert_int_equal(program.window % LARGE_PAGE_SIZE, 0);
            assert_true(program.end <= program.window + program.window_size);
            assert_true(program.end < SYSTEM_BASE);
        }
        assert_int_equal(end(state), 0);
        assert_int_equal(begin(state), 0);
    }
    assert_in_range(loaded, 1, ROUNDS - 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(segments_lie_where_they_were_linked),
        TEST(a_position_independent_program_gets_a_place),
        TEST(a_program_larger_than_memory_is_told_how_much_it_needs),
        TEST(hostile_headers_are_refused_or_stay_inside_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
