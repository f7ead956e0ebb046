/* The jailed process of a pool's guest; see pool_guest.h. */
#include "vmm/pool_guest.h"

#include "vmm/boot.h"
#include "vmm/interrupt.h"
#include "vmm/pool_asker.h"
#include "vmm/recorder.h"
#include "vmm/supervisor.h"
#include "vmm/unikernel_jail.h"
#include "vmm/upcall.h"
#include "vmm/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { SIGNAL_BASE = 128 };

/* The guest, and what it takes with it into the jail. */
struct life {
    const struct pool_guest *guest;
    struct unikernel unikernel;
    struct recorder recorder;
    struct boot_random random;
    uint64_t monotonic_ns; /* how long it had run when it was ready */
};

static int make(struct life *life, struct jail *jail, struct error *error)
{
    struct unikernel *unikernel = &life->unikernel;
    int status = recorder_reserve(&life->recorder);

    if (status < 0)
        return error_errno(error, -status, "the program's output");
    status = boot_draw(&life->random, error);
    if (status == 0)
        status = unikernel_create(unikernel, life->guest->bundle,
                                  &life->guest->options, error);
    unikernel->jail = jail;
    if (status == 0)
        status = upcall_watch(unikernel->vcpu.run, error);
    return status < 0 ? status : supervisor_await(jail, error);
}

static int enter_jail(const struct life *life, struct jail *jail,
                      struct error *error)
{
    const struct unikernel_duties duties = {.is_engaged = true};
    int status;

    if (life->guest->no_jail)
        return jail_tie_to_supervisor(jail, error);
    status = jail_confine(jail, error);
    return status < 0 ? status
                      : unikernel_seal(&life->unikernel, jail, &duties, error);
}

static int run_until_ready(struct life *life, struct error *error)
{
    struct unikernel *unikernel = &life->unikernel;
    int status;

    unikernel->recorder = &life->recorder;
    status = unikernel_run(unikernel, error);
    if (status == -EINTR)
        return error_set(error, EINTR, "interrupted");
    if (status == 0 && !unikernel->paused)
        return error_set(error, ECHILD,
                         "%s: the program ended with status %d and never wrote "
                         "the line \"ringside ready\"",
                         life->guest->bundle->directory,
                         unikernel->end.exit_status);
    if (status == 0)
        status = boot_elapsed(&unikernel->vcpu, &unikernel->memory,
                              &life->monotonic_ns, error);
    return status;
}

/* The guest's streams become the client's. */
static int take_streams(const int handed[MESSAGE_DESCRIPTORS],
                        struct error *error)
{
    for (int i = 0; i < POOL_STREAMS; i++) {
        if (dup2(handed[i], i) < 0)
            return error_errno(error, errno, "cannot take over the streams");
    }
    return 0;
}

static int resume(struct life *life, struct error *error)
{
    struct unikernel *unikernel = &life->unikernel;
    int status = boot_renew(&unikernel->vcpu, &unikernel->memory, &life->random,
                            life->monotonic_ns, error);

    if (status == 0)
        status =
            recorder_replay(life->recorder.kept.data, life->recorder.kept.size);
    return status < 0 ? status : unikernel_resume(unikernel, error);
}

/* Returns 0 with the exit status, also where a signal ended it. */
static int run(struct life *life, int *exit_status, struct error *error)
{
    struct unikernel *unikernel = &life->unikernel;
    int status = unikernel->paused ? resume(life, error)
                                   : unikernel_run(unikernel, error);

    if (status == 0 && unikernel->end.diagnostic.code != 0)
        fprintf(stderr, "%s: %s\n", VMM_NAME, unikernel->end.diagnostic.text);
    *exit_status = unikernel->end.exit_status;
    if (status != -EINTR)
        return status;
    *exit_status = SIGNAL_BASE + interrupt_pending();
    return 0;
}

static int serve(struct life *life, const struct jail *jail,
                 struct error *error)
{
    struct pool_answer answer = {
        .start = life->unikernel.paused ? POOL_PREPARED : POOL_COLD,
        .process = (uint32_t)jail->process,
    };
    int handed[MESSAGE_DESCRIPTORS];
    int status = supervisor_await_go(jail, handed, error), exit_status = 0;

    if (status == 0)
        status = take_streams(handed, error);
    if (status == 0)
        status = run(life, &exit_status, error);
    answer.exit_status = exit_status;
    if (status == 0)
        pool_asker_answer(handed[POOL_HANDED_CLIENT], &answer, "");
    return status;
}

int pool_guest_live(struct jail *jail, const struct pool_guest *guest,
                    int *exit_status, struct error *error)
{
    struct life life = {.guest = guest, .unikernel = UNIKERNEL_NONE};
    int status = make(&life, jail, error);

    *exit_status = 0;
    if (status == 0)
        status = enter_jail(&life, jail, error);
    if (status == 0 && life.guest->until_ready)
        status = run_until_ready(&life, error);
    return status < 0 ? status : serve(&life, jail, error);
}
