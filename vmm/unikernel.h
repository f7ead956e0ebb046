/*
 * A unikernel: one guest, memory and VM together, from a bundle to its end.
 */
#ifndef RINGSIDE_VMM_UNIKERNEL_H
#define RINGSIDE_VMM_UNIKERNEL_H

#include "oci/bundle.h"
#include "oci/error.h"
#include "vmm/kvm.h"
#include "vmm/memory.h"
#include "vmm/program.h"
#include "vmm/root_archive.h"
#include "vmm/trace.h"

#include <stdbool.h>
#include <stdint.h>

/* How a guest ended. */
struct guest_end {
    bool ended;
    int exit_status;         /* 0..255, or 128 + signal */
    struct error diagnostic; /* code != 0: one line about a fault */
};

struct unikernel_options {
    uint64_t memory_size; /* bytes */
    bool trace;           /* print system calls on stderr */
    struct root_options root;
};

/* A hypercall that is to be served when the guest goes on. */
struct pending_call {
    uint32_t number;
    uint32_t address; /* of its structure, guest-physical */
};

struct unikernel {
    struct guest_memory memory;
    struct vm vm;
    struct vcpu vcpu;
    struct unikernel_options options;
    const struct bundle *bundle; /* borrowed, for its rootfs */
    const struct jail *jail;     /* borrowed; NULL: none, files are at hand */
    struct root_archive root;    /* empty until the guest attaches it */
    struct error failure;        /* code != 0: what the VMM could not do */
    struct trace *trace;         /* NULL without options.trace */
    struct guest_end end;
    struct recorder *recorder; /* borrowed; NULL: output goes out */
    bool paused;               /* at `pending`: the recorder is ready */
    struct pending_call pending;
};

#define UNIKERNEL_NONE ((struct unikernel){.vm = VM_NONE, .vcpu = VCPU_NONE})

struct recorder;
struct jail;

enum {
    UNIKERNEL_MIN_MEMORY = 8 << 20,
    UNIKERNEL_DEFAULT_MEMORY = 512 << 20,
};

/*
 * Makes a guest that will run the bundle's process: its
 * arguments, environment, working directory and ids, its program out of its
 * rootfs. The bundle must stay until the guest is released: its files are read
 * when the program first names one. Errors as of the parts. The caller releases
 * it, also after failure.
 */
int unikernel_create(struct unikernel *unikernel, const struct bundle *bundle,
                     const struct unikernel_options *options,
                     struct error *error);

/*
 * Has the middle of a unikernel's memory held back from KVM, where there is
 * enough of it; before vm_create.
 */
void unikernel_hold_memory(struct guest_memory *memory,
                           const struct program *program);

/*
 * Gets the archive of the bundle's root file system and puts it into the
 * guest; once is enough. Returns its size, or a negative errno with
 * unikernel->failure set, which ends unikernel_run.
 */
int64_t unikernel_attach_root(struct unikernel *unikernel);

/*
 * Makes the VM over the guest's memory and its vCPU. Errors: of the parts;
 * unikernel_release also after failure.
 */
int unikernel_make_vm(struct unikernel *unikernel, struct error *error);

/*
 * Runs the guest until it ends; unikernel->end then says how. One with a
 * recorder is left paused once that is ready; unikernel_resume lets it go on.
 * Returns 0, or
 * -EINTR when interrupted by vcpu_interrupt, or the error of a VM that cannot
 * go on.
 */
int unikernel_run(struct unikernel *unikernel, struct error *error);

/* Serves the pending call of a paused guest and runs it, as unikernel_run. */
int unikernel_resume(struct unikernel *unikernel, struct error *error);

/*
 * Notes when the guest ran its first instruction and the program's, which the
 * library OS has stamped (phases.h). Call it after the run.
 */
void unikernel_mark_phases(const struct unikernel *unikernel);

void unikernel_release(struct unikernel *unikernel);

#endif
