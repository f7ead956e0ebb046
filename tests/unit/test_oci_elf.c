/* elf_read_static: what is a static x86-64 program, and what is said of
 * everything else. Each test spoils one field of a small valid file. */
#include "oci/elf.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

struct image {
    Elf64_Ehdr header;
    Elf64_Phdr segments[2];
    char code[64];
};

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
                .e_entry = 0x400000 + offsetof(struct image, code),
                .e_phoff = offsetof(struct image, segments),
                .e_ehsize = sizeof(Elf64_Ehdr),
                .e_phentsize = sizeof(Elf64_Phdr),
                .e_phnum = 2,
            },
        .segments =
            {
                {.p_type = PT_LOAD,
                 .p_flags = PF_R | PF_X,
                 .p_vaddr = 0x400000,
                 .p_filesz = sizeof(struct image),
                 .p_memsz = sizeof(struct image)},
                {.p_type = PT_GNU_STACK},
            },
    };

    return image;
}

static int check_bytes(const void *bytes, size_t size, struct error *error)
{
    struct elf_program program;
    int fd = memfd_create("elf", MFD_CLOEXEC);
    int status;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), (ssize_t)size);
    status = elf_read_static(fd, "program", &program, error);
    close(fd);
    return status;
}

static void assert_refused(const struct image *image, const char *reason)
{
    struct error error = {0};

    assert_int_equal(check_bytes(image, sizeof(*image), &error), -ENOEXEC);
    assert_non_null(strstr(error.text, reason));
}

static void accepts_a_static_executable(void **state)
{
    struct image image = valid_image();
    struct error error = {0};

    (void)state;
    assert_int_equal(check_bytes(&image, sizeof(image), &error), 0);
}

static void accepts_a_static_pie(void **state)
{
    struct image image = valid_image();
    struct error error = {0};

    (void)state;
    image.header.e_type = ET_DYN;
    image.header.e_entry = offsetof(struct image, code);
    image.segments[0].p_vaddr = 0;
    assert_int_equal(check_bytes(&image, sizeof(image), &error), 0);
}

static void refuses_what_is_not_elf(void **state)
{
    struct error error = {0};

    (void)state;
    assert_int_equal(check_bytes("", 0, &error), -ENOEXEC);
    assert_non_null(strstr(error.text, "empty"));
    assert_int_equal(check_bytes("#!/bin/sh\n", 10, &error), -ENOEXEC);
    assert_non_null(strstr(error.text, "script"));
    assert_int_equal(check_bytes("hello", 5, &error), -ENOEXEC);
    assert_non_null(strstr(error.text, "not an ELF"));
    assert_int_equal(elf_check_static("/", &error), -ENOEXEC);
    assert_non_null(strstr(error.text, "directory"));
    assert_int_equal(elf_check_static("/dev/null", &error), -ENOEXEC);
    assert_non_null(strstr(error.text, "regular"));
    assert_int_equal(elf_check_static("/nonexistent", &error), -ENOENT);
}

static void refuses_every_truncation(void **state)
{
    struct image image = valid_image();

    (void)state;
    for (size_t size = 0; size < sizeof(image); size++) {
        struct error error = {0};

        assert_int_equal(check_bytes(&image, size, &error), -ENOEXEC);
    }
}

static void names_the_foreign_machine(void **state)
{
    struct image image = valid_image();

    (void)state;
    image.header.e_machine = EM_AARCH64;
    assert_refused(&image, "AArch64");
    image.header.e_machine = 0x1234;
    assert_refused(&image, "machine 4660");
    image = valid_image();
    image.header.e_ident[EI_CLASS] = ELFCLASS32;
    assert_refused(&image, "32-bit");
    image = valid_image();
    image.header.e_ident[EI_DATA] = ELFDATA2MSB;
    assert_refused(&image, "big-endian");
    image = valid_image();
    image.header.e_ident[EI_OSABI] = ELFOSABI_FREEBSD;
    assert_refused(&image, "another system");
}

static void refuses_other_kinds_of_elf(void **state)
{
    struct image image = valid_image();

    (void)state;
    image.header.e_type = ET_REL;
    assert_refused(&image, "object file");
    image.header.e_type = ET_CORE;
    assert_refused(&image, "core dump");
    image.header.e_type = 77;
    assert_refused(&image, "type 77");
}

static void refuses_dynamic_programs(void **state)
{
    struct image image = valid_image();
    Elf64_Dyn needed = {.d_tag = DT_NEEDED};

    (void)state;
    image.segments[1].p_type = PT_INTERP;
    assert_refused(&image, "-static");
    image.segments[1].p_type = PT_DYNAMIC;
    image.segments[1].p_offset = offsetof(struct image, code);
    image.segments[1].p_filesz = sizeof(needed);
    memcpy(image.code, &needed, sizeof(needed));
    assert_refused(&image, "shared libraries");
    image.segments[1].p_offset = UINT64_MAX - 4;
    assert_refused(&image, "dynamic section");
}

static void refuses_lying_program_headers(void **state)
{
    struct image image = valid_image();

    (void)state;
    image.header.e_phnum = 0;
    assert_refused(&image, "no program headers");
    image.header.e_phnum = ELF_MAX_PROGRAM_HEADERS + 1;
    assert_refused(&image, "65 program headers");
    image = valid_image();
    image.header.e_phoff = UINT64_MAX - 8;
    assert_refused(&image, "program headers are outside");
    image = valid_image();
    image.header.e_phentsize = 1;
    assert_refused(&image, "wrong size");
}

static void refuses_lying_segments(void **state)
{
    struct image image = valid_image();

    (void)state;
    image.segments[0].p_filesz = image.segments[0].p_memsz + 1;
    assert_refused(&image, "larger in the file");
    image = valid_image();
    image.segments[0].p_offset = UINT64_MAX;
    assert_refused(&image, "past its end");
    image = valid_image();
    image.segments[0].p_memsz = UINT64_MAX;
    assert_refused(&image, "outside user addresses");
    image = valid_image();
    image.segments[0].p_vaddr = UINT64_C(1) << 47;
    assert_refused(&image, "outside user addresses");
}

static void refuses_an_entry_point_outside_the_code(void **state)
{
    struct image image = valid_image();

    (void)state;
    image.header.e_entry = 0x1000;
    assert_refused(&image, "entry point");
    image = valid_image();
    image.segments[0].p_flags = PF_R;
    assert_refused(&image, "entry point");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_a_static_executable),
        cmocka_unit_test(accepts_a_static_pie),
        cmocka_unit_test(refuses_what_is_not_elf),
        cmocka_unit_test(refuses_every_truncation),
        cmocka_unit_test(names_the_foreign_machine),
        cmocka_unit_test(refuses_other_kinds_of_elf),
        cmocka_unit_test(refuses_dynamic_programs),
        cmocka_unit_test(refuses_lying_program_headers),
        cmocka_unit_test(refuses_lying_segments),
        cmocka_unit_test(refuses_an_entry_point_outside_the_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
