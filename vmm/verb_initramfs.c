/*
 * initramfs [--bundle DIR] [--modules NAMES] [--kernel LINK] FILE: what the
 * Linux guest of a bundle boots, written to FILE for other machines than ours,
 * so that they can be compared on the same kernel, init and program. With our
 * devices (guests/linux/process_spec.h) init carries streams and status as it
 * does here; init_ports.c says what it does on machines without.
 */
#include "vmm/verbs.h"

#include "oci/cleanup.h"
#include "oci/file.h"
#include "vmm/guest_files.h"
#include "vmm/initramfs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { MODULES_MAX = 16, SIZE_LIMIT = 1 << 30 };

static const struct argp_option options[] = {
    {"bundle", 'b', "DIR", 0, "The bundle (default: the current directory)", 0},
    {"modules", 'm', "NAMES", 0,
     "Kernel modules to load, with commas; \"\" for none (default: "
     "virtio_mmio,virtio_console,virtio_rng)",
     0},
    {"kernel", 'k', "LINK", 0, "Make LINK a link to the kernel they belong to",
     0},
    {0},
};

struct initramfs_arguments {
    const char *bundle, *file;
    const char *link; /* NULL: none */
    const char *modules[MODULES_MAX + 1];
};

static void set_modules(struct initramfs_arguments *arguments, char *text,
                        struct argp_state *state)
{
    size_t count = 0;

    for (char *name = strtok(text, ","); name != NULL;
         name = strtok(NULL, ",")) {
        if (count == MODULES_MAX)
            argp_error(state, "--modules: at most %d names", MODULES_MAX);
        arguments->modules[count++] = name;
    }
    arguments->modules[count] = NULL;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct initramfs_arguments *arguments = state->input;

    switch (key) {
    case 'b':
        arguments->bundle = argument;
        return 0;
    case 'k':
        arguments->link = argument;
        return 0;
    case 'm':
        set_modules(arguments, argument, state);
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->file != NULL)
            argp_error(state, "one file expected, got \"%s\" too", argument);
        arguments->file = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "the file to write is missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int link_kernel(const struct guest_files *files, const char *path,
                       struct error *error)
{
    if (access(files->kernel, R_OK) < 0)
        return error_errno(error, errno, "%s (make guest-kernel fetches it)",
                           files->kernel);
    if (symlink(files->kernel, path) < 0 && errno != EEXIST)
        return error_errno(error, errno, "%s", path);
    return 0;
}

static int write_file(const char *path, const struct buffer *buffer,
                      struct error *error)
{
    _cleanup_close_ int fd =
        open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int status;

    if (fd < 0)
        return error_errno(error, errno, "%s", path);
    status = file_write_all(fd, buffer->data, buffer->size);
    return status < 0 ? error_errno(error, -status, "%s", path) : 0;
}

static int make(const struct initramfs_arguments *arguments,
                const struct bundle *bundle, struct error *error)
{
    _cleanup_(buffer_release) struct buffer buffer = {0};
    struct guest_files files;
    struct initramfs_options initramfs = {
        .init = files.init,
        .wanted_modules = arguments->modules,
        .limit = SIZE_LIMIT,
    };
    int status = guest_files_find(&files, error);

    if (status < 0)
        return status;
    if (arguments->modules[0] != NULL && files.modules[0] == '\0')
        return error_set(error, ENOENT,
                         "there are no kernel modules: make guest-kernel "
                         "fetches them");
    if (arguments->modules[0] != NULL)
        initramfs.modules = files.modules;
    status = initramfs_build(bundle, &initramfs, &buffer, error);
    if (status == 0)
        status = write_file(arguments->file, &buffer, error);
    if (status == 0 && arguments->link != NULL)
        status = link_kernel(&files, arguments->link, error);
    return status;
}

int verb_initramfs(const struct invocation *invocation, int argc, char **argv,
                   int *exit_status, struct error *error)
{
    const struct argp argp = {
        .options = options, .parser = parse, .args_doc = "FILE"};
    struct initramfs_arguments arguments = {
        .bundle = ".",
        .modules = {"virtio_mmio", "virtio_console", "virtio_rng"},
    };
    struct bundle bundle;
    int status = argp_parse(&argp, argc, argv, 0, NULL, &arguments);

    (void)invocation;
    if (status != 0)
        return error_errno(error, status, "command line");
    status = bundle_load(arguments.bundle, &bundle, error);
    if (status < 0)
        return status;
    status = make(&arguments, &bundle, error);
    bundle_release(&bundle);
    *exit_status = 0;
    return status;
}
