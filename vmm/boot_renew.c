/*
 * The part of the boot information page that belongs to one guest alone. The
 * page may come out of a snapshot: it is guest memory, so nothing read from it
 * is trusted.
 */
#include "vmm/boot.h"

#include "guests/unikernel/layout.h"
#include "vmm/unikernel_vcpu.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static int read_boot_info(const struct guest_memory *memory,
                          struct boot_info *boot, struct error *error)
{
    if (guest_memory_read(memory, (struct guest_addr){SYSTEM_BOOT_INFO}, boot,
                          sizeof(*boot)) < 0 ||
        boot->magic != BOOT_INFO_MAGIC || boot->version != BOOT_INFO_VERSION ||
        boot->tsc_khz == 0)
        return error_set(error, EINVAL,
                         "the guest has lost its boot information");
    return 0;
}

int boot_elapsed(const struct vcpu *vcpu, const struct guest_memory *memory,
                 uint64_t *monotonic_ns, struct error *error)
{
    struct boot_info boot;
    uint64_t tsc, khz;
    int status = read_boot_info(memory, &boot, error);

    if (status == 0)
        status = unikernel_vcpu_tsc(vcpu, &tsc, &khz, error);
    if (status == 0)
        *monotonic_ns = boot.monotonic_ns +
                        (uint64_t)((unsigned __int128)(tsc - boot.tsc_base) *
                                   1000000 / boot.tsc_khz);
    return status;
}

static int fill_random(void *buffer, size_t size, struct error *error)
{
    if (getrandom(buffer, size, 0) != (ssize_t)size)
        return error_errno(error, errno, "getrandom");
    return 0;
}

int boot_draw(struct boot_random *random, struct error *error)
{
    int status = fill_random(random->seed, sizeof(random->seed), error);

    return status < 0 ? status
                      : fill_random(random->id, sizeof(random->id), error);
}

int boot_renew(const struct vcpu *vcpu, const struct guest_memory *memory,
               const struct boot_random *random, uint64_t monotonic_ns,
               struct error *error)
{
    struct boot_info boot;
    struct timespec now;
    int status = read_boot_info(memory, &boot, error);

    if (status == 0)
        status = unikernel_vcpu_tsc(vcpu, &boot.tsc_base, &boot.tsc_khz, error);
    if (status < 0)
        return status;
    memcpy(boot.seed, random->seed, sizeof(boot.seed));
    memcpy(boot.id, random->id, sizeof(boot.id));
    clock_gettime(CLOCK_REALTIME, &now);
    boot.wall_ns = (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
    boot.monotonic_ns = monotonic_ns;
    boot.generation++;
    return guest_memory_write(memory, (struct guest_addr){SYSTEM_BOOT_INFO},
                              &boot, sizeof(boot));
}
