/*
 * One error on its way up.
 *
 * A function that can fail returns a negative errno and, where the fact is
 * known, fills a struct error with one plain sentence: what failed, on what,
 * why, and what the user can do. Callers may put context in front. main()
 * prints it once.
 */
#ifndef RINGSIDE_OCI_ERROR_H
#define RINGSIDE_OCI_ERROR_H

#include <stdarg.h>

enum { ERROR_TEXT_SIZE = 1024 };

/* Zero-initialise before use: struct error error = {0}. */
struct error {
    int code;                   /* positive errno, 0 when nothing failed */
    char text[ERROR_TEXT_SIZE]; /* one line, no newline, no program name */
};

/*
 * Sets code (positive errno) and text. Control characters in the text (a
 * hostile file name, say) become '?'; an overlong text is cut. Returns -code,
 * so that a caller writes: return error_set(error, EINVAL, "...", ...);
 */
int error_set(struct error *error, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As error_set, with ": " and the errno's own words appended. */
int error_errno(struct error *error, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* For what another function has returned: 0 as it is, a negative errno as
 * error_errno does. */
int error_status(struct error *error, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The program that a container is to run cannot be run: 'exec: "NAME": why',
 * in the words, small letters included, by which engines tell a program that
 * is missing (exit status 127) from one that cannot be executed (126).
 * Source: runc's messages; docker/cli, cli/command/container/run.go.
 */
int error_program(struct error *error, int code, const char *name);

/* Puts context and ": " in front of an error already set; returns -code. */
int error_prefix(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
