/* Making and running a unikernel; see unikernel.h. */
#include "vmm/unikernel.h"

#include "guests/unikernel/layout.h"
#include "oci/cleanup.h"
#include "vmm/boot.h"
#include "vmm/find.h"
#include "vmm/phases.h"
#include "vmm/program.h"
#include "vmm/system.h"
#include "vmm/unikernel_vcpu.h"

#include <errno.h>
#include <inttypes.h>

static int load(struct unikernel *unikernel, const struct bundle *bundle,
                struct page_tables *tables, struct program *program,
                char **executable, struct vcpu_start *start,
                struct error *error)
{
    _cleanup_close_ int fd = -1;
    int status = system_load(&unikernel->memory, tables, &start->entry, error);

    if (status < 0)
        return status;
    fd = find_program(bundle, executable, error);
    if (fd < 0)
        return fd;
    return program_load(fd, *executable, &unikernel->memory, tables, program,
                        error);
}

int unikernel_create(struct unikernel *unikernel, const struct bundle *bundle,
                     const struct unikernel_options *options,
                     struct error *error)
{
    struct vcpu_start start = {
        .stack = SYSTEM_BASE + SYSTEM_STACK_END,
        .argument = SYSTEM_BASE + SYSTEM_BOOT_INFO,
    };
    _cleanup_free_ char *executable = NULL;
    struct page_tables tables;
    struct program program = {0};
    struct boot_program what = {
        .program = &program, .bundle = bundle, .trace = options->trace};
    int status;

    if (options->memory_size < UNIKERNEL_MIN_MEMORY)
        return error_set(error, EINVAL,
                         "guest memory of %" PRIu64
                         " bytes is too small: a unikernel needs 8 MiB or more",
                         options->memory_size);
    unikernel->bundle = bundle;
    unikernel->options = *options;
    if (options->trace && (unikernel->trace = trace_create()) == NULL)
        return error_errno(error, ENOMEM, "--trace");
    status =
        guest_memory_create(&unikernel->memory, options->memory_size, error);
    phases_mark(PHASE_MEMORY);
    if (status == 0)
        status = load(unikernel, bundle, &tables, &program, &executable, &start,
                      error);
    phases_mark(PHASE_LOAD);
    if (status == 0)
        unikernel_hold_memory(&unikernel->memory, &program);
    if (status == 0)
        status = unikernel_make_vm(unikernel, error);
    if (status < 0)
        return status;
    start.page_table_root = tables.root;
    what.executable = executable;
    what.root = root_archive_address(&unikernel->memory);
    status =
        unikernel_vcpu_prepare(&unikernel->vm, &unikernel->vcpu, &start, error);
    if (status == 0)
        status = boot_prepare(&unikernel->vcpu, &unikernel->memory, &tables,
                              &what, error);
    phases_mark(PHASE_REGISTERS);
    return status;
}
