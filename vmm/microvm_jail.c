/* System calls and descriptors of a microVM; see microvm_jail.h. */
#include "vmm/microvm_jail.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    MAX_KEPT = MICROVM_MAX_PROCESSORS + IO_LOOP_DESCRIPTORS + 8 +
               MICROVM_VIRTIO_SLOTS * (VIRTIO_QUEUES_MAX + 2),
    /* io_loop_add makes one to stand in for standard input, where that cannot
     * be waited for, and perhaps the next one before it closes that. */
    STAND_INS = 2,
};

/* They act on open descriptors, or on the process itself. */
static const uint32_t calls[] = {
    SYS_read,  /* eventfds */
    SYS_readv, /* standard input, into the guest */
    SYS_write, /* output; eventfds; what the supervisor is told */
    SYS_poll,  /* for who reads the output */
    SYS_ppoll, /* for the end, or a signal */
    SYS_epoll_wait,
    SYS_epoll_ctl,
    SYS_close,     /* of stand-ins */
    SYS_getrandom, /* virtio-rng */
    SYS_futex,     /* locks; the end of threads */
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_getpid,          /* pthread_kill */
    SYS_clock_gettime,   /* where the vDSO has no clock */
    SYS_restart_syscall, /* the kernel's, after a stop */
    SYS_exit,            /* of a thread */
    SYS_exit_group,
#ifdef __SANITIZE_ADDRESS__
    SYS_sigaltstack, /* this and the next: the sanitizer's, at the end */
    SYS_munmap,
#endif
};

/* Of any vCPU: which one makes no difference. */
static const uint32_t vcpu_requests[] = {
    KVM_RUN,
    KVM_GET_REGS,
    KVM_TRANSLATE,
};

static const uint32_t disk_calls[] = {
    SYS_preadv,
    SYS_pwritev,
    SYS_fdatasync,
};

static void allow_calls(struct jail_rules *rules, const uint32_t *numbers,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        jail_allow(rules, numbers[i]);
}

static void allow(struct jail_rules *rules, const struct microvm *microvm,
                  bool statistics)
{
    allow_calls(rules, calls, sizeof(calls) / sizeof(calls[0]));
    for (size_t i = 0; i < sizeof(vcpu_requests) / sizeof(vcpu_requests[0]);
         i++)
        jail_allow_ioctl(rules, -1, vcpu_requests[i]);
    jail_allow_if(rules, SYS_tgkill, 0, (uint32_t)getpid());
    jail_allow_if(rules, SYS_fcntl, 1, F_DUPFD_CLOEXEC);
    /* The C library's, for the stack of a thread that ends. */
    jail_allow_if(rules, SYS_madvise, 2, MADV_DONTNEED);
    if (microvm->config->disk_count > 0)
        allow_calls(rules, disk_calls,
                    sizeof(disk_calls) / sizeof(disk_calls[0]));
    if (microvm->config->tap != NULL) {
        jail_allow(rules, SYS_writev);
        jail_allow_ioctl(rules, -1, TUNSETOFFLOAD);
    }
    if (statistics) {
        jail_allow_ioctl(rules, -1, KVM_GET_STATS_FD);
        jail_allow(rules, SYS_pread64);
    }
}

static void keep(struct jail_descriptors *descriptors, int *kept, int fd)
{
    kept[descriptors->count++] = fd;
}

static void keep_device(struct jail_descriptors *descriptors, int *kept,
                        const struct virtio_mmio *mmio)
{
    keep(descriptors, kept, virtio_mmio_irq_fd(mmio));
    keep(descriptors, kept, virtio_mmio_host_fd(mmio));
    for (unsigned int i = 0; i < virtio_mmio_queue_count(mmio); i++)
        keep(descriptors, kept, virtio_mmio_queue_fd(mmio, i));
}

/* The VM's is for its interrupts, which end with it. */
static void keep_all(struct jail_descriptors *descriptors, int *kept,
                     const struct microvm *microvm)
{
    keep(descriptors, kept, microvm->vm.vm);
    keep(descriptors, kept, microvm->end.event);
    keep(descriptors, kept, microvm->serial.interrupt_fd);
    keep(descriptors, kept, microvm->guest_ports.phase_event);
    keep(descriptors, kept, microvm->control.to_guest[0]);
    keep(descriptors, kept, microvm->control.to_guest[1]);
    io_loop_descriptors(microvm->loop, kept + descriptors->count);
    descriptors->count += IO_LOOP_DESCRIPTORS;
    for (unsigned int i = 0; i < microvm->processor_count; i++)
        keep(descriptors, kept, microvm->processors[i].vcpu.fd);
    for (unsigned int i = 0; i < microvm->slot_count; i++)
        keep_device(descriptors, kept, microvm->slots[i]);
}

int microvm_seal(const struct microvm *microvm, const struct jail *jail,
                 bool statistics, struct error *error)
{
    int kept[MAX_KEPT];
    struct jail_descriptors descriptors = {.kept = kept, .to_come = STAND_INS};
    struct jail_rules rules = {.count = 0};
    int status = vcpu_enter_once(&microvm->processors[0].vcpu, error);

    if (status < 0)
        return status;
    allow(&rules, microvm, statistics);
    keep(&descriptors, kept, jail->channel);
    keep_all(&descriptors, kept, microvm);
    return jail_seal(jail, &descriptors, &rules, error);
}
