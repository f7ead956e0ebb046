/* What the doctor says of made-up hosts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/doctor.h"

#include <string.h>

/* The finding of one check on a host given as JSON. */
static struct finding examine(const char *subject, const char *host)
{
    json_t *facts = json_loads(host, 0, NULL);
    struct finding finding = {0};

    assert_non_null(facts);
    for (const struct check *check = doctor_checks; check->subject != NULL;
         check++) {
        if (strcmp(check->subject, subject) == 0) {
            check->judge(facts, &finding);
            json_decref(facts);
            return finding;
        }
    }
    fail_msg("there is no check \"%s\"", subject);
    return finding;
}

static void a_slow_governor_is_noisy_and_can_be_mended(void **state)
{
    struct finding finding =
        examine("governor", "{\"cpu\": {\"governor\": \"powersave\"}}");

    (void)state;
    assert_int_equal(finding.kind, FINDING_NOISY);
    assert_non_null(strstr(finding.text, "powersave"));
    assert_non_null(strstr(finding.remedy, "performance"));
    finding = examine("governor", "{\"cpu\": {\"governor\": \"performance\"}}");
    assert_int_equal(finding.kind, FINDING_GOOD);
}

static void what_the_host_does_not_tell_is_no_finding(void **state)
{
    static const char *const silent[] = {"governor",     "boost", "SMT",
                                         "page merging", "swap",  "clock"};

    (void)state;
    for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
        assert_int_equal(examine(silent[i], "{}").kind, FINDING_NONE);
        assert_int_equal(
            examine(silent[i], "{\"cpu\": {\"governor\": null}}").kind,
            FINDING_NONE);
    }
}

static void either_kind_of_boost_is_found(void **state)
{
    (void)state;
    assert_int_equal(
        examine("boost", "{\"cpu\": {\"frequency_boost\": 1}}").kind,
        FINDING_NOISY);
    assert_int_equal(
        examine("boost", "{\"cpu\": {\"intel_no_turbo\": 0}}").kind,
        FINDING_NOISY);
    assert_int_equal(
        examine("boost", "{\"cpu\": {\"intel_no_turbo\": 1}}").kind,
        FINDING_GOOD);
}

static void kvm_is_told_apart_by_what_can_be_done(void **state)
{
    struct finding absent = examine(
        "KVM", "{\"kvm\": {\"device_opens\": null, \"back_ends\": []}}");
    struct finding closed = examine(
        "KVM", "{\"kvm\": {\"device_opens\": false, \"back_ends\": []}}");
    struct finding software =
        examine("KVM", "{\"kvm\": {\"device_opens\": true, \"back_ends\": "
                       "[\"kvm_pvm\"]}}");
    struct finding hardware =
        examine("KVM", "{\"kvm\": {\"device_opens\": true, \"back_ends\": "
                       "[\"kvm_intel\"]}}");

    (void)state;
    assert_non_null(strstr(absent.remedy, "firmware"));
    assert_non_null(strstr(closed.remedy, "usermod"));
    assert_int_equal(software.kind, FINDING_LIMITED);
    assert_int_equal(hardware.kind, FINDING_GOOD);
    absent = examine("KVM", "{\"hypervisor\": {\"present\": true}}");
    assert_non_null(strstr(absent.remedy, "nested"));
}

static void a_nested_machine_and_missing_mitigations_are_limits(void **state)
{
    (void)state;
    assert_int_equal(
        examine("nesting", "{\"hypervisor\": {\"present\": true}}").kind,
        FINDING_LIMITED);
    assert_int_equal(
        examine("nesting", "{\"hypervisor\": {\"present\": false}}").kind,
        FINDING_GOOD);
    assert_int_equal(examine("mitigations", "{\"kernel\": {\"command_line\": "
                                            "\"quiet mitigations=off\"}}")
                         .kind,
                     FINDING_LIMITED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_governor_is_noisy_and_can_be_mended),
        cmocka_unit_test(what_the_host_does_not_tell_is_no_finding),
        cmocka_unit_test(either_kind_of_boost_is_found),
        cmocka_unit_test(kvm_is_told_apart_by_what_can_be_done),
        cmocka_unit_test(a_nested_machine_and_missing_mitigations_are_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
