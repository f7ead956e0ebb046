/*
 * Writer of process specifications; see process_spec.h. The fixed parts go
 * straight to the buffer, the strings to one of their own that is put behind
 * them; the header comes last, when all counts are known.
 */
#include "vmm/process_spec.h"

#include "guests/linux/process_spec.h"
#include "vmm/host_files.h"
#include "vmm/mount_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)CAPABILITY_SETS == (int)PROCESS_SPEC_CAPABILITY_SETS &&
                   CAPABILITY_AMBIENT == 4,
               "sets in the order of the format");

struct writer {
    struct buffer *fixed;
    struct buffer strings;
    uint32_t string_count;
    int status; /* of the first failure; nothing is added after it */
};

static void add_bytes(struct writer *writer, struct buffer *buffer,
                      const void *data, size_t size)
{
    char *at;

    if (writer->status == 0)
        writer->status = buffer_extend(buffer, size, &at);
    if (writer->status == 0 && size > 0)
        memcpy(at, data, size);
}

static void add_string(struct writer *writer, const char *text)
{
    size_t size = strlen(text) + 1;

    if (writer->status == 0 &&
        (writer->string_count >= PROCESS_SPEC_MAX_STRINGS ||
         size > PROCESS_SPEC_MAX_SIZE ||
         writer->strings.size > PROCESS_SPEC_MAX_SIZE))
        writer->status = -E2BIG;
    writer->string_count++;
    add_bytes(writer, &writer->strings, text, size);
}

/* Returns how many there were. */
static uint32_t add_vector(struct writer *writer, char *const *vector)
{
    uint32_t before = writer->string_count;

    for (; *vector != NULL && writer->status == 0; vector++)
        add_string(writer, *vector);
    return writer->string_count - before;
}

static void add_rlimits(struct writer *writer,
                        const struct bundle_process *process)
{
    for (size_t i = 0; i < process->rlimit_count; i++) {
        const struct bundle_rlimit *from = &process->rlimits[i];
        struct process_spec_rlimit rlimit = {
            .resource = (uint32_t)from->resource,
            .soft = from->limit.rlim_cur,
            .hard = from->limit.rlim_max,
        };

        add_bytes(writer, writer->fixed, &rlimit, sizeof(rlimit));
    }
}

static int add_mount(struct writer *writer, const struct bundle_mount *mount,
                     struct error *error)
{
    struct guest_mount translated;
    struct process_spec_mount fixed;
    int status = guest_mount_translate(mount, &translated, error);

    if (status < 0)
        return status;
    fixed.flags = translated.flags;
    add_bytes(writer, writer->fixed, &fixed, sizeof(fixed));
    add_string(writer, mount->destination);
    add_string(writer, translated.type);
    add_string(writer, translated.source);
    add_string(writer, translated.data);
    free(translated.data);
    return 0;
}

static void fill_process(struct process_spec_header *header,
                         const struct bundle_process *process)
{
    header->uid = process->uid;
    header->gid = process->gid;
    if (process->has_umask) {
        header->flags |= PROCESS_SPEC_HAS_UMASK;
        header->umask = process->umask;
    }
    if (process->has_oom_score_adj) {
        header->flags |= PROCESS_SPEC_HAS_OOM_SCORE;
        header->oom_score_adj = process->oom_score_adj;
    }
    if (process->no_new_privileges)
        header->flags |= PROCESS_SPEC_NO_NEW_PRIVILEGES;
    if (process->has_capabilities)
        memcpy(header->capabilities, process->capabilities,
               sizeof(header->capabilities));
}

static void fill_network(struct process_spec_header *header,
                         const struct guest_network *network)
{
    if (network == NULL)
        return;
    header->flags |= PROCESS_SPEC_HAS_NETWORK;
    header->network_address = network->address;
    header->network_gateway = network->gateway;
    header->network_prefix = network->prefix;
}

static int check(const struct bundle *bundle, struct error *error)
{
    const struct bundle_process *process = &bundle->process;

    if (process->terminal)
        return error_set(error, ENOTSUP,
                         "config.json: process.terminal: not supported in a "
                         "virtual machine");
    if (process->additional_gid_count > PROCESS_SPEC_MAX_GROUPS ||
        process->rlimit_count > PROCESS_SPEC_MAX_RLIMITS ||
        bundle->mount_count > PROCESS_SPEC_MAX_MOUNTS)
        return error_set(error, E2BIG,
                         "config.json: more groups, limits or mounts than a "
                         "virtual machine takes (%d, %d, %d)",
                         PROCESS_SPEC_MAX_GROUPS, PROCESS_SPEC_MAX_RLIMITS,
                         PROCESS_SPEC_MAX_MOUNTS);
    return host_files_check(bundle, error);
}

/* All but the header, whose counts it fills. */
static int add_parts(struct writer *writer, const struct bundle *bundle,
                     struct process_spec_header *header, struct error *error)
{
    const struct bundle_process *process = &bundle->process;
    int status = 0;

    add_bytes(writer, writer->fixed, process->additional_gids,
              process->additional_gid_count * sizeof(gid_t));
    header->group_count = (uint32_t)process->additional_gid_count;
    add_rlimits(writer, process);
    header->rlimit_count = (uint32_t)process->rlimit_count;
    add_string(writer, process->cwd);
    add_string(writer, bundle->hostname != NULL ? bundle->hostname : "");
    header->argument_count = add_vector(writer, process->arguments);
    header->environment_count = add_vector(writer, process->environment);
    for (size_t i = 0; i < bundle->mount_count && status == 0; i++) {
        const struct bundle_mount *mount = &bundle->mounts[i];

        if (host_files_kind(mount) == HOST_FILES_COPY)
            continue; /* in the archive already */
        status = add_mount(writer, mount, error);
        header->mount_count++;
    }
    header->string_bytes = (uint32_t)writer->strings.size;
    add_bytes(writer, writer->fixed, writer->strings.data,
              writer->strings.size);
    return status;
}

int process_spec_write(const struct bundle *bundle,
                       const struct guest_network *network,
                       struct buffer *buffer, struct error *error)
{
    struct process_spec_header header = {
        .flags = bundle->rootfs_readonly ? PROCESS_SPEC_READONLY_ROOT : 0,
    };
    struct writer writer = {.fixed = buffer};
    const size_t start = buffer->size;
    size_t size;
    int status = check(bundle, error);

    if (status < 0)
        return status;
    memcpy(header.magic, PROCESS_SPEC_MAGIC, sizeof(header.magic));
    fill_process(&header, &bundle->process);
    fill_network(&header, network);
    add_bytes(&writer, buffer, &header, sizeof(header));
    status = add_parts(&writer, bundle, &header, error);
    buffer_release(&writer.strings);
    if (status < 0)
        return status;
    size = buffer->size - start;
    if (writer.status == 0 && size > PROCESS_SPEC_MAX_SIZE)
        writer.status = -E2BIG;
    if (writer.status < 0)
        return error_errno(error, -writer.status,
                           "config.json: process: arguments, environment and "
                           "mounts");
    header.size = (uint32_t)size;
    memcpy(buffer->data + start, &header, sizeof(header));
    return 0;
}
