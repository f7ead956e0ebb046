/*
 * Reader of process specifications; see init_spec.h. It is built for the host
 * too, where the tests feed it what no VMM would write.
 */
#include "guests/linux/init_spec.h"

#include <stdlib.h>
#include <string.h>

/* What is still to be read. */
struct cursor {
    char *at;
    size_t left;
};

/* A copy of count structures of that size; NULL when they are not there. */
static void *take_array(struct cursor *cursor, uint32_t count, size_t size)
{
    void *array;

    /* Counts are bounded by the header's check: this cannot wrap. */
    if (cursor->left < count * size)
        return NULL;
    array = calloc(count + 1u, size);
    if (array == NULL)
        return NULL;
    memcpy(array, cursor->at, count * size);
    cursor->at += count * size;
    cursor->left -= count * size;
    return array;
}

static char *take_string(struct cursor *cursor)
{
    char *text = cursor->at;
    char *end = memchr(text, '\0', cursor->left);

    if (end == NULL)
        return NULL;
    cursor->left -= (size_t)(end + 1 - text);
    cursor->at = end + 1;
    return text;
}

/* The next count strings, NULL-terminated; NULL when they are not there. */
static char **take_vector(struct cursor *cursor, uint32_t count)
{
    char **vector = calloc(count + 1u, sizeof(*vector));

    for (uint32_t i = 0; vector != NULL && i < count; i++) {
        vector[i] = take_string(cursor);
        if (vector[i] == NULL) {
            free(vector);
            return NULL;
        }
    }
    return vector;
}

static const char *check_header(const struct process_spec_header *header,
                                size_t size)
{
    if (memcmp(header->magic, PROCESS_SPEC_MAGIC, sizeof(header->magic)) != 0)
        return "not a process specification of this version";
    if (header->size != size || size > PROCESS_SPEC_MAX_SIZE)
        return "size differs from the file's";
    if ((header->flags & ~(uint32_t)PROCESS_SPEC_KNOWN_FLAGS) != 0 ||
        header->reserved != 0)
        return "unknown flags";
    if (header->network_prefix > 32)
        return "network prefix over 32 bits";
    if (header->group_count > PROCESS_SPEC_MAX_GROUPS ||
        header->rlimit_count > PROCESS_SPEC_MAX_RLIMITS ||
        header->mount_count > PROCESS_SPEC_MAX_MOUNTS ||
        header->argument_count > PROCESS_SPEC_MAX_STRINGS ||
        header->environment_count > PROCESS_SPEC_MAX_STRINGS)
        return "a count past its bound";
    if (header->argument_count == 0)
        return "no arguments";
    return NULL;
}

/* The mounts' flags were taken as an array of the format's structures. */
static const char *take_mounts(struct cursor *cursor, struct process_spec *spec,
                               const struct process_spec_mount *flags)
{
    uint32_t count = spec->header.mount_count;

    spec->mounts = calloc(count + 1u, sizeof(*spec->mounts));
    if (spec->mounts == NULL)
        return "no memory";
    for (uint32_t i = 0; i < count; i++) {
        struct spec_mount *mount = &spec->mounts[i];

        mount->flags = flags[i].flags;
        mount->destination = take_string(cursor);
        mount->type = take_string(cursor);
        mount->source = take_string(cursor);
        mount->data = take_string(cursor);
        /* Once a string is not there, none after it is. */
        if (mount->data == NULL)
            return "mounts cut short";
        if (mount->destination[0] != '/')
            return "a mount's destination is not absolute";
    }
    return NULL;
}

static const char *take_strings(struct cursor *cursor,
                                struct process_spec *spec,
                                const struct process_spec_mount *flags)
{
    const char *problem;

    if (cursor->left != spec->header.string_bytes)
        return "parts that do not add up";
    spec->cwd = take_string(cursor);
    spec->hostname = take_string(cursor);
    if (spec->hostname == NULL || spec->cwd[0] != '/')
        return "no working directory or host name";
    spec->arguments = take_vector(cursor, spec->header.argument_count);
    if (spec->arguments == NULL)
        return "arguments cut short";
    spec->environment = take_vector(cursor, spec->header.environment_count);
    if (spec->environment == NULL)
        return "environment cut short";
    problem = take_mounts(cursor, spec, flags);
    if (problem == NULL && cursor->left != 0)
        return "bytes after the last string";
    return problem;
}

static const char *take_parts(struct cursor *cursor, struct process_spec *spec)
{
    struct process_spec_mount *flags = NULL;
    const char *problem = "numbers cut short";

    spec->groups =
        take_array(cursor, spec->header.group_count, sizeof(*spec->groups));
    if (spec->groups != NULL)
        spec->rlimits = take_array(cursor, spec->header.rlimit_count,
                                   sizeof(*spec->rlimits));
    if (spec->rlimits != NULL)
        flags = take_array(cursor, spec->header.mount_count, sizeof(*flags));
    if (flags != NULL)
        problem = take_strings(cursor, spec, flags);
    free(flags);
    return problem;
}

const char *process_spec_read(char *data, size_t size,
                              struct process_spec *spec)
{
    struct cursor cursor = {.at = data, .left = size};
    const char *problem;

    *spec = (struct process_spec){0};
    if (size < sizeof(spec->header))
        return "shorter than its header";
    memcpy(&spec->header, data, sizeof(spec->header));
    cursor.at += sizeof(spec->header);
    cursor.left -= sizeof(spec->header);
    problem = check_header(&spec->header, size);
    if (problem == NULL)
        problem = take_parts(&cursor, spec);
    if (problem != NULL)
        process_spec_release(spec);
    return problem;
}

void process_spec_release(struct process_spec *spec)
{
    free(spec->groups);
    free(spec->rlimits);
    free(spec->mounts);
    free(spec->arguments);
    free(spec->environment);
    *spec = (struct process_spec){0};
}
