/* What a platform cannot run; see platform_cannot.h for the contract. */
#include "bench/platform_cannot.h"

#include "bench/platform_internal.h"
#include "bench/words.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST_REASON = 200 };

static int read_reason(const struct value *value, char **reason)
{
    int result = platform_read_text(value, reason);

    for (const char *at = *reason; result == 0 && *at != '\0'; at++)
        if (iscntrl((unsigned char)*at))
            result = platform_expected(value, "one line of text");
    if (result == 0 && strlen(*reason) > LONGEST_REASON)
        result = platform_expected(value, "at most 200 bytes");
    return result;
}

static int read_key(const struct value *value, const char *key,
                    struct platform_inability *inability)
{
    if (strcmp(key, "reason") == 0)
        return read_reason(value, &inability->reason);
    if (strcmp(key, "workloads") == 0) {
        int result = platform_read_texts(value, &inability->workloads);

        return result == 0 && words_count(inability->workloads) == 0
                   ? platform_expected(value, "at least one name")
                   : result;
    }
    return error_set(value->error, EINVAL,
                     "%s: %s: expected workloads or reason", value->path,
                     value->key);
}

static int read_inability(const struct value *parent, size_t index,
                          json_t *object, struct platform_inability *inability)
{
    const char *key;
    json_t *json;

    json_object_foreach(object, key, json)
    {
        _cleanup_free_ char *name =
            text_format("cannot[%zu].%.40s", index, key);
        struct value value = {parent->path, name, json, parent->error};
        int result;

        if (name == NULL)
            return platform_no_memory(parent->error);
        result = read_key(&value, key, inability);
        if (result < 0)
            return result;
    }
    if (inability->workloads != NULL && inability->reason != NULL)
        return 0;
    return error_set(parent->error, EINVAL,
                     "%s: cannot[%zu]: expected an object with workloads and "
                     "reason",
                     parent->path, index);
}

int platform_read_cannot(const struct value *value, void *field)
{
    struct platform *platform = field;
    json_t *item;
    size_t i;

    if (!json_is_array(value->json) ||
        json_array_size(value->json) > PLATFORM_MAX_CANNOT)
        return platform_expected(value, "an array of at most 16 objects");
    json_array_foreach(value->json, i, item)
    {
        int result;

        /* Counted first, so that what it holds is released after an error. */
        platform->cannot_count++;
        result = read_inability(value, i, item, &platform->cannot[i]);
        if (result < 0)
            return result;
    }
    return 0;
}

const char *platform_cannot(const struct platform *platform,
                            const struct workload *workload)
{
    if (!workload->group->records) /* the user's own */
        return NULL;
    for (size_t i = 0; i < platform->cannot_count; i++)
        if (words_contain(platform->cannot[i].workloads, workload->name))
            return platform->cannot[i].reason;
    return NULL;
}

const char *platform_cannot_any(const struct platform *platform,
                                const struct workload_list *workloads)
{
    const char *reason = NULL;

    for (size_t i = 0; i < workloads->count; i++) {
        reason = platform_cannot(platform, &workloads->items[i]);
        if (reason == NULL)
            return NULL;
    }
    return reason;
}

void platform_cannot_print(const struct platform *platform,
                           const struct workload_list *workloads, FILE *stream)
{
    for (size_t i = 0; i < platform->cannot_count; i++) {
        const struct platform_inability *inability = &platform->cannot[i];
        size_t printed = 0;

        for (size_t j = 0; j < workloads->count; j++) {
            const struct workload *workload = &workloads->items[j];

            if (platform_cannot(platform, workload) != inability->reason)
                continue;
            if (printed++ == 0)
                fprintf(stream, "%s: cannot run %s", platform->name,
                        workload->name);
            else
                fprintf(stream, ", %s", workload->name);
        }
        if (printed > 0)
            fprintf(stream, ": %s\n", inability->reason);
    }
}

static bool is_workload(const struct workload_list *workloads, const char *name)
{
    for (size_t i = 0; i < workloads->count; i++)
        if (strcmp(workloads->items[i].name, name) == 0)
            return true;
    return false;
}

static int check_names(const struct platform *platform,
                       const struct workload_list *workloads,
                       struct error *error)
{
    for (size_t i = 0; i < platform->cannot_count; i++) {
        char *const *names = platform->cannot[i].workloads;

        for (size_t j = 0; names[j] != NULL; j++)
            if (!is_workload(workloads, names[j]))
                return error_set(error, EINVAL,
                                 "%s: cannot[%zu].workloads: %.60s: no such "
                                 "workload; see ringside workloads",
                                 platform->path, i, names[j]);
    }
    return 0;
}

int platform_cannot_check(const struct platform_list *platforms,
                          const struct paths *paths, struct error *error)
{
    struct workload_list workloads;
    size_t to_check = 0;
    int result;

    for (size_t i = 0; i < platforms->count; i++)
        to_check += platforms->items[i].cannot_count;
    if (to_check == 0 || paths->workload == NULL ||
        paths->workload_large == NULL)
        return 0;
    result = workload_list_load(paths, 1, &workloads, error);
    if (result < 0)
        return result;
    for (size_t i = 0; i < platforms->count && result == 0; i++)
        result = check_names(&platforms->items[i], &workloads, error);
    workload_list_release(&workloads);
    return result;
}
