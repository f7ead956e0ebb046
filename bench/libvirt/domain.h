/*
 * The machine that is asked of libvirt, as its domain XML: kernel and initramfs
 * given, the virtio console ports of guests/linux/process_spec.h, no disks, no
 * display. Source: libvirt.org/formatdomain.html.
 */
#ifndef RINGSIDE_BENCH_LIBVIRT_DOMAIN_H
#define RINGSIDE_BENCH_LIBVIRT_DOMAIN_H

#include <stdbool.h>
#include <stdint.h>

struct domain {
    const char *name;
    const char *machine; /* "q35" or "microvm" */
    bool kvm;            /* false: emulated */
    uint64_t memory;     /* bytes */
    const char *kernel, *initramfs, *command_line;
    /* Files that the guest's output and the messages of init go to. */
    const char *output, *errors, *control;
};

/* The XML, the caller's to free; NULL when memory is out. */
char *domain_xml(const struct domain *domain);

#endif
