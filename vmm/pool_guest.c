/* A prepared guest; see pool_guest.h. */
#include "vmm/pool_guest.h"

#include "oci/cleanup.h"
#include "vmm/boot.h"
#include "vmm/find.h"
#include "vmm/interrupt.h"
#include "vmm/upcall.h"

#include <errno.h>
#include <string.h>

static int config_path(const char *directory, char **path, struct error *error)
{
    if (asprintf(path, "%s/config.json", directory) < 0) {
        *path = NULL;
        return error_errno(error, ENOMEM, "%s", directory);
    }
    return 0;
}

/* Notes config.json and the program; before they are read. */
static int note_files(struct pool_guest *guest, struct error *error)
{
    _cleanup_free_ char *program = NULL, *config = NULL;
    _cleanup_close_ int fd = find_program(&guest->bundle, &program, error);
    int status =
        fd < 0 ? fd : config_path(guest->bundle.directory, &config, error);

    if (status < 0)
        return status;
    if (fstat(fd, &guest->program) < 0 || stat(config, &guest->config) < 0)
        return error_errno(error, errno, "%s", guest->bundle.directory);
    return 0;
}

static bool is_same(const struct stat *then, const struct stat *now)
{
    return then->st_dev == now->st_dev && then->st_ino == now->st_ino &&
           then->st_size == now->st_size &&
           then->st_ctim.tv_sec == now->st_ctim.tv_sec &&
           then->st_ctim.tv_nsec == now->st_ctim.tv_nsec;
}

bool pool_guest_fits(const struct pool_guest *guest, const char *directory)
{
    _cleanup_free_ char *program = NULL, *config = NULL;
    _cleanup_close_ int fd = -1;
    struct error ignored = {0};
    struct stat now;

    if (!guest->exists || strcmp(guest->bundle.directory, directory) != 0 ||
        config_path(directory, &config, &ignored) < 0 ||
        stat(config, &now) < 0 || !is_same(&guest->config, &now))
        return false;
    fd = find_program(&guest->bundle, &program, &ignored);
    return fd >= 0 && fstat(fd, &now) == 0 && is_same(&guest->program, &now);
}

static int run_until_ready(struct pool_guest *guest, struct error *error)
{
    struct unikernel *unikernel = &guest->unikernel;
    int status;

    unikernel->recorder = &guest->recorder;
    status = unikernel_run(unikernel, error);
    if (status == -EINTR)
        return error_set(error, EINTR, "interrupted");
    if (status == 0 && !unikernel->paused)
        return error_set(error, ECHILD,
                         "%s: the program ended with status %d and never wrote "
                         "the line \"ringside ready\"",
                         guest->bundle.directory, unikernel->end.exit_status);
    if (status == 0)
        status = boot_elapsed(&unikernel->vcpu, &unikernel->memory,
                              &guest->monotonic_ns, error);
    return status;
}

static uint64_t choose_memory(const struct bundle *bundle, uint64_t wanted)
{
    if (wanted != 0)
        return wanted;
    return bundle->resources.memory_limit > 0
               ? (uint64_t)bundle->resources.memory_limit
               : UNIKERNEL_DEFAULT_MEMORY;
}

int pool_guest_make(struct pool_guest *guest, const char *directory,
                    uint64_t memory_size, bool until_ready, struct error *error)
{
    struct unikernel_options options = {0};
    int status;

    *guest = (struct pool_guest){.unikernel = UNIKERNEL_NONE};
    status = bundle_load(directory, &guest->bundle, error);
    if (status < 0)
        return status;
    guest->exists = true;
    options.memory_size = choose_memory(&guest->bundle, memory_size);
    status = note_files(guest, error);
    if (status == 0)
        status = unikernel_create(&guest->unikernel, &guest->bundle, &options,
                                  error);
    if (status == 0)
        status = upcall_watch(guest->unikernel.vcpu.run, error);
    if (status == 0 && until_ready)
        status = run_until_ready(guest, error);
    return status;
}

static int resume(struct pool_guest *guest, struct error *error)
{
    struct unikernel *unikernel = &guest->unikernel;
    int status = boot_renew(&unikernel->vcpu, &unikernel->memory,
                            guest->monotonic_ns, error);

    if (status == 0)
        status = recorder_replay(guest->recorder.kept.data,
                                 guest->recorder.kept.size);
    return status < 0 ? status : unikernel_resume(unikernel, error);
}

int pool_guest_run(struct pool_guest *guest, int *exit_status,
                   struct error *error)
{
    struct unikernel *unikernel = &guest->unikernel;
    int status = unikernel->paused ? resume(guest, error)
                                   : unikernel_run(unikernel, error);

    if (status == 0 && unikernel->end.diagnostic.code != 0)
        fprintf(stderr, "ringside-vmm: %s\n", unikernel->end.diagnostic.text);
    *exit_status = unikernel->end.exit_status;
    return status;
}

void pool_guest_release(struct pool_guest *guest)
{
    if (!guest->exists)
        return;
    interrupt_unwatch();
    unikernel_release(&guest->unikernel);
    recorder_release(&guest->recorder);
    bundle_release(&guest->bundle);
    guest->exists = false;
}
