/* Taking over what a restored guest is told anew; see renew.h. */
#include "guests/unikernel/renew.h"

#include "guests/unikernel/boot_info.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/random.h"
#include "guests/unikernel/scheduler.h"

void renew_after_restore(void)
{
    static uint64_t generation;
    const volatile struct boot_info *boot =
        (const struct boot_info *)(SYSTEM_BASE + SYSTEM_BOOT_INFO);
    const struct boot_info *fresh = (const struct boot_info *)boot;

    if (__builtin_expect(boot->generation == generation, 1))
        return;
    generation = boot->generation;
    clock_init(fresh);
    random_init(fresh->seed);
    scheduler_renew();
}
