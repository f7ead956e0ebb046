/* Power and reset registers; see power.h. */
#include "vmm/power.h"

#include "vmm/microvm_layout.h"

#include <string.h>

enum { SLEEP_CONTROL = 0, RESET = 2, SLEEP_ENABLE = 1 << 5 };

static void power_read(struct device *device, uint64_t offset, void *data,
                       unsigned int size)
{
    (void)device;
    (void)offset;
    memset(data, 0, size);
}

static void power_write(struct device *device, uint64_t offset,
                        const void *data, unsigned int size)
{
    struct power *power = (struct power *)device;
    const uint8_t *bytes = data;

    for (unsigned int i = 0; i < size; i++) {
        if (offset + i == SLEEP_CONTROL && bytes[i] & SLEEP_ENABLE)
            guest_end_set(power->end, GUEST_POWERED_OFF, 0, NULL);
        else if (offset + i == RESET)
            guest_end_set(power->end, GUEST_RESET, 0, NULL);
    }
}

void power_create(struct power *power, struct guest_end_signal *end)
{
    _Static_assert(offsetof(struct power, device) == 0, "cast from device");

    *power = (struct power){
        .device =
            {
                .name = "power",
                .base = MICROVM_POWER_PORT,
                .size = MICROVM_POWER_SIZE,
                .read = power_read,
                .write = power_write,
            },
        .end = end,
    };
}
