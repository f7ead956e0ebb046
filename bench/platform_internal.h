/* Readers of values that platform.c and those of its parts share. */
#ifndef RINGSIDE_BENCH_PLATFORM_INTERNAL_H
#define RINGSIDE_BENCH_PLATFORM_INTERNAL_H

#include "bench/placeholder.h"
#include "bench/platform.h"

/* One value on its way from JSON; path and key are for messages. */
struct value {
    const char *path;
    const char *key;
    json_t *json;
    struct error *error;
};

/* "PATH: KEY: expected WHAT, got VALUE"; returns -EINVAL. */
int platform_expected(const struct value *value, const char *what);

/* Returns -ENOMEM. */
int platform_no_memory(struct error *error);

/*
 * Each fills its field, which is released with the platform: a char *, a bool,
 * a vector of words. Errors: of platform_expected and platform_no_memory.
 */
int platform_read_text(const struct value *value, void *field);
int platform_read_flag(const struct value *value, void *field);

/* A vector of words, of any number. */
int platform_read_texts(const struct value *value, void *field);

/* A command whose placeholders are all of the scope. */
int platform_read_command(const struct value *value, char ***command,
                          enum placeholder_scope scope);

/* The value of `needs`; field is the platform. */
int platform_read_needs(const struct value *value, void *field);

/* The value of `cannot`; field is the platform. */
int platform_read_cannot(const struct value *value, void *field);

#endif
