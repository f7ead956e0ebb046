/* Errors with context; see error.h for the contract. */
#include "oci/error.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void make_printable(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
    }
}

int error_set(struct error *error, int code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error->text, sizeof(error->text), format, arguments);
    va_end(arguments);
    make_printable(error->text);
    error->code = code;
    return -code;
}

static int set_with_errno(struct error *error, int code, const char *format,
                          va_list arguments)
{
    size_t used;

    vsnprintf(error->text, sizeof(error->text), format, arguments);
    used = strlen(error->text);
    snprintf(error->text + used, sizeof(error->text) - used, ": %s",
             strerror(code));
    make_printable(error->text);
    error->code = code;
    return -code;
}

int error_errno(struct error *error, int code, const char *format, ...)
{
    va_list arguments;
    int status;

    va_start(arguments, format);
    status = set_with_errno(error, code, format, arguments);
    va_end(arguments);
    return status;
}

int error_status(struct error *error, int status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (status < 0)
        status = set_with_errno(error, -status, format, arguments);
    va_end(arguments);
    return status;
}

int error_program(struct error *error, int code, const char *name)
{
    char why[64];

    snprintf(why, sizeof(why), "%s", strerror(code));
    why[0] = (char)tolower((unsigned char)why[0]);
    return error_set(error, code, "exec: \"%s\": %s", name, why);
}

int error_prefix(struct error *error, const char *format, ...)
{
    char inner[ERROR_TEXT_SIZE];
    va_list arguments;
    size_t used;

    memcpy(inner, error->text, sizeof(inner));
    va_start(arguments, format);
    vsnprintf(error->text, sizeof(error->text), format, arguments);
    va_end(arguments);
    used = strlen(error->text);
    snprintf(error->text + used, sizeof(error->text) - used, ": %s", inner);
    make_printable(error->text);
    return -error->code;
}
