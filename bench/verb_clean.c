/* ringside clean: ends what a killed session left behind, and nothing else. */
#include "bench/session.h"
#include "bench/verbs.h"

#include <stdio.h>

static error_t parse(int key, char *argument, struct argp_state *state)
{
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    argp_error(state, "%s: no arguments are expected", argument);
    return 0;
}

static const struct argp argp = {
    NULL,
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
    (void)invocation;
    (void)error;
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    return EXIT_MEASURED;
}
