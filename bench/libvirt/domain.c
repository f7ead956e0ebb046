/* Writing domain XML; see domain.h. */
#include "bench/libvirt/domain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text that means itself, in elements and between single quotes. */
static void put_escaped(FILE *stream, const char *text)
{
    static const struct {
        char character;
        const char *entity;
    } entities[] = {
        {'&', "&amp;"},  {'<', "&lt;"},    {'>', "&gt;"},
        {'"', "&quot;"}, {'\'', "&apos;"},
    };

    for (; *text != '\0'; text++) {
        const char *entity = NULL;

        for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
            if (entities[i].character == *text)
                entity = entities[i].entity;
        }
        if (entity != NULL)
            fputs(entity, stream);
        else
            fputc(*text, stream);
    }
}

static void put_element(FILE *stream, const char *name, const char *text)
{
    fprintf(stream, "<%s>", name);
    put_escaped(stream, text);
    fprintf(stream, "</%s>", name);
}

/* A machine without PCI has its virtio devices on the memory bus. */
static const char *address(const struct domain *domain)
{
    return strcmp(domain->machine, "microvm") == 0
               ? "<address type='virtio-mmio'/>"
               : "";
}

static void put_system(FILE *stream, const struct domain *domain)
{
    fputs("<os><type arch='x86_64' machine='", stream);
    put_escaped(stream, domain->machine);
    fputs("'>hvm</type>", stream);
    put_element(stream, "kernel", domain->kernel);
    put_element(stream, "initrd", domain->initramfs);
    put_element(stream, "cmdline", domain->command_line);
    fputs("</os><features><acpi/></features>", stream);
    if (domain->kvm)
        fputs("<cpu mode='host-passthrough'/>", stream);
}

static void put_port(FILE *stream, const char *name, const char *file)
{
    if (file != NULL) {
        fputs("<channel type='file'><source append='on' path='", stream);
        put_escaped(stream, file);
        fputs("'/>", stream);
    } else {
        fputs("<channel type='null'>", stream);
    }
    fprintf(stream, "<target type='virtio' name='ringside.%s'/></channel>",
            name);
}

static void put_devices(FILE *stream, const struct domain *domain)
{
    fprintf(stream,
            "<devices><controller type='usb' model='none'/>"
            "<memballoon model='none'/>"
            "<controller type='virtio-serial' ports='8'>%s</controller>"
            "<rng model='virtio'><backend model='random'>/dev/urandom"
            "</backend>%s</rng>",
            address(domain), address(domain));
    put_port(stream, "stdin", NULL);
    put_port(stream, "stdout", domain->output);
    put_port(stream, "stderr", domain->errors);
    put_port(stream, "control", domain->control);
    fputs("</devices>", stream);
}

char *domain_xml(const struct domain *domain)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL)
        return NULL;
    fprintf(stream, "<domain type='%s'>", domain->kvm ? "kvm" : "qemu");
    put_element(stream, "name", domain->name);
    fprintf(stream, "<memory unit='b'>%" PRIu64 "</memory><vcpu>1</vcpu>",
            domain->memory);
    put_system(stream, domain);
    fputs("<on_poweroff>destroy</on_poweroff><on_reboot>destroy</on_reboot>"
          "<on_crash>destroy</on_crash>",
          stream);
    put_devices(stream, domain);
    fputs("</domain>", stream);
    if (fclose(stream) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
