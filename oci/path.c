/* Path names as text; see path.h. */
#include "oci/path.h"

#include <stdio.h>
#include <string.h>

/* Drops the last component of the path that ends at end. */
static char *drop_component(const char *path, char *end)
{
    while (end > path && *--end != '/')
        ;
    return end;
}

void path_normalise(char *path)
{
    const char *in = path;
    char *out = path;

    while (*in != '\0') {
        size_t length;

        in += strspn(in, "/");
        length = strcspn(in, "/");
        if (length == 2 && strncmp(in, "..", 2) == 0) {
            out = drop_component(path, out);
        } else if (length > 0 && !(length == 1 && *in == '.')) {
            *out++ = '/';
            memmove(out, in, length);
            out += length;
        }
        in += length;
    }
    if (out == path)
        *out++ = '/';
    *out = '\0';
}

char *path_join(const char *directory, const char *name)
{
    char *path;

    return asprintf(&path, "%s/%s", directory, name) < 0 ? NULL : path;
}

const char *path_basename(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}
