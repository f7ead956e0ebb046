/*
 * VM-entry checks, in the manual's order: control registers and MSRs
 * (26.3.1.1), segment registers (26.3.1.2), descriptor tables (26.3.1.3), RIP
 * and RFLAGS (26.3.1.4). Each rule is a row: what must hold, in words.
 */
#include "vmm/entry_check.h"

#include "vmm/registers.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rule {
    bool holds;
    const char *words;
};

static int check_rules(const struct rule *rules, size_t count,
                       const char *subject, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (!rules[i].holds)
            return error_set(error, EINVAL, "VM entry: %s: %s", subject,
                             rules[i].words);
    }
    return 0;
}

#define CHECK(rules, subject, error) \
    check_rules(rules, sizeof(rules) / sizeof((rules)[0]), subject, error)

static bool is_canonical(uint64_t address)
{
    return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

static int check_control(const struct kvm_sregs *s, struct error *error)
{
    bool long_mode = s->efer & EFER_LMA;
    const struct rule rules[] = {
        {s->cr0 & CR0_PE && s->cr0 & CR0_PG, "CR0 must have PE and PG"},
        {s->cr0 & CR0_NE, "CR0 must have NE"},
        {s->cr0 >> 32 == 0, "CR0 must not exceed 32 bits"},
        {!(s->cr4 & CR4_VMXE), "CR4.VMXE belongs to KVM"},
        {!(s->cr4 & CR4_CET) || s->cr0 & CR0_WP, "CR4.CET needs CR0.WP"},
        {!long_mode || s->cr4 & CR4_PAE, "long mode needs CR4.PAE"},
        {long_mode || !(s->cr4 & CR4_PCIDE), "CR4.PCIDE needs long mode"},
        {s->cr3 >> 52 == 0, "CR3 must be a physical address"},
        {!(s->efer & ~(uint64_t)(EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE)),
         "EFER has reserved bits"},
        {long_mode == !!(s->efer & EFER_LME),
         "with paging on, EFER.LMA must equal EFER.LME"},
    };

    return CHECK(rules, "control registers", error);
}

static bool limit_fits_granularity(const struct kvm_segment *segment)
{
    bool low_ones = (segment->limit & 0xfff) == 0xfff;
    bool high_zero = (segment->limit & 0xfff00000) == 0;

    return segment->g ? low_ones : high_zero;
}

static int check_code(const struct kvm_sregs *s, struct error *error)
{
    const struct kvm_segment *cs = &s->cs;
    const struct rule rules[] = {
        {!cs->unusable && cs->present && cs->s, "must be usable and present"},
        {cs->type & TYPE_CODE && cs->type & TYPE_ACCESSED,
         "must be accessed code"},
        {cs->base >> 32 == 0, "base must not exceed 32 bits"},
        {!(cs->l && cs->db), "L and D must not both be set"},
        {s->efer & EFER_LMA || !cs->l, "L needs long mode"},
        {cs->type & 4 ? cs->dpl <= s->ss.dpl : cs->dpl == s->ss.dpl,
         "DPL must agree with that of SS"},
        {limit_fits_granularity(cs), "limit and G disagree"},
    };

    return CHECK(rules, "CS", error);
}

static int check_stack(const struct kvm_sregs *s, struct error *error)
{
    const struct kvm_segment *ss = &s->ss;
    const struct rule rules[] = {
        {(ss->selector & 3) == (s->cs.selector & 3),
         "RPL must equal that of CS"},
        {ss->dpl == (ss->selector & 3), "DPL must equal the RPL"},
        {ss->unusable ||
             (ss->s && ss->present &&
              (ss->type == (TYPE_WRITE | TYPE_ACCESSED) || ss->type == 7)),
         "must be accessed writable data"},
        {ss->unusable || ss->base >> 32 == 0, "base must not exceed 32 bits"},
        {ss->unusable || limit_fits_granularity(ss), "limit and G disagree"},
    };

    return CHECK(rules, "SS", error);
}

static int check_data(const struct kvm_segment *segment, bool wide_base,
                      const char *name, struct error *error)
{
    const struct rule rules[] = {
        {wide_base ? is_canonical(segment->base)
                   : segment->unusable || segment->base >> 32 == 0,
         "base is out of range"},
        {segment->unusable || (segment->s && segment->present),
         "must be present"},
        {segment->unusable || segment->type & TYPE_ACCESSED,
         "must be accessed"},
        {segment->unusable || !(segment->type & TYPE_CODE) ||
             segment->type & TYPE_WRITE,
         "must be readable"},
        {segment->unusable || segment->type >= 12 ||
             segment->dpl >= (segment->selector & 3),
         "DPL must not be below the RPL"},
        {segment->unusable || limit_fits_granularity(segment),
         "limit and G disagree"},
    };

    return CHECK(rules, name, error);
}

static int check_system(const struct kvm_sregs *s, struct error *error)
{
    const struct kvm_segment *tr = &s->tr, *ldt = &s->ldt;
    const struct rule task[] = {
        {!tr->unusable && tr->present && !tr->s, "must be usable and present"},
        {tr->type == TYPE_TSS_BUSY || (tr->type == 3 && !(s->efer & EFER_LMA)),
         "must be a busy TSS"},
        {!(tr->selector & 4), "must not lie in the LDT"},
        {is_canonical(tr->base), "base must be canonical"},
        {limit_fits_granularity(tr), "limit and G disagree"},
    };
    const struct rule local[] = {
        {ldt->unusable || (ldt->type == TYPE_LDT && ldt->present && !ldt->s),
         "must be unusable or a present LDT"},
        {ldt->unusable || is_canonical(ldt->base), "base must be canonical"},
        {ldt->unusable || !(ldt->selector & 4), "must not lie in the LDT"},
    };
    const struct rule tables[] = {
        {is_canonical(s->gdt.base) && is_canonical(s->idt.base),
         "bases must be canonical"},
    };
    int status = CHECK(task, "TR", error);

    if (status == 0)
        status = CHECK(local, "LDTR", error);
    if (status == 0)
        status = CHECK(tables, "GDTR and IDTR", error);
    return status;
}

static int check_flow(const struct kvm_sregs *s, const struct kvm_regs *r,
                      struct error *error)
{
    bool code64 = s->efer & EFER_LMA && s->cs.l;
    const struct rule rules[] = {
        {code64 ? is_canonical(r->rip) : r->rip >> 32 == 0,
         "RIP is out of range"},
        {r->rflags & RFLAGS_FIXED, "RFLAGS bit 1 must be set"},
        {r->rflags >> 32 == 0 && !(r->rflags & RFLAGS_RESERVED),
         "RFLAGS has reserved bits"},
        {!(s->efer & EFER_LMA) || !(r->rflags & RFLAGS_VM),
         "RFLAGS.VM needs legacy mode"},
    };

    return CHECK(rules, "RIP and RFLAGS", error);
}

int entry_check(const struct kvm_sregs *s, const struct kvm_regs *r,
                struct error *error)
{
    const struct {
        const struct kvm_segment *segment;
        bool wide_base;
        const char *name;
    } data[] = {
        {&s->ds, false, "DS"},
        {&s->es, false, "ES"},
        {&s->fs, true, "FS"},
        {&s->gs, true, "GS"},
    };
    int status = check_control(s, error);

    if (status == 0)
        status = check_code(s, error);
    if (status == 0)
        status = check_stack(s, error);
    for (size_t i = 0; status == 0 && i < sizeof(data) / sizeof(data[0]); i++)
        status =
            check_data(data[i].segment, data[i].wide_base, data[i].name, error);
    if (status == 0)
        status = check_system(s, error);
    if (status == 0)
        status = check_flow(s, r, error);
    return status;
}
