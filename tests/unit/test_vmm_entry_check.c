/*
 * VM-entry checks: the state that the VMM sets passes, and breaking it in each
 * way that VT-x refuses is noticed.
 */
#include "vmm/entry_check.h"
#include "vmm/unikernel_vcpu.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct kvm_sregs sregs;
static struct kvm_regs regs;

static int unikernel_state(void **state)
{
    const struct vcpu_start start = {
        .entry = 0x700000010000,
        .stack = 0x700000100000,
        .page_table_root = 0x100000,
    };

    (void)state;
    memset(&sregs, 0, sizeof(sregs));
    unikernel_vcpu_registers(&start, &sregs, &regs);
    return 0;
}

static void the_unikernel_may_enter(void **state)
{
    struct error error = {0};
    int status = entry_check(&sregs, &regs, &error);

    (void)state;
    assert_string_equal(error.text, "");
    assert_int_equal(status, 0);
}

static void no_protection(void)
{
    sregs.cr0 &= ~1ull;
}
static void no_paging(void)
{
    sregs.cr0 &= ~(1ull << 31);
}
static void no_numeric_error(void)
{
    sregs.cr0 &= ~(1ull << 5);
}
static void wide_cr0(void)
{
    sregs.cr0 |= 1ull << 32;
}
static void vmxe(void)
{
    sregs.cr4 |= 1 << 13;
}
static void no_pae(void)
{
    sregs.cr4 &= ~(1ull << 5);
}
static void wide_cr3(void)
{
    sregs.cr3 = 1ull << 60;
}
static void efer_reserved(void)
{
    sregs.efer |= 2;
}
static void lma_without_lme(void)
{
    sregs.efer &= ~(1ull << 8);
}
static void data_in_cs(void)
{
    sregs.cs.type = 3;
}
static void cs_not_accessed(void)
{
    sregs.cs.type = 10;
}
static void cs_l_and_d(void)
{
    sregs.cs.db = 1;
}
static void cs_dpl(void)
{
    sregs.cs.dpl = 0;
}
static void cs_limit(void)
{
    sregs.cs.limit = 0xfffff000;
}
static void cs_absent(void)
{
    sregs.cs.present = 0;
}
static void ss_rpl(void)
{
    sregs.ss.selector = 0x28;
}
static void ss_dpl(void)
{
    sregs.ss.dpl = sregs.cs.dpl = 0;
}
static void ss_read_only(void)
{
    sregs.ss.type = 1;
}
static void ds_absent(void)
{
    sregs.ds.present = 0;
}
static void es_not_accessed(void)
{
    sregs.es.type = 2;
}
static void fs_base(void)
{
    sregs.fs.base = 1ull << 63;
}
static void gs_dpl(void)
{
    sregs.gs.dpl = 0;
}
static void tss_available(void)
{
    sregs.tr.type = 9;
}
static void tss_unusable(void)
{
    sregs.tr.unusable = 1;
}
static void tss_limit(void)
{
    sregs.tr.limit = 0x100000;
}
static void tss_in_ldt(void)
{
    sregs.tr.selector |= 4;
}
static void ldt_type(void)
{
    sregs.ldt.unusable = 0;
}
static void gdt_base(void)
{
    sregs.gdt.base = 1ull << 47;
}
static void idt_base(void)
{
    sregs.idt.base = 1ull << 63;
}
static void rip(void)
{
    regs.rip = 1ull << 47;
}
static void flags_fixed(void)
{
    regs.rflags = 0;
}
static void flags_reserved(void)
{
    regs.rflags |= 1 << 3;
}
static void flags_virtual(void)
{
    regs.rflags |= 1 << 17;
}

static void each_broken_rule_is_named(void **state)
{
    static const struct {
        void (*damage)(void);
        const char *subject;
    } cases[] = {
        {no_protection, "control"},
        {no_paging, "control"},
        {no_numeric_error, "control"},
        {wide_cr0, "control"},
        {vmxe, "control"},
        {no_pae, "control"},
        {wide_cr3, "control"},
        {efer_reserved, "control"},
        {lma_without_lme, "control"},
        {data_in_cs, "CS"},
        {cs_not_accessed, "CS"},
        {cs_l_and_d, "CS"},
        {cs_dpl, "CS"},
        {cs_limit, "CS"},
        {cs_absent, "CS"},
        {ss_rpl, "SS"},
        {ss_dpl, "SS"},
        {ss_read_only, "SS"},
        {ds_absent, "DS"},
        {es_not_accessed, "ES"},
        {fs_base, "FS"},
        {gs_dpl, "GS"},
        {tss_available, "TR"},
        {tss_unusable, "TR"},
        {tss_limit, "TR"},
        {tss_in_ldt, "TR"},
        {ldt_type, "LDTR"},
        {gdt_base, "GDTR"},
        {idt_base, "GDTR"},
        {rip, "RIP"},
        {flags_fixed, "RFLAGS"},
        {flags_reserved, "RFLAGS"},
        {flags_virtual, "RFLAGS"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = {0};

        unikernel_state(state);
        cases[i].damage();
        assert_int_equal(entry_check(&sregs, &regs, &error), -EINVAL);
        assert_non_null(strstr(error.text, cases[i].subject));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_unikernel_may_enter, unikernel_state),
        cmocka_unit_test_setup(each_broken_rule_is_named, unikernel_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
