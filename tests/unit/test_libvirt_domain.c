/* Domain XML: what is in it, and that text cannot become markup. */
#include "bench/libvirt/domain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const struct domain usual = {
    .name = "ringside",
    .machine = "q35",
    .kvm = true,
    .memory = 512 << 20,
    .kernel = "/k",
    .initramfs = "/i",
    .command_line = "quiet",
    .output = "/out",
    .errors = "/err",
    .control = "/control",
};

static void assert_holds(const char *xml, const char *part)
{
    if (strstr(xml, part) == NULL)
        fail_msg("%s\ndoes not hold: %s", xml, part);
}

static void everything_asked_for_is_in_it(void **state)
{
    char *xml = domain_xml(&usual);

    (void)state;
    assert_non_null(xml);
    assert_holds(xml, "<domain type='kvm'><name>ringside</name>");
    assert_holds(xml, "<memory unit='b'>536870912</memory>");
    assert_holds(xml, "machine='q35'");
    assert_holds(xml, "<kernel>/k</kernel><initrd>/i</initrd>");
    assert_holds(xml, "<cmdline>quiet</cmdline>");
    assert_holds(xml, "<source append='on' path='/out'/>"
                      "<target type='virtio' name='ringside.stdout'/>");
    assert_holds(xml, "path='/control'/>"
                      "<target type='virtio' name='ringside.control'/>");
    assert_null(strstr(xml, "virtio-mmio"));
    free(xml);
}

static void a_machine_without_pci_has_other_addresses(void **state)
{
    struct domain domain = usual;
    char *xml;

    (void)state;
    domain.machine = "microvm";
    domain.kvm = false;
    xml = domain_xml(&domain);
    assert_non_null(xml);
    assert_holds(xml, "<domain type='qemu'>");
    assert_holds(xml, "<address type='virtio-mmio'/>");
    assert_null(strstr(xml, "host-passthrough"));
    free(xml);
}

static void text_stays_text(void **state)
{
    struct domain domain = usual;
    char *xml;

    (void)state;
    domain.name = "a</name><b>&\"'";
    domain.output = "/x'/><y z='";
    xml = domain_xml(&domain);
    assert_non_null(xml);
    assert_holds(xml, "<name>a&lt;/name&gt;&lt;b&gt;&amp;&quot;&apos;</name>");
    assert_holds(xml, "path='/x&apos;/&gt;&lt;y z=&apos;'");
    free(xml);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_asked_for_is_in_it),
        cmocka_unit_test(a_machine_without_pci_has_other_addresses),
        cmocka_unit_test(text_stays_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
