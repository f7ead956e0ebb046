/* start ID: has the program of a created container run. */
#include "oci/lifecycle.h"
#include "oci/verbs.h"

int verb_start(const struct invocation *invocation, int argc, char **argv,
               int *exit_status, struct error *error)
{
    struct subject subject;
    const char *id = NULL;
    int status = verb_parse_id(argc, argv, &id, error);

    if (status == 0)
        status = lifecycle_find(invocation, id, &subject, error);
    if (status < 0)
        return status;
    status = lifecycle_start(invocation, &subject, error);
    lifecycle_release(&subject);
    *exit_status = 0;
    return status;
}
