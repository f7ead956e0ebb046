/*
 * The names of Linux capabilities, as config.json spells them.
 * Source: capabilities(7), include/uapi/linux/capability.h.
 */
#ifndef RINGSIDE_OCI_CAPABILITY_H
#define RINGSIDE_OCI_CAPABILITY_H

/* The number of a name such as "CAP_NET_RAW"; -1 for an unknown one. */
int capability_number(const char *name);

/* The name of a number, NULL for one past the last that is known. */
const char *capability_name(int number);

#endif
