/*
 * The guest's own stamps as phases: the library OS notes the TSC at its first
 * instruction and at the program's, which costs no exit.
 */
#include "vmm/unikernel.h"

#include "guests/unikernel/layout.h"
#include "vmm/phases.h"
#include "vmm/unikernel_vcpu.h"

void unikernel_mark_phases(const struct unikernel *unikernel)
{
    const struct guest_addr area = {SYSTEM_TRAP + TRAP_STAMPS};
    const uint64_t now_ns = phases_now();
    struct error ignored = {0};
    uint64_t stamps[2], tsc, khz;

    if (guest_memory_read(&unikernel->memory, area, stamps, sizeof(stamps)) <
            0 ||
        unikernel_vcpu_tsc(&unikernel->vcpu, &tsc, &khz, &ignored) < 0)
        return;
    for (size_t i = 0; i < 2; i++) {
        static const enum phase phases[] = {PHASE_INSTRUCTION, PHASE_PROGRAM};
        unsigned __int128 ago_ns =
            (unsigned __int128)(tsc - stamps[i]) * 1000000 / khz;

        if (stamps[i] != 0 && stamps[i] <= tsc && ago_ns < now_ns)
            phases_mark_at(phases[i], now_ns - (uint64_t)ago_ns);
    }
}
