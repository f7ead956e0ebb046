/* Preparing a vCPU; see unikernel_vcpu.h. */
#include "vmm/unikernel_vcpu.h"

#include "guests/unikernel/layout.h"
#include "vmm/checksum.h"
#include "vmm/cpuid.h"
#include "vmm/entry_check.h"
#include "vmm/phases.h"
#include "vmm/registers.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>

enum {
    MSR_ENTRIES = 3,
    CPUID_XSAVE = 1 << 26, /* leaf 1 ecx */
    HWCAP2_FSGSBASE = 1 << 1,
    MSR_TSC = 0x10,
    MSR_STAR = 0xc0000081,
    MSR_LSTAR = 0xc0000082,
    MSR_FMASK = 0xc0000084,
};

/* x87, SSE, AVX and the three parts of AVX-512; larger state is not needed. */
#define XCR0_WANTED 0xe7ull

static struct kvm_segment segment(uint16_t selector, uint8_t type, bool code)
{
    return (struct kvm_segment){
        .limit = 0xffffffff,
        .selector = selector,
        .type = type,
        .present = 1,
        .dpl = selector & 3,
        .db = !code,
        .s = 1,
        .l = code,
        .g = 1,
    };
}

void unikernel_vcpu_registers(const struct vcpu_start *start,
                              struct kvm_sregs *sregs, struct kvm_regs *regs)
{
    struct kvm_segment data =
        segment(SELECTOR_USER_DATA, TYPE_DATA_READ_WRITE, false);

    sregs->cs = segment(SELECTOR_USER_CODE, TYPE_CODE_READ, true);
    sregs->ds = sregs->es = sregs->fs = sregs->gs = sregs->ss = data;
    sregs->tr = (struct kvm_segment){
        .base = SYSTEM_BASE + SYSTEM_TSS,
        .limit = SYSTEM_TSS_SIZE - 1,
        .selector = SELECTOR_TSS,
        .type = TYPE_TSS_BUSY,
        .present = 1,
    };
    sregs->ldt = (struct kvm_segment){.unusable = 1};
    sregs->gdt = (struct kvm_dtable){
        .base = SYSTEM_BASE + SYSTEM_TABLES,
        .limit = SELECTOR_TSS + 15,
    };
    sregs->idt = (struct kvm_dtable){
        .base = SYSTEM_BASE + SYSTEM_IDT,
        .limit = EXCEPTION_VECTORS * 16 - 1,
    };
    sregs->cr0 = CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG;
    sregs->cr3 = start->page_table_root;
    sregs->cr4 = CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_FSGSBASE;
    sregs->efer = EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE;
    *regs = (struct kvm_regs){
        .rip = start->entry,
        .rsp = start->stack,
        .rdi = start->argument,
        .rflags = RFLAGS_RING3,
    };
}

/* struct kvm_msrs with room for its entries. */
union msr_list {
    struct kvm_msrs head;
    char storage[sizeof(struct kvm_msrs) +
                 MSR_ENTRIES * sizeof(struct kvm_msr_entry)];
};

/* Not every back end lists FSGSBASE as supported, so ask the host's kernel. */
static int check_processor(struct error *error)
{
    if (getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE)
        return 0;
    return error_set(error, ENOTSUP,
                     "this processor or kernel lacks FSGSBASE, which "
                     "unikernels need (Intel since Ivy Bridge, AMD since "
                     "Excavator, Linux since 5.9)");
}

/* The guest's processor is the host's, as far as KVM can give it. */
static int give_cpuid(const struct vm *vm, const struct vcpu *vcpu,
                      union cpuid_table *table, struct error *error)
{
    int status = cpuid_supported(vm, table, error);

    return status < 0 ? status : cpuid_give(vcpu, table, error);
}

/* The vector state that such a processor has, 0 without XSAVE. */
static uint64_t vector_state(union cpuid_table *table)
{
    const struct kvm_cpuid_entry2 *basic = cpuid_find(table, 1, 0);
    const struct kvm_cpuid_entry2 *vectors = cpuid_find(table, 0xd, 0);

    if (basic == NULL || !(basic->ecx & CPUID_XSAVE) || vectors == NULL)
        return 0;
    return vectors->eax & XCR0_WANTED;
}

static int give_vector_state(const struct vcpu *vcpu, uint64_t xcr0,
                             struct error *error)
{
    struct kvm_xcrs xcrs = {.nr_xcrs = 1, .xcrs = {{.value = xcr0}}};

    if (xcr0 != 0 && ioctl(vcpu->fd, KVM_SET_XCRS, &xcrs) < 0)
        return error_errno(error, errno, "KVM_SET_XCRS");
    return 0;
}

/*
 * A hypervisor may offset the TSC: ask it not to. Where it cannot,
 * unikernel_vcpu_tsc still tells the guest's count.
 */
static void give_tsc(const struct vcpu *vcpu)
{
    uint64_t offset = 0;
    struct kvm_device_attr attribute = {
        .group = KVM_VCPU_TSC_CTRL,
        .attr = KVM_VCPU_TSC_OFFSET,
        .addr = (uintptr_t)&offset,
    };

    ioctl(vcpu->fd, KVM_SET_DEVICE_ATTR, &attribute);
}

static int give_system_call(const struct vcpu *vcpu, struct error *error)
{
    static const struct kvm_msr_entry entries[MSR_ENTRIES] = {
        {.index = MSR_STAR, .data = (uint64_t)SELECTOR_KERNEL_CODE << 32},
        {.index = MSR_LSTAR, .data = SYSTEM_BASE + RING0_SYSCALL},
        {.index = MSR_FMASK, .data = 0},
    };
    union msr_list list = {.head = {.nmsrs = MSR_ENTRIES}};

    memcpy(list.head.entries, entries, sizeof(entries));
    if (ioctl(vcpu->fd, KVM_SET_MSRS, &list) != MSR_ENTRIES)
        return error_errno(error, errno, "KVM_SET_MSRS");
    return 0;
}

static int give_registers(const struct vcpu *vcpu, struct kvm_sregs *sregs,
                          const struct kvm_regs *regs, uint64_t xcr0,
                          struct error *error)
{
    int status;

    if (xcr0 != 0)
        sregs->cr4 |= CR4_OSXSAVE;
    status = entry_check(sregs, regs, error);
    if (status < 0)
        return status;
    if (ioctl(vcpu->fd, KVM_SET_REGS, regs) < 0)
        return error_errno(error, errno, "KVM_SET_REGS");
    if (ioctl(vcpu->fd, KVM_SET_SREGS, sregs) < 0)
        return error_errno(error, errno, "KVM_SET_SREGS");
    status = give_vector_state(vcpu, xcr0, error);
    if (status == 0)
        status = give_system_call(vcpu, error);
    if (status == 0)
        give_tsc(vcpu);
    return status;
}

int unikernel_vcpu_prepare(const struct vm *vm, const struct vcpu *vcpu,
                           const struct vcpu_start *start, struct error *error)
{
    union cpuid_table table;
    struct kvm_sregs sregs;
    struct kvm_regs regs;
    int status = check_processor(error);

    if (status == 0)
        status = give_cpuid(vm, vcpu, &table, error);
    phases_mark(PHASE_CPUID);
    if (status < 0)
        return status;
    if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs) < 0)
        return error_errno(error, errno, "KVM_GET_SREGS");
    unikernel_vcpu_registers(start, &sregs, &regs);
    return give_registers(vcpu, &sregs, &regs, vector_state(&table), error);
}

/* The leaves by which programs choose what instructions they use. */
static uint64_t features(union cpuid_table *table)
{
    static const struct {
        uint32_t function, index;
        bool eax, ebx, ecx, edx; /* without what tells processors apart */
    } leaves[] = {
        {1, 0, true, false, true, true},
        {7, 0, true, true, true, true},
        {7, 1, true, true, true, true},
        {0xd, 1, true, false, false, false},
        {0x80000001, 0, false, false, true, true},
        {0x80000008, 0, false, true, false, false},
    };
    uint64_t sum = CHECKSUM_START;

    for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
        const struct kvm_cpuid_entry2 *entry =
            cpuid_find(table, leaves[i].function, leaves[i].index);
        uint32_t words[4] = {0};

        if (entry == NULL)
            continue;
        words[0] = leaves[i].eax ? entry->eax : 0;
        words[1] = leaves[i].ebx ? entry->ebx : 0;
        words[2] = leaves[i].ecx ? entry->ecx : 0;
        words[3] = leaves[i].edx ? entry->edx : 0;
        sum = checksum_add(sum, words, sizeof(words));
    }
    return sum;
}

int unikernel_vcpu_describe(const struct vm *vm,
                            struct unikernel_vcpu_state *state,
                            struct error *error)
{
    union cpuid_table table;
    int status = cpuid_supported(vm, &table, error);

    if (status < 0)
        return status;
    state->xcr0 = vector_state(&table);
    state->features = features(&table);
    return 0;
}

int unikernel_vcpu_save(const struct vcpu *vcpu,
                        struct unikernel_vcpu_state *state, struct error *error)
{
    struct kvm_sregs sregs;

    if (ioctl(vcpu->fd, KVM_GET_REGS, &state->regs) < 0)
        return error_errno(error, errno, "KVM_GET_REGS");
    if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs) < 0)
        return error_errno(error, errno, "KVM_GET_SREGS");
    if (ioctl(vcpu->fd, KVM_GET_XSAVE, state->xsave) < 0)
        return error_errno(error, errno, "KVM_GET_XSAVE");
    state->fs_base = sregs.fs.base;
    state->gs_base = sregs.gs.base;
    state->page_table_root = sregs.cr3;
    return 0;
}

/* What the program cannot have set, the guest must not have after a restore. */
static int check_state(const struct unikernel_vcpu_state *state,
                       struct error *error)
{
    const uint64_t root = state->page_table_root;

    if ((state->regs.rflags & ~(uint64_t)RFLAGS_PROGRAM) != RFLAGS_FIXED)
        return error_set(error, EINVAL,
                         "its flags register is one that no program can have");
    if (root % PAGE_SIZE != 0 || root < SYSTEM_PAGE_TABLES ||
        root >= SYSTEM_SIZE)
        return error_set(error, EINVAL,
                         "its page tables lie where none can be");
    return 0;
}

int unikernel_vcpu_restore(const struct vm *vm, const struct vcpu *vcpu,
                           const struct unikernel_vcpu_state *state,
                           struct error *error)
{
    const struct vcpu_start start = {.page_table_root = state->page_table_root};
    union cpuid_table table;
    struct kvm_sregs sregs;
    struct kvm_regs regs;
    int status = check_processor(error);

    if (status == 0)
        status = check_state(state, error);
    if (status == 0)
        status = give_cpuid(vm, vcpu, &table, error);
    phases_mark(PHASE_CPUID);
    if (status < 0)
        return status;
    if (features(&table) != state->features ||
        vector_state(&table) != state->xcr0)
        return error_set(error, ENOTSUP,
                         "it was made on a processor with other features");
    if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs) < 0)
        return error_errno(error, errno, "KVM_GET_SREGS");
    unikernel_vcpu_registers(&start, &sregs, &regs);
    sregs.fs.base = state->fs_base;
    sregs.gs.base = state->gs_base;
    /* Not every back end shows IOPL; see layout.h. */
    regs = state->regs;
    regs.rflags |= RFLAGS_RING3;
    status = give_registers(vcpu, &sregs, &regs, state->xcr0, error);
    if (status == 0 && ioctl(vcpu->fd, KVM_SET_XSAVE, state->xsave) < 0)
        return error_errno(
            error, errno, "its vector registers make no sense (KVM_SET_XSAVE)");
    return status;
}

int unikernel_vcpu_tsc(const struct vcpu *vcpu, uint64_t *tsc, uint64_t *khz,
                       struct error *error)
{
    union msr_list list = {.head = {.nmsrs = 1}};
    int frequency = ioctl(vcpu->fd, KVM_GET_TSC_KHZ, 0);

    if (frequency <= 0)
        return error_errno(error, frequency < 0 ? errno : ENOTSUP,
                           "KVM_GET_TSC_KHZ");
    list.head.entries[0].index = MSR_TSC;
    if (ioctl(vcpu->fd, KVM_GET_MSRS, &list) != 1)
        return error_errno(error, errno, "KVM_GET_MSRS of the TSC");
    *tsc = list.head.entries[0].data;
    *khz = (uint64_t)frequency;
    return 0;
}
