/*
 * What kind of machine this was. See machine.h.
 */
#include "report/machine.h"

#include "report/strings.h"

#include <string.h>

/* KVM without VT-x or AMD-V: guest kernels run in an emulated ring 0. */
static const char *const software_back_ends[] = {"kvm_pvm"};

static json_t *fact(const struct record *record, const char *group,
                    const char *name)
{
    json_t *fingerprint = json_object_get(record->header, "fingerprint");
    json_t *host = json_object_get(fingerprint, "host");

    return json_object_get(json_object_get(host, group), name);
}

struct machine machine_describe(const struct record *record)
{
    json_t *back_ends = fact(record, "kvm", "back_ends");
    struct machine machine = {
        .processor = json_string_value(fact(record, "cpu", "model")),
        .kernel = json_string_value(fact(record, "kernel", "release")),
        .distribution =
            json_string_value(fact(record, "system", "distribution")),
        .kvm = json_string_value(json_array_get(back_ends, 0)),
        .virtual = json_is_true(fact(record, "hypervisor", "present")),
    };

    for (size_t i = 0;
         i < sizeof(software_back_ends) / sizeof(*software_back_ends); i++)
        machine.kvm_emulates |= machine.kvm != NULL &&
                                strcmp(machine.kvm, software_back_ends[i]) == 0;
    return machine;
}

const char *machine_caution(const struct record *record,
                            const struct machine *machine)
{
    bool any = false;

    for (size_t i = 0; i < record->platform_count; i++)
        any |= platform_is_virtual(&record->platforms[i]);
    if (!any)
        return NULL;
    if (machine->kvm_emulates)
        return say("machine.caution.software");
    return machine->virtual ? say("machine.caution.nested") : NULL;
}

const char *machine_back_end(const struct machine *machine)
{
    if (machine->kvm_emulates)
        return say("machine.kvm.software");
    return machine->virtual ? say("machine.kvm.nested")
                            : say("machine.kvm.hardware");
}
