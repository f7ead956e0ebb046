/*
 * One machine through libvirt's API, from its start to its end. Source:
 * libvirt.org/html/libvirt-libvirt-domain.html and ...-event.html.
 */
#ifndef RINGSIDE_BENCH_LIBVIRT_SESSION_H
#define RINGSIDE_BENCH_LIBVIRT_SESSION_H

#include "bench/libvirt/domain.h"
#include "oci/error.h"

/*
 * Writes the configuration of an embedded driver below root, unless it is
 * there: no daemon, no security driver, no cgroups of its own. Errors: errno.
 */
int session_configure(const char *root, struct error *error);

/*
 * Connects, so that what a first connection finds out about QEMU is kept for
 * the next. Errors: -EIO with libvirt's words.
 */
int session_probe(const char *uri, struct error *error);

/*
 * Starts the machine, waits until it is gone and fills *exit_status with how
 * the program in it ended, 128+n for signal n. Its output goes to our own.
 * domain's files need not be set. Errors: -EIO with libvirt's words, -EPROTO
 * when the guest ended without having told how.
 */
int session_run(const char *uri, const struct domain *domain, int *exit_status,
                struct error *error);

#endif
