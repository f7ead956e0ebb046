/* Starting threads; see thread.h. */
#include "vmm/thread.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>

enum { STACK_SIZE = 128 << 10 };

/* What the new thread is told, until it has begun. */
struct beginning {
    void *(*function)(void *);
    void *argument;
    sem_t begun;
};

static void *begin(void *context)
{
    struct beginning *beginning = context;
    void *(*const function)(void *) = beginning->function;
    void *const argument = beginning->argument;

    sem_post(&beginning->begun);
    return function(argument);
}

static void await_beginning(struct beginning *beginning)
{
    while (sem_wait(&beginning->begun) < 0 && errno == EINTR)
        continue;
}

int thread_start(pthread_t *thread, void *(*function)(void *), void *argument,
                 int taken, const char *what, struct error *error)
{
    struct beginning beginning = {.function = function, .argument = argument};
    pthread_attr_t attributes;
    sigset_t blocked, before;
    int code = pthread_attr_init(&attributes);

    if (code != 0)
        return error_errno(error, code, "cannot start %s", what);
    sigfillset(&blocked);
    sigdelset(&blocked, SIGSYS); /* for who handles it: jail_seal.c */
    if (taken != 0)
        sigdelset(&blocked, taken);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_sigmask(SIG_SETMASK, &blocked, &before);
    sem_init(&beginning.begun, 0, 0);
    code = pthread_create(thread, &attributes, begin, &beginning);
    if (code == 0)
        await_beginning(&beginning);
    sem_destroy(&beginning.begun);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return code == 0 ? 0 : error_errno(error, code, "cannot start %s", what);
}
