/* Placeholders; see placeholder.h for the contract. */
#include "bench/placeholder.h"

#include "bench/words.h"

#include <stdio.h>
#include <string.h>

#define WHOLE_ARGUMENTS "{args}"

static const struct placeholder {
    const char *name;
    size_t offset; /* of the value in struct placeholders */
} table[] = {
    {"{bundle}", offsetof(struct placeholders, bundle)},
    {"{id}", offsetof(struct placeholders, id)},
    {"{rootfs}", offsetof(struct placeholders, rootfs)},
    {"{program}", offsetof(struct placeholders, program)},
    {"{inner}", offsetof(struct placeholders, inner)},
    {"{state}", offsetof(struct placeholders, state)},
    {"{bin}", offsetof(struct placeholders, bin)},
    {"{phases}", offsetof(struct placeholders, phases)},
    {"{prepared}", offsetof(struct placeholders, prepared)},
};

/* The placeholder that text starts with, or NULL. */
static const struct placeholder *match(const char *text)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (strncmp(text, table[i].name, strlen(table[i].name)) == 0)
            return &table[i];
    }
    return NULL;
}

int placeholders_check(char *const *command, struct error *error)
{
    for (; *command != NULL; command++) {
        if (strcmp(*command, WHOLE_ARGUMENTS) == 0)
            continue;
        for (const char *at = *command; (at = strpbrk(at, "{}")) != NULL;) {
            const struct placeholder *found = match(at);

            if (found == NULL)
                return error_set(
                    error, EINVAL,
                    "\"%.80s\": expected {bundle}, {id}, "
                    "{rootfs}, {program}, {inner}, {state}, "
                    "{bin}, {phases} or {prepared} in an argument, "
                    "or {args} alone",
                    *command);
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
