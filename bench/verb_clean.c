/* ringside clean: ends what a killed session left behind; with --images, the
 * unpacked images go, too. */
#include "bench/session.h"
#include "bench/verbs.h"
#include "oci/image_unpacker.h"

#include <stdio.h>

static const struct argp_option options[] = {
    {"images", 'i', NULL, 0,
     "remove the unpacked container images that no container is on", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    bool *images = state->input;

    switch (key) {
    case 'i':
        *images = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "%s: no arguments are expected", argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options,
    parse,
    "",
    "Ends and removes what a session left behind that was killed: processes, "
    "cgroups, mounts, files. Every other verb does so too before its work.",
    NULL,
    NULL,
    NULL};

int sweep_and_tell(struct error *error)
{
    int swept, live;
    int result = session_sweep(&swept, &live, error);

    if (swept > 0)
        fprintf(stderr, "cleaned up after %d session%s that %s killed\n", swept,
                swept == 1 ? "" : "s", swept == 1 ? "was" : "were");
    if (live > 0)
        fprintf(stderr, "another session is at work on this host\n");
    return result < 0 ? error_prefix(error, "cannot clean up") : 0;
}

/* main() has swept before it called us, as before every verb. */
int ringside_clean(const struct invocation *invocation, int argc, char **argv,
                   struct error *error)
{
    bool images = false;
    int result = 0;

    (void)invocation;
    argp_parse(&argp, argc, argv, 0, NULL, &images);
    if (images)
        result = image_unpacker_remove_all(error);
    return result < 0 ? result : EXIT_MEASURED;
}
