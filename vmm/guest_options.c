/* Options of all verbs that run guests; see guest_options.h. */
#include "vmm/guest_options.h"

#include "vmm/verbs.h"

#include <stdio.h>
#include <string.h>

enum { KEY_JAIL = 0x3000, KEY_CACHE, KEY_NO_CACHE, KEY_VERIFY_ROOT };

static const struct argp_option jail_table[] = {
    {"jail", KEY_JAIL, "on|off", 0,
     "off: let the VMM keep all its rights while the guest runs; for debugging "
     "only",
     0},
    {0},
};

static const struct argp_option root_table[] = {
    {"cache", KEY_CACHE, "DIRECTORY", 0,
     "Where archives of root file systems are kept (default: "
     "$XDG_CACHE_HOME/ringside, else ~/.cache/ringside, for root "
     "/var/cache/ringside)",
     0},
    {"no-cache", KEY_NO_CACHE, NULL, 0, "Keep none", 0},
    {"verify-root", KEY_VERIFY_ROOT, NULL, 0,
     "Read all files, instead of trusting their times that none has changed",
     0},
    {0},
};

static error_t parse_jail(int key, char *argument, struct argp_state *state)
{
    bool *off = state->input;

    if (key != KEY_JAIL)
        return ARGP_ERR_UNKNOWN;
    *off = strcmp(argument, "off") == 0;
    if (!*off && strcmp(argument, "on") != 0)
        argp_error(state, "--jail: expected on or off, got \"%s\"", argument);
    return 0;
}

static error_t parse_root(int key, char *argument, struct argp_state *state)
{
    struct root_options *root = state->input;

    switch (key) {
    case KEY_CACHE:
        root->cache = argument;
        return 0;
    case KEY_NO_CACHE:
        root->no_cache = true;
        return 0;
    case KEY_VERIFY_ROOT:
        root->verify = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp jail_option_argp = {.options = jail_table,
                                      .parser = parse_jail};
const struct argp root_options_argp = {.options = root_table,
                                       .parser = parse_root};

void jail_option_warn(bool off)
{
    if (off)
        fprintf(stderr, "%s: --jail=off: the VMM keeps all its rights\n",
                VMM_NAME);
}
