/*
 * Options of all verbs that run guests: whether the VMM is in its jail, and
 * where archives of root file systems are kept.
 */
#ifndef RINGSIDE_VMM_GUEST_OPTIONS_H
#define RINGSIDE_VMM_GUEST_OPTIONS_H

#include "vmm/root_archive.h"

#include <argp.h>
#include <stdbool.h>

/* --jail=on|off as an argp child; its input is a bool: it is off. */
extern const struct argp jail_option_argp;

/* Says on standard error that there is no jail, where `off`. */
void jail_option_warn(bool off);

/* --cache, --no-cache, --verify-root as an argp child; its input is a struct
 * root_options. */
extern const struct argp root_options_argp;

#endif
