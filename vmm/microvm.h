/*
 * A microVM: a Linux guest on a machine that has just what it needs: memory,
 * processors, interrupt controllers of the kernel's, a serial console, power,
 * and virtio-mmio devices, described by ACPI.
 */
#ifndef RINGSIDE_VMM_MICROVM_H
#define RINGSIDE_VMM_MICROVM_H

#include "oci/bundle.h"
#include "oci/error.h"
#include "vmm/control.h"
#include "vmm/guest_end.h"
#include "vmm/guest_ports.h"
#include "vmm/io_loop.h"
#include "vmm/kvm.h"
#include "vmm/memory.h"
#include "vmm/microvm_layout.h"
#include "vmm/power.h"
#include "vmm/process_spec.h"
#include "vmm/serial.h"
#include "vmm/virtio_mmio.h"

#include <stdatomic.h>
#include <stdint.h>

enum {
    MICROVM_MAX_PROCESSORS = 32,
    MICROVM_MIN_MEMORY = 96 << 20,
    MICROVM_DEFAULT_MEMORY = 512 << 20,
    MICROVM_MAX_DISKS = 4,
    MICROVM_BOOT_SECONDS = 120,
};

struct microvm_disk {
    const char *path;
    bool read_only;
};

/* What is to be made; strings are the caller's and outlive the microVM. */
struct microvm_config {
    uint64_t memory_size;
    unsigned int processors;
    const char *kernel;    /* bzImage or vmlinux */
    const char *initramfs; /* instead of one made of the bundle; may be NULL */
    const char *extra_command_line; /* appended to ours; may be NULL */
    bool console;                   /* the kernel's messages on stderr */
    struct microvm_disk disks[MICROVM_MAX_DISKS];
    size_t disk_count;
    struct guest_network network; /* of eth0; prefix 0: no address */
    const char *tap; /* name of a tap interface to use; NULL: no network */
    const char *network_namespace; /* where it lies; NULL: the caller's */
    bool own_network;              /* it is made in a new namespace instead */
    int boot_seconds; /* longest that the start of the program may take; 0:
                         the default, none for an initramfs of the user's */
};

struct microvm;

/* A thread that runs one processor. */
struct microvm_processor {
    struct microvm *microvm;
    struct vcpu vcpu;
    pthread_t thread;
    bool started;
};

struct microvm {
    const struct microvm_config *config;
    struct guest_memory memory;
    struct vm vm;
    struct microvm_processor processors[MICROVM_MAX_PROCESSORS];
    unsigned int processor_count;
    struct bus ports, mmio;
    pthread_mutex_t ports_lock, mmio_lock;
    struct serial serial;
    struct power power;
    struct guest_ports guest_ports;
    struct io_loop *loop;
    struct virtio_mmio *slots[MICROVM_VIRTIO_SLOTS];
    unsigned int slot_count;
    struct guest_end_signal end;
    atomic_bool stopping;
    pthread_mutex_t gate; /* held while no processor may enter the guest */
    bool gate_is_shut;
    struct control control;
};

/*
 * Has the calling process be where the tap lies, for microvm_create; without
 * one nothing is done. Errors: of netns_enter.
 */
int microvm_enter_network(const struct microvm_config *config,
                          struct error *error);

/*
 * Makes the machine and loads kernel and initramfs, ready to run the bundle's
 * process. Errors as of the parts; -ENOTSUP where the host's KVM cannot run a
 * Linux kernel. The caller releases it, also after failure.
 */
int microvm_create(struct microvm *microvm, const struct microvm_config *config,
                   const struct bundle *bundle, struct error *error);

/*
 * Makes all threads; the processors' wait for microvm_run. Signals are watched
 * from now on (interrupt.h). Errors: of sigaction(2), pthread_create(3).
 */
int microvm_start(struct microvm *microvm, struct error *error);

/*
 * Runs it to its end, after microvm_start. Signals go to the program once it
 * runs, and before that end the guest. Returns 0 with the status to exit with
 * (128 + n for death by signal n), -EINTR when interrupted (interrupt.h),
 * -ETIMEDOUT where the program was not started in time, or the error of a guest
 * that could not go on; the error of a boot that failed has the guest's last
 * console lines.
 */
int microvm_run(struct microvm *microvm, int *exit_status, struct error *error);

void microvm_release(struct microvm *microvm);

/* Why this host's KVM cannot run Linux guests, NULL where it can. */
const char *microvm_unsupported(void);

#endif
