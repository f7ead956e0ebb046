/* Starting threads; see thread.h. */
#include "vmm/thread.h"

#include <signal.h>

enum { STACK_SIZE = 128 << 10 };

int thread_start(pthread_t *thread, void *(*function)(void *), void *argument,
                 int taken, const char *what, struct error *error)
{
    pthread_attr_t attributes;
    sigset_t blocked, before;
    int code = pthread_attr_init(&attributes);

    if (code != 0)
        return error_errno(error, code, "cannot start %s", what);
    sigfillset(&blocked);
    if (taken != 0)
        sigdelset(&blocked, taken);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_sigmask(SIG_SETMASK, &blocked, &before);
    code = pthread_create(thread, &attributes, function, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return code == 0 ? 0 : error_errno(error, code, "cannot start %s", what);
}
