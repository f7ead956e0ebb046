/* Boot parameters and entry state; see linux_boot.h. */
#include "vmm/linux_boot.h"

#include "vmm/microvm_layout.h"
#include "vmm/registers.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum {
    E820_RAM = 1,
    E820_RESERVED = 2,
    LOADER_UNDEFINED = 0xff,
    MAX_RANGES = 4,
    CODE_SELECTOR = 0x10, /* as the boot protocol has it */
    DATA_SELECTOR = 0x18,
    PVH_MAGIC = 0x336ec578,
    PVH_VERSION = 1,
};

#define LARGE_PAGE  0x200000ull
#define TABLE_FLAGS 0x03ull /* present, writable */
#define LARGE_FLAGS 0x83ull
#define GDT_CODE_64 0x00af9b000000ffffull
#define GDT_CODE_32 0x00cf9b000000ffffull
#define GDT_DATA    0x00cf93000000ffffull
#define GDT_TSS     0x00008b0000000067ull

struct range {
    uint64_t start, size;
    uint32_t type;
};

static size_t memory_map(const struct guest_memory *memory,
                         struct range ranges[MAX_RANGES])
{
    size_t count = 0;

    ranges[count++] = (struct range){0, MICROVM_LOW_END, E820_RAM};
    ranges[count++] = (struct range){
        MICROVM_ACPI, MICROVM_ACPI_END - MICROVM_ACPI, E820_RESERVED};
    ranges[count++] =
        (struct range){MICROVM_HIGH, memory->low_size - MICROVM_HIGH, E820_RAM};
    if (memory->size > memory->low_size)
        ranges[count++] = (struct range){
            GUEST_MEMORY_HIGH, memory->size - memory->low_size, E820_RAM};
    return count;
}

static int put(const struct guest_memory *memory, uint64_t address,
               const void *from, size_t size, struct error *error)
{
    if (guest_memory_write(memory, (struct guest_addr){address}, from, size) <
        0)
        return error_set(error, ENOMEM, "guest memory is too small to boot");
    return 0;
}

static int write_boot_params(const struct guest_memory *memory,
                             const struct linux_boot *boot, struct error *error)
{
    struct boot_params params = {.hdr = boot->kernel->setup};
    struct range ranges[MAX_RANGES];
    size_t count = memory_map(memory, ranges);

    params.hdr.type_of_loader = LOADER_UNDEFINED;
    params.hdr.cmd_line_ptr = MICROVM_COMMAND_LINE;
    params.hdr.ramdisk_image = (uint32_t)boot->initramfs;
    params.hdr.ramdisk_size = (uint32_t)boot->initramfs_size;
    params.acpi_rsdp_addr = boot->rsdp;
    params.e820_entries = (uint8_t)count;
    for (size_t i = 0; i < count; i++)
        params.e820_table[i] = (struct boot_e820_entry){
            .addr = ranges[i].start,
            .size = ranges[i].size,
            .type = ranges[i].type,
        };
    return put(memory, MICROVM_BOOT_PARAMS, &params, sizeof(params), error);
}

/* One linear map of the first GiB is enough until the kernel has its own. */
static int write_identity_map(const struct guest_memory *memory,
                              struct error *error)
{
    struct {
        uint64_t level4[512], level3[512], level2[512];
    } tables = {
        .level4 = {(MICROVM_PAGE_TABLES + 0x1000) | TABLE_FLAGS},
        .level3 = {(MICROVM_PAGE_TABLES + 0x2000) | TABLE_FLAGS},
    };

    for (uint64_t i = 0; i < 512; i++)
        tables.level2[i] = (i * LARGE_PAGE) | LARGE_FLAGS;
    return put(memory, MICROVM_PAGE_TABLES, &tables, sizeof(tables), error);
}

static int write_gdt(const struct guest_memory *memory,
                     const struct linux_kernel *kernel, struct error *error)
{
    const uint64_t gdt[] = {
        0,
        GDT_TSS,
        kernel->protocol == LINUX_PVH ? GDT_CODE_32 : GDT_CODE_64,
        GDT_DATA,
    };

    return put(memory, MICROVM_GDT, gdt, sizeof(gdt), error);
}

/* PVH start info, version 1, with its lists behind it. */
struct pvh {
    struct {
        uint32_t magic, version, flags, module_count;
        uint64_t modules, command_line, rsdp, memory_map;
        uint32_t memory_map_entries, reserved;
    } info;
    struct {
        uint64_t address, size, command_line, reserved;
    } module;
    struct {
        uint64_t address, size;
        uint32_t type, reserved;
    } map[MAX_RANGES];
};

static int write_start_info(const struct guest_memory *memory,
                            const struct linux_boot *boot, struct error *error)
{
    struct range ranges[MAX_RANGES];
    size_t count = memory_map(memory, ranges);
    struct pvh pvh = {
        .info =
            {
                .magic = PVH_MAGIC,
                .version = PVH_VERSION,
                .module_count = boot->initramfs_size > 0,
                .modules = MICROVM_BOOT_PARAMS + offsetof(struct pvh, module),
                .command_line = MICROVM_COMMAND_LINE,
                .rsdp = boot->rsdp,
                .memory_map = MICROVM_BOOT_PARAMS + offsetof(struct pvh, map),
                .memory_map_entries = (uint32_t)count,
            },
        .module = {.address = boot->initramfs, .size = boot->initramfs_size},
    };

    for (size_t i = 0; i < count; i++) {
        pvh.map[i].address = ranges[i].start;
        pvh.map[i].size = ranges[i].size;
        pvh.map[i].type = ranges[i].type;
    }
    return put(memory, MICROVM_BOOT_PARAMS, &pvh, sizeof(pvh), error);
}

int linux_boot_write(const struct guest_memory *memory,
                     const struct linux_boot *boot, struct error *error)
{
    const size_t length = strlen(boot->command_line) + 1;
    int status;

    if (length > MICROVM_COMMAND_LINE_SIZE)
        return error_set(error, E2BIG,
                         "the kernel's command line is longer than %d bytes",
                         MICROVM_COMMAND_LINE_SIZE - 1);
    status =
        put(memory, MICROVM_COMMAND_LINE, boot->command_line, length, error);
    if (status == 0)
        status = write_gdt(memory, boot->kernel, error);
    if (status == 0 && boot->kernel->protocol == LINUX_PVH)
        return write_start_info(memory, boot, error);
    if (status == 0)
        status = write_identity_map(memory, error);
    if (status == 0)
        status = write_boot_params(memory, boot, error);
    return status;
}

static struct kvm_segment flat(uint16_t selector, uint8_t type, bool long_mode)
{
    return (struct kvm_segment){
        .limit = 0xffffffff,
        .selector = selector,
        .type = type,
        .present = 1,
        .db = !long_mode,
        .s = 1,
        .l = long_mode,
        .g = 1,
    };
}

void linux_boot_registers(const struct linux_kernel *kernel,
                          struct kvm_sregs *sregs, struct kvm_regs *regs)
{
    const bool pvh = kernel->protocol == LINUX_PVH;

    sregs->cs = flat(CODE_SELECTOR, TYPE_CODE_READ, !pvh);
    sregs->ds = sregs->es = sregs->fs = sregs->gs = sregs->ss =
        flat(DATA_SELECTOR, TYPE_DATA_READ_WRITE, false);
    sregs->tr = (struct kvm_segment){
        .limit = 0x67, .selector = 8, .type = TYPE_TSS_BUSY, .present = 1};
    sregs->ldt = (struct kvm_segment){.unusable = 1};
    sregs->gdt = (struct kvm_dtable){.base = MICROVM_GDT, .limit = 31};
    sregs->idt = (struct kvm_dtable){0};
    sregs->cr0 = CR0_PE | CR0_ET | CR0_NE;
    *regs = (struct kvm_regs){.rip = kernel->entry, .rflags = RFLAGS_FIXED};
    if (pvh) {
        regs->rbx = MICROVM_BOOT_PARAMS;
        return;
    }
    sregs->cr0 |= CR0_PG;
    sregs->cr3 = MICROVM_PAGE_TABLES;
    sregs->cr4 = CR4_PAE;
    sregs->efer = EFER_LME | EFER_LMA;
    regs->rsi = MICROVM_BOOT_PARAMS;
}
