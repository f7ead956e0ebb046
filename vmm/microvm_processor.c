/* vCPU threads; see microvm_processor.h. */
#include "vmm/microvm_processor.h"

#include "vmm/cpuid.h"
#include "vmm/exits.h"
#include "vmm/linux_boot.h"
#include "vmm/thread.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

enum {
    LEAF_FEATURES = 1,
    LEAF_TOPOLOGY = 0xb,
    LEAF_TOPOLOGY_V2 = 0x1f,
    APIC_ID_SHIFT = 24,
    FEATURE_TSC_DEADLINE = 1 << 24, /* leaf 1 ecx */
    LOCAL_APIC_LINT0 = 0x350,
    LOCAL_APIC_LINT1 = 0x360,
    DELIVERY_EXTINT = 0x700,
    DELIVERY_NMI = 0x400,
};

#define FEATURE_HYPERVISOR (1u << 31)

/*
 * Without the hypervisor bit the kernel never looks for kvm-clock and hangs
 * calibrating timers.
 */
static void adapt_cpuid(union cpuid_table *table, unsigned int index)
{
    for (uint32_t i = 0; i < table->head.nent; i++) {
        struct kvm_cpuid_entry2 *entry = &table->head.entries[i];

        if (entry->function == LEAF_FEATURES) {
            entry->ebx &= ~(0xffu << APIC_ID_SHIFT);
            entry->ebx |= index << APIC_ID_SHIFT;
            entry->ecx |= FEATURE_HYPERVISOR | FEATURE_TSC_DEADLINE;
        } else if (entry->function == LEAF_TOPOLOGY ||
                   entry->function == LEAF_TOPOLOGY_V2) {
            entry->edx = index;
        }
    }
}

static void set_register(struct kvm_lapic_state *apic, int offset,
                         uint32_t value)
{
    memcpy(apic->regs + offset, &value, sizeof(value));
}

/* As firmware leaves them: the old interrupt controller and NMI wired in. */
static int set_local_apic(const struct vcpu *vcpu, struct error *error)
{
    struct kvm_lapic_state apic;

    if (ioctl(vcpu->fd, KVM_GET_LAPIC, &apic) < 0)
        return error_errno(error, errno, "KVM_GET_LAPIC");
    set_register(&apic, LOCAL_APIC_LINT0, DELIVERY_EXTINT);
    set_register(&apic, LOCAL_APIC_LINT1, DELIVERY_NMI);
    if (ioctl(vcpu->fd, KVM_SET_LAPIC, &apic) < 0)
        return error_errno(error, errno, "KVM_SET_LAPIC");
    return 0;
}

static int set_entry(const struct vcpu *vcpu, const struct linux_kernel *kernel,
                     struct error *error)
{
    struct kvm_sregs sregs;
    struct kvm_regs regs;

    if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs) < 0)
        return error_errno(error, errno, "KVM_GET_SREGS");
    linux_boot_registers(kernel, &sregs, &regs);
    if (ioctl(vcpu->fd, KVM_SET_SREGS, &sregs) < 0)
        return error_errno(error, errno, "KVM_SET_SREGS");
    if (ioctl(vcpu->fd, KVM_SET_REGS, &regs) < 0)
        return error_errno(error, errno, "KVM_SET_REGS");
    return 0;
}

int microvm_processors_create(struct microvm *microvm,
                              const struct linux_kernel *kernel,
                              struct error *error)
{
    static union cpuid_table table;
    int status = cpuid_supported(&microvm->vm, &table, error);

    for (unsigned int i = 0; status == 0 && i < microvm->config->processors;
         i++) {
        struct microvm_processor *processor = &microvm->processors[i];

        *processor =
            (struct microvm_processor){.microvm = microvm, .vcpu = VCPU_NONE};
        microvm->processor_count = i + 1;
        status = vcpu_create(&microvm->vm, i, &processor->vcpu, error);
        if (status < 0)
            break;
        adapt_cpuid(&table, i);
        status = cpuid_give(&processor->vcpu, &table, error);
        if (status == 0)
            status = set_local_apic(&processor->vcpu, error);
        if (status == 0 && i == 0)
            status = set_entry(&processor->vcpu, kernel, error);
    }
    return status;
}

/* One access for each of count, as string instructions make them. */
static void serve_ports(struct microvm *microvm, struct kvm_run *run)
{
    char *data = (char *)run + run->io.data_offset;

    pthread_mutex_lock(&microvm->ports_lock);
    for (uint32_t i = 0; i < run->io.count; i++) {
        if (run->io.direction == KVM_EXIT_IO_OUT)
            bus_write(&microvm->ports, run->io.port, data, run->io.size);
        else
            bus_read(&microvm->ports, run->io.port, data, run->io.size);
        data += run->io.size;
    }
    pthread_mutex_unlock(&microvm->ports_lock);
}

static void serve_mmio(struct microvm *microvm, struct kvm_run *run)
{
    pthread_mutex_lock(&microvm->mmio_lock);
    if (run->mmio.is_write)
        bus_write(&microvm->mmio, run->mmio.phys_addr, run->mmio.data,
                  run->mmio.len);
    else
        bus_read(&microvm->mmio, run->mmio.phys_addr, run->mmio.data,
                 run->mmio.len);
    pthread_mutex_unlock(&microvm->mmio_lock);
}

/* Serves what the vCPU came out for; -EIO when nothing can. */
static int serve_exit(struct microvm_processor *processor, struct error *error)
{
    struct microvm *microvm = processor->microvm;
    struct kvm_run *run = processor->vcpu.run;

    switch (run->exit_reason) {
    case KVM_EXIT_IO:
        serve_ports(microvm, run);
        return 0;
    case KVM_EXIT_MMIO:
        serve_mmio(microvm, run);
        return 0;
    case KVM_EXIT_INTR:
        return 0;
    case KVM_EXIT_SHUTDOWN:
        /* A triple fault is how a kernel resets when all else fails. */
        guest_end_set(&microvm->end, GUEST_RESET, 0, NULL);
        return 0;
    default:
        return exit_unexpected(&processor->vcpu, &microvm->memory, error);
    }
}

static void *run_processor(void *argument)
{
    struct microvm_processor *processor = argument;
    struct microvm *microvm = processor->microvm;
    struct error error = {0};
    int status = 0;

    pthread_mutex_lock(&microvm->gate);
    pthread_mutex_unlock(&microvm->gate);
    while (status == 0 && !atomic_load(&microvm->stopping)) {
        if (ioctl(processor->vcpu.fd, KVM_RUN, 0) == 0)
            status = serve_exit(processor, &error);
        else if (errno != EINTR && errno != EAGAIN)
            status = error_errno(&error, errno, "KVM_RUN");
    }
    if (status < 0)
        guest_end_set(&microvm->end, GUEST_BROKEN, 0, &error);
    return NULL;
}

/* Its only effect is to interrupt KVM_RUN. */
static void kick(int signal)
{
    (void)signal;
}

int microvm_processors_start(struct microvm *microvm, struct error *error)
{
    const struct sigaction action = {.sa_handler = kick};
    int status = 0;

    if (sigaction(SIGRTMIN, &action, NULL) < 0)
        return error_errno(error, errno, "sigaction");
    pthread_mutex_lock(&microvm->gate);
    microvm->gate_is_shut = true;
    for (unsigned int i = 0; status == 0 && i < microvm->processor_count; i++) {
        struct microvm_processor *processor = &microvm->processors[i];

        status = thread_start(&processor->thread, run_processor, processor,
                              SIGRTMIN, "a vCPU thread", error);
        processor->started = status == 0;
    }
    return status;
}

void microvm_processors_release(struct microvm *microvm)
{
    if (!microvm->gate_is_shut)
        return;
    microvm->gate_is_shut = false;
    pthread_mutex_unlock(&microvm->gate);
}

/*
 * A kick that comes just before a write to whoever reads the serial port is
 * lost on it: so there is another, until the thread has ended.
 */
static void stop_thread(pthread_t thread)
{
    struct timespec next;

    do {
        pthread_kill(thread, SIGRTMIN);
        clock_gettime(CLOCK_REALTIME, &next);
        next.tv_sec++;
    } while (pthread_timedjoin_np(thread, NULL, &next) == ETIMEDOUT);
}

void microvm_processors_stop(struct microvm *microvm)
{
    atomic_store(&microvm->stopping, true);
    microvm_processors_release(microvm);
    for (unsigned int i = 0; i < microvm->processor_count; i++) {
        struct microvm_processor *processor = &microvm->processors[i];

        if (!processor->started)
            continue;
        processor->vcpu.run->immediate_exit = 1;
        stop_thread(processor->thread);
        processor->started = false;
    }
}
