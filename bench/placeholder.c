/* Placeholders; see placeholder.h for the contract. */
#include "bench/placeholder.h"

#include "bench/words.h"

#include <stdio.h>
#include <string.h>

#define WHOLE_ARGUMENTS "{args}"

static const struct placeholder {
    const char *name;
    enum placeholder_scope scope; /* the first that has it */
    size_t offset;                /* of the value in struct placeholders */
} table[] = {
    {"{bin}", PLACEHOLDERS_PROBE, offsetof(struct placeholders, bin)},
    {"{here}", PLACEHOLDERS_PROBE, offsetof(struct placeholders, here)},
    {"{state}", PLACEHOLDERS_ENTER, offsetof(struct placeholders, state)},
    {"{bundle}", PLACEHOLDERS_RUN, offsetof(struct placeholders, bundle)},
    {"{id}", PLACEHOLDERS_RUN, offsetof(struct placeholders, id)},
    {"{rootfs}", PLACEHOLDERS_RUN, offsetof(struct placeholders, rootfs)},
    {"{program}", PLACEHOLDERS_RUN, offsetof(struct placeholders, program)},
    {"{inner}", PLACEHOLDERS_RUN, offsetof(struct placeholders, inner)},
    {"{cgroup}", PLACEHOLDERS_RUN, offsetof(struct placeholders, cgroup)},
    {"{memory}", PLACEHOLDERS_RUN, offsetof(struct placeholders, memory)},
    {"{tsc_khz}", PLACEHOLDERS_RUN, offsetof(struct placeholders, tsc_khz)},
    {"{phases}", PLACEHOLDERS_RUN, offsetof(struct placeholders, phases)},
    {"{prepared}", PLACEHOLDERS_RUN, offsetof(struct placeholders, prepared)},
};
enum { PLACEHOLDERS = sizeof(table) / sizeof(table[0]) };

/* The placeholder that text starts with, or NULL. */
static const struct placeholder *match(const char *text)
{
    for (size_t i = 0; i < PLACEHOLDERS; i++) {
        if (strncmp(text, table[i].name, strlen(table[i].name)) == 0)
            return &table[i];
    }
    return NULL;
}

/* Sets error to what may stand in a command of that scope. */
static int unknown(const char *argument, enum placeholder_scope scope,
                   struct error *error)
{
    char known[ERROR_TEXT_SIZE];
    size_t used = 0;

    for (size_t i = 0; i < PLACEHOLDERS; i++) {
        if (table[i].scope <= scope)
            used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
                                     used > 0 ? ", " : "", table[i].name);
    }
    return error_set(error, EINVAL, "\"%.80s\": expected %s in an argument%s",
                     argument, known,
                     scope == PLACEHOLDERS_RUN ? ", or {args} alone" : "");
}

int placeholders_check(char *const *command, enum placeholder_scope scope,
                       struct error *error)
{
    for (; *command != NULL; command++) {
        if (scope == PLACEHOLDERS_RUN && strcmp(*command, WHOLE_ARGUMENTS) == 0)
            continue;
        for (const char *at = *command; (at = strpbrk(at, "{}")) != NULL;) {
            const struct placeholder *found = match(at);

            if (found == NULL || found->scope > scope)
                return unknown(*command, scope, error);
            at += strlen(found->name);
        }
    }
    return 0;
}

static char *expand_one(const char *argument, const struct placeholders *values)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL)
        return NULL;
    while (*argument != '\0') {
        const struct placeholder *found = match(argument);

        if (found == NULL) {
            fputc(*argument++, stream);
            continue;
        }
        fputs(*(const char *const *)((const char *)values + found->offset),
              stream);
        argument += strlen(found->name);
    }
    if (fclose(stream) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

char **placeholders_expand(char *const *command,
                           const struct placeholders *values)
{
    _cleanup_words_ char **expanded = NULL;

    for (; *command != NULL; command++) {
        _cleanup_free_ char *argument = NULL;

        if (strcmp(*command, WHOLE_ARGUMENTS) == 0) {
            if (words_append_all(&expanded, values->arguments) < 0)
                return NULL;
            continue;
        }
        argument = expand_one(*command, values);
        if (argument == NULL || words_append(&expanded, argument) < 0)
            return NULL;
    }
    return take_pointer(expanded);
}
