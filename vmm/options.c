/* Command-line options; see options.h. */
#include "vmm/options.h"

#include "oci/size.h"
#include "vmm/guest_options.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_MEMORY = 'm',
    KEY_GUEST = 0x1000,
    KEY_KERNEL,
    KEY_INITRAMFS,
    KEY_CPUS,
    KEY_DISK,
    KEY_TAP,
    KEY_NETNS,
    KEY_CONSOLE,
    KEY_APPEND,
    KEY_BOOT_TIMEOUT,
    KEY_TRACE,
    MAX_BOOT_SECONDS = 3600,
};

static const struct argp_option table[] = {
    {"memory", KEY_MEMORY, "SIZE", 0,
     "Guest memory, e.g. 64M or 2G (default: the bundle's memory limit, else "
     "512M)",
     0},
    {"guest", KEY_GUEST, "KIND", 0, "unikernel (default) or linux", 0},
    {NULL, 0, NULL, 0, "Of a unikernel:", 1},
    {"trace", KEY_TRACE, NULL, 0, "Print system calls on stderr, as strace", 1},
    {NULL, 0, NULL, 0, "Of a Linux guest:", 2},
    {"kernel", KEY_KERNEL, "FILE", 0,
     "bzImage, or vmlinux with a PVH entry (default: the one that make "
     "guest-kernel fetched)",
     2},
    {"initramfs", KEY_INITRAMFS, "FILE", 0,
     "Boot this instead of the bundle: its own /init runs, and powering off "
     "is success",
     2},
    {"cpus", KEY_CPUS, "N", 0, "Processors (1)", 2},
    {"disk", KEY_DISK, "FILE[,ro]", 0,
     "Raw image as the next disk, /dev/vda first; may be given four times", 2},
    {"tap", KEY_TAP, "NAME[,A.B.C.D/N[,GATEWAY]]", 0,
     "Network by this tap interface, with this IPv4 address for eth0", 2},
    {"netns", KEY_NETNS, "PATH|new", 0,
     "Network namespace of the tap: that one, or a new one, where the tap is "
     "made and gets the gateway's address (default: the bundle's path, else "
     "the caller's)",
     2},
    {"console", KEY_CONSOLE, NULL, 0, "The kernel's messages on stderr", 2},
    {"append", KEY_APPEND, "WORDS", 0, "More for the kernel's command line", 2},
    {"boot-timeout", KEY_BOOT_TIMEOUT, "SECONDS", 0,
     "Longest until the program starts (120; none with --initramfs)", 2},
    {0},
};

static void parse_guest(struct argp_state *state, const char *text,
                        enum guest_kind *guest)
{
    if (strcmp(text, "unikernel") == 0)
        *guest = GUEST_UNIKERNEL;
    else if (strcmp(text, "linux") == 0)
        *guest = GUEST_LINUX;
    else
        argp_error(state, "--guest: expected unikernel or linux, got \"%s\"",
                   text);
}

/* FILE or FILE,ro; the text is argv's own and may be cut. */
static void parse_disk(struct argp_state *state, char *text,
                       struct microvm_config *config)
{
    static const char suffix[] = ",ro";
    const size_t length = strlen(text), cut = sizeof(suffix) - 1;
    struct microvm_disk *disk;

    if (config->disk_count == MICROVM_MAX_DISKS) {
        argp_error(state, "--disk: at most %d", MICROVM_MAX_DISKS);
        return;
    }
    disk = &config->disks[config->disk_count++];
    disk->path = text;
    if (length > cut && strcmp(text + length - cut, suffix) == 0) {
        text[length - cut] = '\0';
        disk->read_only = true;
    }
}

static int parse_address(const char *text, uint32_t *address)
{
    struct in_addr network_order;

    if (inet_pton(AF_INET, text, &network_order) != 1)
        return -EINVAL;
    *address = ntohl(network_order.s_addr);
    return 0;
}

/* The text is argv's own and is cut into its parts. */
static int parse_tap(char *text, struct microvm_config *config)
{
    char *name = strsep(&text, ","), *address = strsep(&text, ",");
    char *prefix = address != NULL ? strchr(address, '/') : NULL, *end;
    unsigned long bits;

    config->tap = name;
    if (*name == '\0' || (address != NULL && prefix == NULL))
        return -EINVAL;
    if (address == NULL)
        return 0;
    *prefix++ = '\0';
    bits = strtoul(prefix, &end, 10);
    if (!isdigit((unsigned char)*prefix) || *end != '\0' || bits < 1 ||
        bits > 32 || parse_address(address, &config->network.address) < 0)
        return -EINVAL;
    config->network.prefix = (uint32_t)bits;
    return text == NULL ? 0 : parse_address(text, &config->network.gateway);
}

static error_t parse_microvm(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    struct microvm_config *microvm = &options->microvm;

    switch (key) {
    case KEY_KERNEL:
        microvm->kernel = argument;
        return 0;
    case KEY_INITRAMFS:
        microvm->initramfs = argument;
        return 0;
    case KEY_CPUS:
        microvm->processors = options_parse_number(state, "--cpus", argument,
                                                   MICROVM_MAX_PROCESSORS);
        return 0;
    case KEY_DISK:
        parse_disk(state, argument, microvm);
        return 0;
    case KEY_TAP:
        if (parse_tap(argument, microvm) < 0)
            argp_error(state,
                       "--tap: expected NAME[,A.B.C.D/N[,GATEWAY]], got \"%s\"",
                       argument);
        return 0;
    case KEY_NETNS:
        microvm->own_network = strcmp(argument, "new") == 0;
        microvm->network_namespace = microvm->own_network ? NULL : argument;
        return 0;
    case KEY_CONSOLE:
        microvm->console = true;
        return 0;
    case KEY_APPEND:
        microvm->extra_command_line = argument;
        return 0;
    case KEY_BOOT_TIMEOUT:
        microvm->boot_seconds = (int)options_parse_number(
            state, "--boot-timeout", argument, MAX_BOOT_SECONDS);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case KEY_MEMORY:
        if (size_parse(argument, &options->memory_size) < 0)
            argp_error(state,
                       "--memory: expected a number of bytes with K, M or G, "
                       "got \"%s\"",
                       argument);
        return 0;
    case KEY_GUEST:
        parse_guest(state, argument, &options->guest);
        return 0;
    case KEY_TRACE:
        options->unikernel.trace = true;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->report;
        state->child_inputs[1] = &options->no_jail;
        state->child_inputs[2] = &options->unikernel.root;
        return 0;
    default:
        return parse_microvm(key, argument, state);
    }
}

static const struct argp_child children[] = {
    {&report_options_argp, 0, NULL, 0},
    {&jail_option_argp, 0, NULL, 0},
    {&root_options_argp, 0, "Of a unikernel's files:", 1},
    {0},
};

const struct argp options_argp = {
    .options = table, .parser = parse, .children = children};
