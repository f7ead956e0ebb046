/*
 * ringside-libvirt: a kernel and an initramfs (of ringside-vmm initramfs) in a
 * machine that libvirt makes, with its output and its exit status passed on.
 *
 *   ringside-libvirt [OPTION...] run KERNEL INITRAMFS COMMAND-LINE
 *   ringside-libvirt [OPTION...] probe
 */
#include "bench/libvirt/reaper.h"
#include "bench/libvirt/session.h"
#include "oci/cleanup.h"
#include "oci/size.h"

#include <argp.h>
#include <errno.h>
#include <libvirt/libvirt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char program[] = "ringside-libvirt";
static void print_version(FILE *stream, struct argp_state *state)
{
    unsigned long version = 0;

    (void)state;
    virGetVersion(&version, NULL, NULL);
    fprintf(stream, "%s %s, libvirt %lu.%lu.%lu\n", program, RINGSIDE_VERSION,
            version / 1000000, version / 1000 % 1000, version % 1000);
}

enum { STATUS_FAILED = 125, DEFAULT_MEMORY = 512 << 20 };

struct options {
    const char *root; /* NULL: connect to uri */
    const char *uri;
    const char *verb;
    struct domain domain;
};

static const struct argp_option options[] = {
    {"root", 'r', "DIR", 0,
     "use libvirt's QEMU driver without a daemon; its state is in DIR, an "
     "absolute path of at most some 40 characters",
     0},
    {"connect", 'c', "URI", 0, "or use this connection (qemu:///system)", 0},
    {"machine", 'M', "NAME", 0, "microvm or q35 (q35)", 0},
    {"type", 't', "NAME", 0, "kvm, or qemu for emulation (kvm)", 0},
    {"memory", 'm', "SIZE", 0, "the guest's memory (512M)", 0},
    {"name", 'n', "NAME", 0, "the machine's name (ringside)", 0},
    {0},
};

static void set_memory(struct argp_state *state, const char *text,
                       struct domain *domain)
{
    int64_t size;

    if (size_parse(text, &size) < 0 || size <= 0)
        argp_error(state, "--memory: expected a size, got \"%s\"", text);
    else
        domain->memory = (uint64_t)size;
}

static void set_machine(struct argp_state *state, const char *text,
                        struct domain *domain)
{
    if (strcmp(text, "microvm") != 0 && strcmp(text, "q35") != 0)
        argp_error(state, "--machine: expected microvm or q35, got \"%s\"",
                   text);
    domain->machine = text;
}

static void set_type(struct argp_state *state, const char *text,
                     struct domain *domain)
{
    if (strcmp(text, "kvm") != 0 && strcmp(text, "qemu") != 0)
        argp_error(state, "--type: expected kvm or qemu, got \"%s\"", text);
    domain->kvm = strcmp(text, "kvm") == 0;
}

static void set_argument(struct argp_state *state, const char *text,
                         struct options *chosen)
{
    const char **const places[] = {
        &chosen->verb,
        &chosen->domain.kernel,
        &chosen->domain.initramfs,
        &chosen->domain.command_line,
    };

    if (state->arg_num >= sizeof(places) / sizeof(places[0]))
        argp_error(state, "\"%s\" is one argument too many", text);
    else
        *places[state->arg_num] = text;
}

static void check(struct argp_state *state, const struct options *chosen)
{
    const char *verb = chosen->verb != NULL ? chosen->verb : "";

    if (strcmp(verb, "run") == 0 && chosen->domain.command_line == NULL)
        argp_error(state, "run: expected KERNEL INITRAMFS COMMAND-LINE");
    if (strcmp(verb, "run") != 0 && strcmp(verb, "probe") != 0)
        argp_error(state, "expected run or probe");
    if (chosen->root != NULL && *chosen->root != '/')
        argp_error(state, "--root: expected an absolute path, got \"%s\"",
                   chosen->root);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *chosen = state->input;

    switch (key) {
    case 'r':
        chosen->root = argument;
        return 0;
    case 'c':
        chosen->uri = argument;
        return 0;
    case 'M':
        set_machine(state, argument, &chosen->domain);
        return 0;
    case 't':
        set_type(state, argument, &chosen->domain);
        return 0;
    case 'm':
        set_memory(state, argument, &chosen->domain);
        return 0;
    case 'n':
        chosen->domain.name = argument;
        return 0;
    case ARGP_KEY_ARG:
        set_argument(state, argument, chosen);
        return 0;
    case ARGP_KEY_END:
        check(state, chosen);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int act(const struct options *chosen, int *exit_status,
               struct error *error)
{
    _cleanup_free_ char *embedded = NULL;
    const char *uri = chosen->uri;
    int status = 0;

    if (chosen->root != NULL) {
        if (asprintf(&embedded, "qemu:///embed?root=%s", chosen->root) < 0)
            return error_set(error, ENOMEM, "out of memory");
        uri = embedded;
        status = session_configure(chosen->root, error);
    }
    if (status < 0)
        return status;
    return strcmp(chosen->verb, "probe") == 0
               ? session_probe(uri, error)
               : session_run(uri, &chosen->domain, exit_status, error);
}

int main(int argc, char **argv)
{
    const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "run KERNEL INITRAMFS COMMAND-LINE\nprobe",
        .doc = "Runs a kernel and an initramfs made by ringside-vmm initramfs "
               "in a machine of libvirt's.",
    };
    struct options chosen = {
        .uri = "qemu:///system",
        .domain = {.name = "ringside",
                   .machine = "q35",
                   .kvm = true,
                   .memory = DEFAULT_MEMORY},
    };
    struct error error = {0};
    int exit_status = 0, status;

    argp_err_exit_status = 2;
    argp_program_version_hook = print_version;
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &chosen);
    status = reaper_fork(&exit_status, &error);
    if (status == 0)
        status = act(&chosen, &exit_status, &error);
    if (status >= 0)
        return exit_status;
    fprintf(stderr, "%s: %s\n", program, error.text);
    return STATUS_FAILED;
}
