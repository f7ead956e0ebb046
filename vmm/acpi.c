/* Writing ACPI tables; see acpi.h. Each table is laid out as the spec has it.
 */
#include "vmm/acpi.h"

#include "vmm/microvm_layout.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

enum {
    FADT_REVISION = 6,
    FADT_RESET_SUPPORTED = 1 << 10,
    FADT_HARDWARE_REDUCED = 1 << 20,
    BOOT_NO_VGA = 1 << 2,
    BOOT_NO_RTC = 1 << 5, /* or the kernel spends seconds looking for one */
    SPACE_IO = 1,
    ACCESS_BYTE = 1,
    MADT_LOCAL_APIC = 0,
    MADT_IO_APIC = 1,
    ENABLED = 1,
    RESET_VALUE = 1,
};

struct header {
    char signature[4];
    uint32_t length;
    uint8_t revision, checksum;
    char oem_id[6], oem_table_id[8];
    uint32_t oem_revision;
    char creator_id[4];
    uint32_t creator_revision;
} __attribute__((packed));

struct generic_address {
    uint8_t space, bit_width, bit_offset, access_size;
    uint64_t address;
} __attribute__((packed));

struct rsdp {
    char signature[8];
    uint8_t checksum;
    char oem_id[6];
    uint8_t revision;
    uint32_t rsdt, length;
    uint64_t xsdt;
    uint8_t extended_checksum, reserved[3];
} __attribute__((packed));

struct fadt {
    struct header header;
    uint8_t unused1[109 - 36];
    uint16_t boot_flags; /* byte 109 */
    uint8_t reserved;
    uint32_t flags;
    struct generic_address reset_register;
    uint8_t reset_value;
    uint8_t unused2[140 - 129];
    uint64_t dsdt; /* byte 140 */
    uint8_t unused3[244 - 148];
    struct generic_address sleep_control, sleep_status; /* byte 244 */
    uint64_t hypervisor;
} __attribute__((packed));

_Static_assert(offsetof(struct fadt, boot_flags) == 109, "FADT layout");
_Static_assert(offsetof(struct fadt, dsdt) == 140, "FADT layout");
_Static_assert(offsetof(struct fadt, sleep_control) == 244, "FADT layout");
_Static_assert(sizeof(struct fadt) == 276, "FADT layout");

struct madt_head {
    struct header header;
    uint32_t local_apic, flags;
} __attribute__((packed));

struct madt_local_apic {
    uint8_t type, length, processor, apic;
    uint32_t flags;
} __attribute__((packed));

struct madt_io_apic {
    uint8_t type, length, id, reserved;
    uint32_t address, gsi_base;
} __attribute__((packed));

extern const unsigned char dsdt_image[], dsdt_image_end[];

/* Where the next table goes. */
struct place {
    char *at, *end;
    uint64_t address;
};

static uint8_t checksum(const void *table, size_t length)
{
    const uint8_t *bytes = table;
    uint8_t sum = 0;

    for (size_t i = 0; i < length; i++)
        sum = (uint8_t)(sum + bytes[i]);
    return (uint8_t)-sum;
}

/* Copies a table, 16-byte aligned; *address is where it came to lie. */
static int put(struct place *place, const void *table, size_t length,
               uint64_t *address, struct error *error)
{
    const size_t step = (length + 15) & ~(size_t)15;

    if (step > (size_t)(place->end - place->at))
        return error_set(error, E2BIG, "the ACPI tables outgrew their place");
    memcpy(place->at, table, length);
    *address = place->address;
    place->at += step;
    place->address += step;
    return 0;
}

static struct header table_header(const char *signature, uint32_t length,
                                  uint8_t revision)
{
    struct header header = {
        .length = length,
        .revision = revision,
        .oem_id = {'R', 'N', 'G', 'S', 'I', 'D'},
        .oem_table_id = {'M', 'I', 'C', 'R', 'O', 'V', 'M', ' '},
        .oem_revision = 1,
        .creator_id = {'R', 'N', 'G', 'S'},
        .creator_revision = 1,
    };

    memcpy(header.signature, signature, sizeof(header.signature));
    return header;
}

static int put_fadt(struct place *place, uint64_t dsdt, uint64_t *address,
                    struct error *error)
{
    const struct generic_address port = {
        .space = SPACE_IO, .bit_width = 8, .access_size = ACCESS_BYTE};
    struct fadt fadt = {
        .header = table_header("FACP", sizeof(fadt), FADT_REVISION),
        .boot_flags = BOOT_NO_VGA | BOOT_NO_RTC,
        .flags = FADT_HARDWARE_REDUCED | FADT_RESET_SUPPORTED,
        .reset_register = port,
        .reset_value = RESET_VALUE,
        .dsdt = dsdt,
        .sleep_control = port,
        .sleep_status = port,
    };

    fadt.sleep_control.address = MICROVM_POWER_PORT;
    fadt.sleep_status.address = MICROVM_POWER_PORT + 1;
    fadt.reset_register.address = MICROVM_POWER_PORT + 2;
    fadt.header.checksum = checksum(&fadt, sizeof(fadt));
    return put(place, &fadt, sizeof(fadt), address, error);
}

static int put_madt(struct place *place, unsigned int processors,
                    uint64_t *address, struct error *error)
{
    struct {
        struct madt_head head;
        struct madt_io_apic io_apic;
        struct madt_local_apic local_apics[UINT8_MAX];
    } __attribute__((packed)) madt = {
        .head.local_apic = MICROVM_LOCAL_APIC,
        .io_apic = {.type = MADT_IO_APIC,
                    .length = sizeof(struct madt_io_apic),
                    .address = MICROVM_IO_APIC},
    };
    size_t length = offsetof(__typeof__(madt), local_apics) +
                    processors * sizeof(struct madt_local_apic);

    for (unsigned int i = 0; i < processors; i++)
        madt.local_apics[i] = (struct madt_local_apic){
            .type = MADT_LOCAL_APIC,
            .length = sizeof(struct madt_local_apic),
            .processor = (uint8_t)i,
            .apic = (uint8_t)i,
            .flags = ENABLED,
        };
    madt.head.header = table_header("APIC", (uint32_t)length, 5);
    madt.head.header.checksum = checksum(&madt, length);
    return put(place, &madt, length, address, error);
}

static int put_xsdt(struct place *place, uint64_t fadt, uint64_t madt,
                    uint64_t *address, struct error *error)
{
    struct {
        struct header header;
        uint64_t tables[2];
    } __attribute__((packed)) xsdt = {
        .header = table_header("XSDT", sizeof(xsdt), 1),
        .tables = {fadt, madt},
    };

    xsdt.header.checksum = checksum(&xsdt, sizeof(xsdt));
    return put(place, &xsdt, sizeof(xsdt), address, error);
}

static int put_rsdp(struct place *place, uint64_t xsdt, uint64_t *address,
                    struct error *error)
{
    struct rsdp rsdp = {
        .signature = {'R', 'S', 'D', ' ', 'P', 'T', 'R', ' '},
        .oem_id = {'R', 'N', 'G', 'S', 'I', 'D'},
        .revision = 2,
        .length = sizeof(rsdp),
        .xsdt = xsdt,
    };

    rsdp.checksum = checksum(&rsdp, offsetof(struct rsdp, length));
    rsdp.extended_checksum = checksum(&rsdp, sizeof(rsdp));
    return put(place, &rsdp, sizeof(rsdp), address, error);
}

int acpi_write(const struct guest_memory *memory, unsigned int processors,
               uint64_t *rsdp, struct error *error)
{
    const uint64_t size = MICROVM_SLOTS_PRESENT - MICROVM_ACPI;
    char *host =
        guest_memory_slice(memory, (struct guest_addr){MICROVM_ACPI}, size);
    struct place place = {host, host + size, MICROVM_ACPI};
    uint64_t dsdt = 0, fadt = 0, madt = 0, xsdt = 0;
    int status;

    if (host == NULL)
        return error_set(error, ENOMEM, "guest memory is too small for ACPI");
    if (processors == 0 || processors > UINT8_MAX)
        return error_set(error, EINVAL, "%u processors cannot be described",
                         processors);
    status = put(&place, dsdt_image, (size_t)(dsdt_image_end - dsdt_image),
                 &dsdt, error);
    if (status == 0)
        status = put_fadt(&place, dsdt, &fadt, error);
    if (status == 0)
        status = put_madt(&place, processors, &madt, error);
    if (status == 0)
        status = put_xsdt(&place, fadt, madt, &xsdt, error);
    if (status == 0)
        status = put_rsdp(&place, xsdt, rsdp, error);
    return status;
}

int acpi_set_slots(const struct guest_memory *memory, uint8_t present,
                   struct error *error)
{
    if (guest_memory_write(memory, (struct guest_addr){MICROVM_SLOTS_PRESENT},
                           &present, sizeof(present)) < 0)
        return error_set(error, ENOMEM, "guest memory is too small for ACPI");
    return 0;
}
