/*
 * All workers wait in accept(2) on one socket, so the kernel hands a client
 * straight to a worker whose guest is ready; that looks whether the bundle is
 * still what it was, which its guest's process could not, and hands the client
 * over. A worker serves one client and ends; the daemon replaces it
 * (pool_daemon.c). What a guest does wrong, or a client that is gone, takes one
 * guest with it.
 */
#include "vmm/pool_worker.h"

#include "oci/cleanup.h"
#include "vmm/pool_asker.h"
#include "vmm/pool_bundle.h"
#include "vmm/pool_guest.h"
#include "vmm/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LAST_PRIORITY = 19 };

struct worker {
    const struct pool_options *options;
    int listener, report; /* -1: closed */
    struct pool_bundle bundle;
    struct pool_guest guest;
    struct pool_asker asker;         /* fd < 0: nobody has asked yet */
    int handed[MESSAGE_DESCRIPTORS]; /* what is to go to the guest */
    bool is_unfit; /* the guest is not what the client asks for */
};

static uint64_t choose_memory(const struct bundle *bundle, uint64_t wanted)
{
    if (wanted != 0)
        return wanted;
    return bundle->resources.memory_limit > 0
               ? (uint64_t)bundle->resources.memory_limit
               : UNIKERNEL_DEFAULT_MEMORY;
}

static void tell(struct worker *worker, const struct error *error)
{
    struct pool_report packet = {.failed = error->code};

    if (worker->report < 0)
        return;
    snprintf(packet.text, sizeof(packet.text), "%s", error->text);
    while (write(worker->report, &packet, sizeof(packet)) < 0 && errno == EINTR)
        continue;
    cleanup_close(&worker->report);
    worker->report = -1;
}

/* The next client. From then on the daemon's end is not ours, and nobody must
 * find the socket open once it is gone. */
static int accept_client(struct worker *worker)
{
    const struct error none = {0};
    int status;

    tell(worker, &none);
    status = pool_asker_accept(worker->listener, &worker->asker);
    cleanup_close(&worker->listener);
    worker->listener = -1;
    prctl(PR_SET_PDEATHSIG, 0);
    return status;
}

/* Its guest is ready: for whom? */
static int engage(void *context, int **handed, int *watched)
{
    struct worker *worker = context;
    struct pool_asker *asker = &worker->asker;

    /* Else it was made for who has asked. */
    if (asker->fd < 0) {
        int status = accept_client(worker);

        if (status < 0)
            return status;
        worker->is_unfit =
            !pool_bundle_fits(&worker->bundle, asker->request.bundle);
    }
    if (worker->is_unfit)
        return -ESTALE;
    for (int i = 0; i < POOL_STREAMS; i++)
        worker->handed[i] = take_fd(&asker->streams[i]);
    worker->handed[POOL_HANDED_CLIENT] = fcntl(asker->fd, F_DUPFD_CLOEXEC, 0);
    *handed = worker->handed;
    *watched = asker->fd;
    return 0;
}

static int open_root(void *context, uint64_t *size, struct error *error)
{
    const struct worker *worker = context;

    return root_archive_open(&worker->bundle.bundle, &worker->options->root,
                             size, error);
}

/* In the guest's process, which has no use for what is the worker's. */
static int live(struct jail *jail, void *context, int *exit_status,
                struct error *error)
{
    struct worker *worker = context;

    cleanup_close(&worker->listener);
    cleanup_close(&worker->report);
    pool_asker_release(&worker->asker);
    return pool_guest_live(jail, &worker->guest, exit_status, error);
}

/* A guest of the bundle in directory, from its making to its end; *exit_status
 * is 0 where the client has its answer. */
static int run_guest(struct worker *worker, const char *directory,
                     bool until_ready, int *exit_status, struct error *error)
{
    const struct ward ward = {
        .run = live,
        .open_root = open_root,
        .engage = engage,
        .context = worker,
        .handed_over = -1,
    };
    int status = pool_bundle_load(&worker->bundle, directory, error);

    if (status < 0)
        return status;
    worker->guest = (struct pool_guest){
        .bundle = &worker->bundle.bundle,
        .until_ready = until_ready,
        .no_jail = worker->options->no_jail,
    };
    worker->guest.options.memory_size =
        choose_memory(&worker->bundle.bundle, worker->options->memory_size);
    worker->guest.options.root = worker->options->root;
    return supervisor_run(&ward, exit_status, error);
}

/* What the guest's process did not say itself: why it failed, or what killed
 * it. */
static void answer(const struct worker *worker, int status, int exit_status,
                   const struct error *error)
{
    struct pool_answer answer = {
        .failed = -status,
        .exit_status = exit_status,
        .start = POOL_COLD,
        .process = (uint32_t)getpid(),
    };

    if (worker->asker.fd >= 0 && (status < 0 || exit_status != 0))
        pool_asker_answer(worker->asker.fd, &answer, error->text);
}

/* A guest that has died while it was ready has taken nothing. */
static bool has_died_before(const struct worker *worker)
{
    return worker->handed[0] >= 0;
}

/* The client's own bundle, as nothing of it is ready. */
static int run_cold(struct worker *worker, int *exit_status,
                    struct error *error)
{
    if (has_died_before(worker)) {
        for (int i = 0; i < POOL_STREAMS; i++)
            worker->asker.streams[i] = take_fd(&worker->handed[i]);
        cleanup_close(&worker->handed[POOL_HANDED_CLIENT]);
    }
    worker->is_unfit = false;
    pool_bundle_release(&worker->bundle);
    return run_guest(worker, worker->asker.request.bundle, false, exit_status,
                     error);
}

/* The daemon's streams are nobody's business. */
static void drop_streams(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int i = 0; null >= 0 && i < POOL_STREAMS; i++)
        dup2(null, i);
    cleanup_close(&null);
}

int pool_worker(int listener, int report, const struct pool_options *options)
{
    struct worker worker = {.options = options,
                            .listener = listener,
                            .report = report,
                            .asker = POOL_ASKER_NONE,
                            .handed = {-1, -1, -1, -1}};
    struct error error = {0};
    int status = 0, exit_status = 0;

    signal(SIGPIPE, SIG_IGN);
    drop_streams();
    if (options->bundle != NULL)
        status =
            run_guest(&worker, options->bundle, true, &exit_status, &error);
    else
        worker.is_unfit = accept_client(&worker) == 0;
    if (status < 0)
        tell(&worker, &error);
    if (worker.is_unfit || has_died_before(&worker))
        status = run_cold(&worker, &exit_status, &error);
    answer(&worker, status, exit_status, &error);
    pool_asker_release(&worker.asker);
    pool_bundle_release(&worker.bundle);
    setpriority(PRIO_PROCESS, 0, LAST_PRIORITY);
    return 0;
}
