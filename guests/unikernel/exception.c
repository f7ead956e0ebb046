/* An exception ends the guest with a report; see entry.S for the way here. */
#include "guests/unikernel/layout.h"
#include "guests/unikernel/registers.h"
#include "guests/unikernel/vmm_call.h"

_Noreturn void exception_report(const struct exception_registers *registers);

_Noreturn void exception_report(const struct exception_registers *registers)
{
    const char *trap = (const char *)(SYSTEM_BASE + SYSTEM_TRAP);

    vmm_fault(registers,
              (const struct exception_record *)(SYSTEM_BASE + SYSTEM_TRAP +
                                                TRAP_EXCEPTION_RECORD),
              *(const uint64_t *)(trap + TRAP_CR2));
}
