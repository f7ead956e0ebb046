/* features: what this runtime can do, as JSON. Source: runtime-spec 1.1,
 * features.md. */
#include "oci/cleanup.h"
#include "oci/verbs.h"

int verb_features(const struct invocation *invocation, int argc, char **argv,
                  int *exit_status, struct error *error)
{
    const struct argp argp = {0};
    _cleanup_free_ char *text = NULL;
    json_t *features, *own = NULL;
    int status = argp_parse(&argp, argc, argv, 0, NULL, NULL);

    if (status != 0)
        return error_errno(error, status, "command line");
    features = json_pack("{ss ss}", "ociVersionMin", "1.0.0", "ociVersionMax",
                         "1.1.0");
    if (invocation->runtime->features != NULL)
        own = invocation->runtime->features();
    json_object_update(features, own);
    json_decref(own);
    text = features != NULL ? json_dumps(features, JSON_INDENT(2)) : NULL;
    json_decref(features);
    if (text == NULL)
        return error_errno(error, ENOMEM, "features");
    puts(text);
    *exit_status = 0;
    return 0;
}
