/*
 * Kernel images that lie: each test spoils one field of a small valid bzImage
 * or vmlinux.
 */
#include "vmm/linux_kernel.h"

#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    MEMORY = 64 << 20,
    LOAD = 0x1000000,
    BZIMAGE_SIZE = 8192,
    SETUP_SECTORS = 1,
    NOTE_AT = 0x200,
    CODE_AT = 0x400,
};

static struct guest_memory memory;
static struct linux_kernel kernel;
static struct error error;
static unsigned char image[BZIMAGE_SIZE];
static struct setup_header *const setup =
    (struct setup_header *)(image + offsetof(struct boot_params, hdr));
static Elf64_Ehdr *const elf = (Elf64_Ehdr *)image;
static Elf64_Phdr *const segments = (Elf64_Phdr *)(image + sizeof(Elf64_Ehdr));

static int create(void **state)
{
    (void)state;
    return guest_memory_create(&memory, MEMORY, &error);
}

static int release(void **state)
{
    (void)state;
    guest_memory_release(&memory);
    return 0;
}

static int load(size_t size)
{
    int fd = memfd_create("kernel", MFD_CLOEXEC), status;

    assert_int_equal(write(fd, image, size), size);
    memset(&error, 0, sizeof(error));
    status = linux_kernel_load(fd, "kernel", &memory, &kernel, &error);
    close(fd);
    assert_int_equal(status == 0, error.text[0] == '\0');
    return status;
}

static int valid_bzimage(void **state)
{
    (void)state;
    memset(image, 0, sizeof(image));
    setup->setup_sects = SETUP_SECTORS;
    setup->boot_flag = 0xaa55;
    setup->header = 0x53726448;
    setup->version = 0x020f;
    setup->xloadflags = XLF_KERNEL_64;
    setup->pref_address = LOAD;
    setup->init_size = 0x100000;
    setup->initrd_addr_max = 0x7fffffff;
    setup->syssize = (BZIMAGE_SIZE - 1024) / 16;
    image[1024] = 0xab;
    return 0;
}

static int valid_vmlinux(void **state)
{
    const Elf64_Nhdr note = {.n_namesz = 4, .n_descsz = 4, .n_type = 18};
    const uint32_t entry = LOAD + 0x10;

    (void)state;
    memset(image, 0, sizeof(image));
    memcpy(elf->e_ident, ELFMAG, SELFMAG);
    elf->e_ident[EI_CLASS] = ELFCLASS64;
    elf->e_machine = EM_X86_64;
    elf->e_phoff = sizeof(Elf64_Ehdr);
    elf->e_phentsize = sizeof(Elf64_Phdr);
    elf->e_phnum = 2;
    segments[0] = (Elf64_Phdr){.p_type = PT_LOAD,
                               .p_offset = CODE_AT,
                               .p_paddr = LOAD,
                               .p_filesz = 256,
                               .p_memsz = 0x2000};
    segments[1] = (Elf64_Phdr){
        .p_type = PT_NOTE, .p_offset = NOTE_AT, .p_filesz = sizeof(note) + 8};
    memcpy(image + NOTE_AT, &note, sizeof(note));
    memcpy(image + NOTE_AT + sizeof(note), "Xen", 4);
    memcpy(image + NOTE_AT + sizeof(note) + 4, &entry, sizeof(entry));
    image[CODE_AT] = 0xcd;
    return 0;
}

static void a_bzimage_is_loaded_where_it_prefers(void **state)
{
    valid_bzimage(state);
    assert_int_equal(load(sizeof(image)), 0);
    assert_int_equal(kernel.protocol, LINUX_BOOT_64);
    assert_int_equal(kernel.entry, LOAD + 0x200);
    assert_int_equal(kernel.end, LOAD + 0x100000);
    assert_int_equal((unsigned char)memory.host[LOAD], 0xab);
}

static void a_vmlinux_is_entered_by_its_note(void **state)
{
    valid_vmlinux(state);
    assert_int_equal(load(sizeof(image)), 0);
    assert_int_equal(kernel.protocol, LINUX_PVH);
    assert_int_equal(kernel.entry, LOAD + 0x10);
    assert_int_equal(kernel.end, LOAD + 0x2000);
    assert_int_equal((unsigned char)memory.host[LOAD], 0xcd);
}

static void old_protocol(void)
{
    setup->version = 0x0202;
}
static void no_64_bit_entry(void)
{
    setup->xloadflags = 0;
}
static void low_address(void)
{
    setup->pref_address = 0x1000;
}
static void high_address(void)
{
    setup->pref_address = MEMORY - 4096;
}
static void wrapping_address(void)
{
    setup->pref_address = UINT64_MAX - 4096;
}
static void huge_init_size(void)
{
    setup->init_size = 0xffffffff;
}
static void missing_sectors(void)
{
    setup->setup_sects = 255;
}
static void longer_than_file(void)
{
    setup->syssize = 0xffffffff;
}
static void no_magic(void)
{
    setup->header = 0;
}
static void no_boot_flag(void)
{
    setup->boot_flag = 0;
}

static void a_bzimage_that_lies_is_refused(void **state)
{
    static void (*const damages[])(void) = {
        old_protocol,     no_64_bit_entry, low_address,     high_address,
        wrapping_address, huge_init_size,  missing_sectors, longer_than_file,
        no_magic,         no_boot_flag,
    };

    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        valid_bzimage(state);
        damages[i]();
        assert_true(load(sizeof(image)) < 0);
    }
}

static void other_machine(void)
{
    elf->e_machine = EM_AARCH64;
}
static void class_32(void)
{
    elf->e_ident[EI_CLASS] = ELFCLASS32;
}
static void no_segments(void)
{
    elf->e_phnum = 0;
}
static void many_segments(void)
{
    elf->e_phnum = 65535;
}
static void headers_outside(void)
{
    elf->e_phoff = UINT64_MAX - 8;
}
static void odd_entry_size(void)
{
    elf->e_phentsize = 8;
}
static void file_beyond_memory(void)
{
    segments[0].p_memsz = 1;
}
static void below_memory(void)
{
    segments[0].p_paddr = 0;
}
static void above_memory(void)
{
    segments[0].p_paddr = MEMORY;
}
static void wrapping_segment(void)
{
    segments[0].p_paddr = UINT64_MAX - 16;
}
static void huge_segment(void)
{
    segments[0].p_memsz = UINT64_MAX;
}
static void offset_outside(void)
{
    segments[0].p_offset = UINT64_MAX;
}
static void no_note(void)
{
    segments[1].p_type = PT_NULL;
}
static void note_outside(void)
{
    segments[1].p_offset = UINT64_MAX - 4;
}
static void note_too_long(void)
{
    memset(image + NOTE_AT, 0xff, 8);
}
static void note_of_others(void)
{
    image[NOTE_AT + 12] = 'Y';
}
static void notes_too_large(void)
{
    segments[1].p_filesz = UINT64_MAX;
}

static void a_vmlinux_that_lies_is_refused(void **state)
{
    static void (*const damages[])(void) = {
        other_machine,   class_32,         no_segments,        many_segments,
        headers_outside, odd_entry_size,   file_beyond_memory, below_memory,
        above_memory,    wrapping_segment, huge_segment,       offset_outside,
        no_note,         note_outside,     note_too_long,      note_of_others,
        notes_too_large,
    };

    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        valid_vmlinux(state);
        damages[i]();
        assert_true(load(sizeof(image)) < 0);
    }
}

static void every_shorter_file_is_refused(void **state)
{
    for (size_t size = 0; size < 1024; size += 7) {
        valid_bzimage(state);
        assert_true(load(size) < 0);
        valid_vmlinux(state);
        assert_true(load(size) < 0);
    }
}

static void random_damage_does_no_harm(void **state)
{
    srandom(5);
    for (int i = 0; i < 20000; i++) {
        if (i % 2)
            valid_bzimage(state);
        else
            valid_vmlinux(state);
        for (int k = 0; k < 4; k++)
            image[(size_t)random() % 0x300] = (unsigned char)random();
        load(sizeof(image));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bzimage_is_loaded_where_it_prefers),
        cmocka_unit_test(a_vmlinux_is_entered_by_its_note),
        cmocka_unit_test(a_bzimage_that_lies_is_refused),
        cmocka_unit_test(a_vmlinux_that_lies_is_refused),
        cmocka_unit_test(every_shorter_file_is_refused),
        cmocka_unit_test(random_damage_does_no_harm),
    };

    return cmocka_run_group_tests(tests, create, release);
}
