/*
 * ringside selftest stats: whether the statistics keep their promises, by
 * simulation, for anyone who would rather see than believe.
 */
#include "bench/simulation.h"
#include "bench/verbs.h"

#include <string.h>

enum { SESSIONS = 10000 };

static error_t parse(int key, char *argument, struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_ARG:
        if (strcmp(argument, "stats") != 0)
            argp_error(state, "expected stats, got \"%s\"", argument);
        else if (state->arg_num > 0)
            argp_error(state, "stats is expected once");
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "what to test is expected: stats");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    NULL,
    parse,
    "stats",
    "Simulates sessions whose truth is known and counts how often the "
    "statistics are right: that intervals of 95 % hold the true value, that "
    "two runs of the same thing are called different in at most 5 % of "
    "sessions, that real differences are found. The exit status is 1 when a "
    "rate is out of its bounds.\v"
    "RATE is that of 10000 sessions of N blocks, TRUTH the true ratio, SPREAD "
    "that of the logarithm of the timings, a tenth of which are twice or half "
    "as long. CONTROL tells whether a second native run sets the noise floor.",
    NULL,
    NULL,
    NULL};

static int check_all(size_t *wrong)
{
    printf("%-42s %3s %6s %6s %8s %7s  %s\n", "", "N", "TRUTH", "SPREAD",
           "CONTROL", "RATE", "BOUNDS");
    for (size_t i = 0; i < simulation_check_count; i++) {
        const struct simulation_check *check = &simulation_checks[i];
        double rate;
        int result = simulation_rate(check, SESSIONS, &rate);
        bool good;

        if (result < 0)
            return result;
        good = simulation_holds(check, rate);
        *wrong += !good;
        printf("%-42s %3zu %6.3f %6.2f %8s %6.2f%%  %g..%g%%%s\n", check->what,
               check->n, check->truth, check->spread,
               check->control ? "yes" : "no", 100 * rate, 100 * check->at_least,
               100 * check->at_most, good ? "" : "  OUT OF BOUNDS");
        fflush(stdout);
    }
    return 0;
}

int ringside_selftest(const struct invocation *invocation, int argc,
                      char **argv, struct error *error)
{
    size_t wrong = 0;

    (void)invocation;
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    if (check_all(&wrong) < 0)
        return error_set(error, ENOMEM, "out of memory");
    if (wrong > 0)
        return error_set(error, ERANGE,
                         "%zu of %zu rates are out of their bounds", wrong,
                         simulation_check_count);
    printf("%zu rates of %d sessions each, all within their bounds\n",
           simulation_check_count, SESSIONS);
    return EXIT_MEASURED;
}
