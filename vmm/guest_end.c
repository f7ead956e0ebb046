/* The end of a guest, said once; see guest_end.h. */
#include "vmm/guest_end.h"

#include "oci/cleanup.h"

#include <sys/eventfd.h>

int guest_end_create(struct guest_end_signal *end, struct error *error)
{
    *end = (struct guest_end_signal){
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .event = eventfd(0, EFD_CLOEXEC),
    };
    if (end->event < 0)
        return error_errno(error, errno, "eventfd");
    return 0;
}

void guest_end_release(struct guest_end_signal *end)
{
    cleanup_close(&end->event);
    end->event = -1;
}

void guest_end_set(struct guest_end_signal *end, enum guest_end_reason reason,
                   int status, const struct error *error)
{
    pthread_mutex_lock(&end->lock);
    if (end->reason == GUEST_RUNNING) {
        end->reason = reason;
        end->status = status;
        if (error != NULL)
            end->error = *error;
        eventfd_write(end->event, 1);
    }
    pthread_mutex_unlock(&end->lock);
}
