/* Changes to the default bundle; see bundle_changes.h for the contract. */
#include "bench/bundle_changes.h"

#include "bench/words.h"
#include "oci/cleanup.h"
#include "oci/json.h"

#include <string.h>

/* They lie beside the platforms. */
static char *find_file(const struct paths *paths, const char *name)
{
    if (strchr(name, '/') != NULL)
        return strdup(name);
    return text_format("%s/../configs/%s.json",
                       paths->platforms != NULL ? paths->platforms : ".", name);
}

int bundle_changes_load(const struct paths *paths, const char *name,
                        json_t **changes, struct error *error)
{
    _cleanup_free_ char *path = NULL;
    int result;

    *changes = NULL;
    if (name == NULL)
        return 0;
    path = find_file(paths, name);
    if (path == NULL)
        return error_set(error, ENOMEM, "out of memory");
    result = json_read_file(path, changes, error);
    if (result < 0)
        return error_prefix(error, "--config %s", name);
    if (json_is_object(*changes))
        return 0;
    json_decref(*changes);
    *changes = NULL;
    return error_set(error, EINVAL, "--config %s: expected a JSON object",
                     path);
}
