/* What a kernel finds at its entry: boot parameters, ACPI tables, state. */
#include "vmm/acpi.h"
#include "vmm/entry_check.h"
#include "vmm/linux_boot.h"
#include "vmm/microvm_layout.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { MEMORY = 128 << 20, KERNEL = 0x1000000, INITRAMFS = 0x4000000 };

static struct guest_memory memory;
static struct error error;
static const struct linux_kernel bzimage = {.protocol = LINUX_BOOT_64,
                                            .entry = KERNEL + 0x200,
                                            .setup = {.version = 0x20f}};
static const struct linux_kernel vmlinux = {.protocol = LINUX_PVH,
                                            .entry = KERNEL};

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

static struct linux_boot boot_of(const struct linux_kernel *kernel)
{
    return (struct linux_boot){
        .kernel = kernel,
        .command_line = "console=ttyS0 quiet",
        .initramfs = INITRAMFS,
        .initramfs_size = 12345,
        .rsdp = MICROVM_ACPI,
    };
}

static void boot_parameters_tell_memory_and_initramfs(void **state)
{
    const struct linux_boot boot = boot_of(&bzimage);
    const struct boot_params *params =
        (const void *)(memory.host + MICROVM_BOOT_PARAMS);
    uint64_t usable = 0;

    (void)state;
    assert_int_equal(linux_boot_write(&memory, &boot, &error), 0);
    assert_int_equal(params->hdr.ramdisk_image, INITRAMFS);
    assert_int_equal(params->hdr.ramdisk_size, 12345);
    assert_int_equal(params->acpi_rsdp_addr, MICROVM_ACPI);
    assert_string_equal(memory.host + params->hdr.cmd_line_ptr,
                        "console=ttyS0 quiet");
    for (int i = 0; i < params->e820_entries; i++) {
        const struct boot_e820_entry *entry = &params->e820_table[i];

        assert_true(entry->addr + entry->size <= MEMORY);
        if (entry->type == 1)
            usable += entry->size;
    }
    assert_int_equal(usable, MICROVM_LOW_END + MEMORY - MICROVM_HIGH);
}

static void the_first_gigabyte_is_mapped_to_itself(void **state)
{
    const struct linux_boot boot = boot_of(&bzimage);
    const uint64_t *tables = (const void *)(memory.host + MICROVM_PAGE_TABLES);

    (void)state;
    assert_int_equal(linux_boot_write(&memory, &boot, &error), 0);
    assert_int_equal(tables[0], (MICROVM_PAGE_TABLES + 0x1000) | 3);
    assert_int_equal(tables[512], (MICROVM_PAGE_TABLES + 0x2000) | 3);
    for (uint64_t i = 0; i < 512; i++)
        assert_int_equal(tables[1024 + i], i << 21 | 0x83);
}

static void pvh_start_info_is_found_by_its_magic(void **state)
{
    const struct linux_boot boot = boot_of(&vmlinux);
    const uint32_t *info = (const void *)(memory.host + MICROVM_BOOT_PARAMS);
    uint64_t modules, module;

    (void)state;
    assert_int_equal(linux_boot_write(&memory, &boot, &error), 0);
    assert_int_equal(info[0], 0x336ec578);
    assert_int_equal(info[3], 1);
    memcpy(&modules, info + 4, sizeof(modules));
    memcpy(&module, memory.host + modules, sizeof(module));
    assert_int_equal(module, INITRAMFS);
}

static void a_long_command_line_is_refused(void **state)
{
    static char line[MICROVM_COMMAND_LINE_SIZE + 1];
    struct linux_boot boot = boot_of(&bzimage);

    (void)state;
    memset(line, 'a', sizeof(line) - 1);
    boot.command_line = line;
    assert_int_equal(linux_boot_write(&memory, &boot, &error), -E2BIG);
    line[MICROVM_COMMAND_LINE_SIZE - 1] = '\0';
    assert_int_equal(linux_boot_write(&memory, &boot, &error), 0);
}

static void vt_x_would_enter_the_64_bit_state(void **state)
{
    struct kvm_sregs sregs = {0};
    struct kvm_regs regs;
    struct error refused = {0};

    (void)state;
    linux_boot_registers(&bzimage, &sregs, &regs);
    entry_check(&sregs, &regs, &refused);
    assert_string_equal(refused.text, "");
    assert_int_equal(regs.rip, KERNEL + 0x200);
    assert_int_equal(regs.rsi, MICROVM_BOOT_PARAMS);
}

static void pvh_enters_in_32_bit_protected_mode(void **state)
{
    struct kvm_sregs sregs = {0};
    struct kvm_regs regs;

    (void)state;
    linux_boot_registers(&vmlinux, &sregs, &regs);
    assert_int_equal(sregs.cr0 & 0x80000001, 1);
    assert_int_equal(sregs.cs.db, 1);
    assert_int_equal(sregs.cs.l, 0);
    assert_int_equal(regs.rbx, MICROVM_BOOT_PARAMS);
}

static int sum(const char *bytes, size_t length)
{
    unsigned char total = 0;

    for (size_t i = 0; i < length; i++)
        total = (unsigned char)(total + (unsigned char)bytes[i]);
    return total;
}

static const char *table_at(uint64_t address)
{
    return guest_memory_slice(&memory, (struct guest_addr){address}, 36);
}

/* Walks from the root pointer as a kernel does. */
static void acpi_tables_are_found_and_add_up(void **state)
{
    static const char *const names[] = {"FACP", "APIC"};
    const char *root, *list;
    uint64_t rsdp, address;
    uint32_t length;

    (void)state;
    assert_int_equal(acpi_write(&memory, 2, &rsdp, &error), 0);
    root = table_at(rsdp);
    assert_memory_equal(root, "RSD PTR ", 8);
    assert_int_equal(sum(root, 20), 0);
    assert_int_equal(sum(root, 36), 0);
    memcpy(&address, root + 24, sizeof(address));
    list = table_at(address);
    assert_memory_equal(list, "XSDT", 4);
    for (int i = 0; i < 2; i++) {
        const char *table;

        memcpy(&address, list + 36 + 8 * i, sizeof(address));
        table = table_at(address);
        memcpy(&length, table + 4, sizeof(length));
        assert_memory_equal(table, names[i], 4);
        assert_int_equal(sum(table, length), 0);
        assert_true(address + length <= MICROVM_SLOTS_PRESENT);
    }
    /* Two processors: 44 bytes of head, an I/O APIC, two local APICs. */
    assert_int_equal(length, 44 + 12 + 2 * 8);
}

static void processors_are_bounded(void **state)
{
    uint64_t rsdp;

    (void)state;
    assert_int_equal(acpi_write(&memory, 0, &rsdp, &error), -EINVAL);
    assert_int_equal(acpi_write(&memory, 256, &rsdp, &error), -EINVAL);
    assert_int_equal(acpi_write(&memory, 255, &rsdp, &error), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boot_parameters_tell_memory_and_initramfs),
        cmocka_unit_test(the_first_gigabyte_is_mapped_to_itself),
        cmocka_unit_test(pvh_start_info_is_found_by_its_magic),
        cmocka_unit_test(a_long_command_line_is_refused),
        cmocka_unit_test(vt_x_would_enter_the_64_bit_state),
        cmocka_unit_test(pvh_enters_in_32_bit_protected_mode),
        cmocka_unit_test(acpi_tables_are_found_and_add_up),
        cmocka_unit_test(processors_are_bounded),
    };

    return cmocka_run_group_tests(tests, create, release);
}
