/* Names of a layer's entries; see tar_names.h. Source: image-spec layer.md. */
#include "image/tar_names.h"

#include "image/tar_check.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static const char whiteout[] = ".wh.";

static bool is(const char *part, size_t length, const char *text)
{
    return length == strlen(text) && memcmp(part, text, length) == 0;
}

static bool is_dots(const char *part, size_t length)
{
    return length == 0 || is(part, length, ".") || is(part, length, "..");
}

/* NULL, or what is wrong with one part of a name. */
static const char *fault_of(const char *part, size_t length)
{
    const size_t prefix = strlen(whiteout);

    if (is(part, length, ".."))
        return "leads out of the root by \"..\"";
    if (length > TAR_NAME_MAX)
        return "has a part of more than 255 bytes";
    if (length >= prefix && memcmp(part, whiteout, prefix) == 0 &&
        is_dots(part + prefix, length - prefix))
        return "is a whiteout of no file";
    return NULL;
}

int tar_names_check(const char *what, const char *name, struct error *error)
{
    const char *fault = NULL, *part = name;

    if (*name == '\0')
        fault = "is empty";
    else if (name[0] == '/' && name[strspn(name, "/.")] != '\0')
        fault = "is absolute";
    while (fault == NULL && *part != '\0') {
        size_t length = strcspn(part, "/");

        fault = fault_of(part, length);
        part += length;
        part += strspn(part, "/");
    }
    return fault == NULL ? 0
                         : error_set(error, EINVAL, "%s \"%.200s\" %s", what,
                                     name, fault);
}
