/* System calls of a VMM that runs a unikernel; see unikernel_jail.h. */
#include "vmm/unikernel_jail.h"

#include "vmm/supervisor_message.h"

#include <asm/termbits.h>
#include <linux/kvm.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <asm/ioctls.h>

/* They act on open descriptors or on the process itself. */
static const uint32_t calls[] = {
    SYS_read,    /* standard input */
    SYS_write,   /* output; questions to the supervisor */
    SYS_recvmsg, /* its answers */
    SYS_ppoll,   /* waiting for streams, time and signals */
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_timer_settime,   /* of timers that exist */
    SYS_clock_gettime,   /* where the vDSO has no clock */
    SYS_restart_syscall, /* the kernel's, after a stop */
    SYS_exit_group,
#ifndef __GLIBC__
    SYS_writev, /* musl's standard I/O */
#endif
#ifdef __SANITIZE_ADDRESS__
    SYS_sigaltstack, /* this and the next: the sanitizer's, at its end */
    SYS_munmap,
#endif
};

static const uint32_t vcpu_requests[] = {
    KVM_RUN,       KVM_GET_REGS,    KVM_SET_REGS, KVM_GET_VCPU_EVENTS,
    KVM_TRANSLATE, KVM_GET_TSC_KHZ, KVM_GET_MSRS,
};

/* Those of terminal.c. */
static const uint32_t stream_requests[] = {
    TCGETS, TCSETS, TCSETSW, TCSETSF, TIOCGWINSZ, FIONREAD,
};

static void allow_requests(struct jail_rules *rules, int fd,
                           const uint32_t *requests, size_t count)
{
    for (size_t i = 0; i < count; i++)
        jail_allow_ioctl(rules, fd, requests[i]);
}

static void allow(struct jail_rules *rules, const struct unikernel *unikernel)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        jail_allow(rules, calls[i]);
    allow_requests(rules, unikernel->vcpu.fd, vcpu_requests,
                   sizeof(vcpu_requests) / sizeof(vcpu_requests[0]));
    allow_requests(rules, -1, stream_requests,
                   sizeof(stream_requests) / sizeof(stream_requests[0]));
    jail_allow_ioctl(rules, unikernel->vm.vm, KVM_SET_USER_MEMORY_REGION);
    jail_allow_ioctl(rules, unikernel->vm.kvm, KVM_CHECK_EXTENSION);
    /* Memory that the guest gives back, and its files, to be read only. */
    jail_allow_if(rules, SYS_madvise, 2, MADV_DONTNEED);
    jail_allow_if(rules, SYS_mmap, 2, PROT_READ);
    /* A terminal is given back as it was; see terminal_restore. */
    jail_allow_if(rules, SYS_rt_sigaction, 0, SIGTTOU);
}

static void allow_statistics(struct jail_rules *rules,
                             const struct unikernel *unikernel)
{
    jail_allow_ioctl(rules, unikernel->vcpu.fd, KVM_GET_STATS_FD);
    jail_allow(rules, SYS_pread64);
    jail_allow(rules, SYS_close);
}

/* Of its memory, which malloc(3) gets, to the file. */
static void allow_saving(struct jail_rules *rules,
                         const struct unikernel *unikernel)
{
    jail_allow_ioctl(rules, unikernel->vcpu.fd, KVM_GET_SREGS);
    jail_allow_ioctl(rules, unikernel->vcpu.fd, KVM_GET_XSAVE);
    jail_allow_if(rules, SYS_mmap, 2, PROT_READ | PROT_WRITE);
    jail_allow(rules, SYS_munmap);
    jail_allow(rules, SYS_brk);
    jail_allow(rules, SYS_pread64);
    jail_allow(rules, SYS_fdatasync);
}

/* The streams of whom the guest is run for become the process's own. */
static void allow_streams(struct jail_rules *rules)
{
    for (uint32_t i = 0; i <= STDERR_FILENO; i++)
        jail_allow_if(rules, SYS_dup2, 1, i);
}

int unikernel_seal(const struct unikernel *unikernel, const struct jail *jail,
                   const struct unikernel_duties *duties, struct error *error)
{
    int kept[4 + UNIKERNEL_KEPT] = {unikernel->vm.kvm, unikernel->vm.vm,
                                    unikernel->vcpu.fd, jail->channel};
    struct jail_descriptors descriptors = {.kept = kept, .count = 4};
    struct jail_rules rules = {.count = 0};
    int status = vcpu_enter_once(&unikernel->vcpu, error);

    if (status < 0)
        return status;
    for (size_t i = 0; i < duties->kept_count; i++)
        kept[descriptors.count++] = duties->kept[i];
    allow(&rules, unikernel);
    if (duties->statistics)
        allow_statistics(&rules, unikernel);
    if (duties->saves)
        allow_saving(&rules, unikernel);
    if (duties->is_engaged)
        allow_streams(&rules);
    /* The archive of the root file system; what engages it. */
    descriptors.to_come = 1 + (duties->is_engaged ? MESSAGE_DESCRIPTORS : 0);
    descriptors.writes_files = duties->is_engaged;
    return jail_seal(jail, &descriptors, &rules, error);
}
