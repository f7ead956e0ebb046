/* Around the handler of a system call that is traced; see trace.h. */
#include "guests/unikernel/trace.h"

#include "guests/unikernel/hypercall.h"
#include "guests/unikernel/scheduler.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/errno.h>
#include <stddef.h>

static void tell(uint64_t event, const struct registers *call, int64_t value)
{
    const struct hypercall_trace what = {
        .event = event,
        .number = call->rax,
        .arguments = {call->rdi, call->rsi, call->rdx, call->r10, call->r8,
                      call->r9},
        .value = value,
    };

    vmm_trace(&what);
}

int64_t trace_serve(const struct registers *call, syscall_handler *handler)
{
    const bool again = thread_restarted();
    int64_t result;

    if (handler == NULL) {
        tell(TRACE_UNKNOWN, call, -ENOSYS);
        return -ENOSYS;
    }
    if (!again)
        tell(TRACE_BEGIN, call, 0);
    result = handler(call);
    if (result == THREAD_RESUME)
        tell(TRACE_END, call, (int64_t)thread_current->context.general.rax);
    else if (result != THREAD_WAIT && result != THREAD_GONE)
        tell(TRACE_END, call, result);
    else if (!again)
        tell(TRACE_WAIT, call, 0);
    return result;
}
