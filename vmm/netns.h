/*
 * The network namespace that a guest's tap interface lies in. The whole VMM
 * moves there: it needs no network but that tap, so it keeps no other.
 * Source: network_namespaces(7).
 */
#ifndef RINGSIDE_VMM_NETNS_H
#define RINGSIDE_VMM_NETNS_H

#include "oci/error.h"

/*
 * Enters the namespace at path (a file as of /proc/PID/ns/net), or one newly
 * made where path is NULL. Only for a process that has one thread. Errors:
 * those of open(2), setns(2) and unshare(2).
 */
int netns_enter(const char *path, struct error *error);

#endif
