/* ringside workloads: what there is to run. */
#include "bench/profile.h"
#include "bench/verbs.h"
#include "bench/workload.h"

#include <stdio.h>

static error_t parse(int key, char *argument, struct argp_state *state)
{
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    argp_error(state, "%s: no arguments are expected", argument);
    return 0;
}

static const struct argp argp = {
    NULL, parse, "",  "The workloads and the profiles that choose from them.",
    NULL, NULL,  NULL};

int ringside_workloads(const struct invocation *invocation, int argc,
                       char **argv, struct error *error)
{
    struct workload_list list;
    int result;

    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    result = workload_list_load(invocation->paths, profiles[0].duration_ms,
                                &list, error);
    if (result < 0)
        return result;
    printf("%-16s %-8s %s\n", "WORKLOAD", "GROUP", "WHAT");
    for (size_t i = 0; i < list.count; i++)
        printf("%-16s %-8s %s\n", list.items[i].name, list.items[i].group->name,
               list.items[i].title);
    workload_list_release(&list);
    printf("\n%-16s %s\n", "PROFILE", "WHAT");
    for (size_t i = 0; profiles[i].name != NULL; i++)
        printf("%-16s %s\n", profiles[i].name, profiles[i].summary);
    return EXIT_MEASURED;
}
