/* ringside workloads: what there is to run. */
#include "bench/output_options.h"
#include "bench/profile.h"
#include "bench/verbs.h"
#include "bench/workload.h"

#include <stdio.h>

enum { KEY_NAMES = 256 };

struct arguments {
    bool names;
    struct output_options output;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->output;
        return 0;
    case KEY_NAMES:
        arguments->names = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "%s: no arguments are expected", argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"names", KEY_NAMES, NULL, 0, "print the names alone", 0},
    {0},
};

static const struct argp_child children[] = {{&output_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    options,  parse,
    "",       "The workloads and the profiles that choose from them.",
    children, NULL,
    NULL};

static json_t *to_json(const struct workload_list *list)
{
    json_t *workloads = json_array(), *choices = json_array();

    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(
            workloads, json_pack("{s:s, s:s, s:s}", "name", list->items[i].name,
                                 "group", list->items[i].group->name, "title",
                                 list->items[i].title));
    for (size_t i = 0; profiles[i].name != NULL; i++)
        json_array_append_new(choices,
                              json_pack("{s:s, s:s}", "name", profiles[i].name,
                                        "summary", profiles[i].summary));
    return json_pack("{s:o, s:o}", "workloads", workloads, "profiles", choices);
}

static void print(const struct workload_list *list)
{
    printf("%-16s %-8s %s\n", "WORKLOAD", "GROUP", "WHAT");
    for (size_t i = 0; i < list->count; i++)
        printf("%-16s %-8s %s\n", list->items[i].name,
               list->items[i].group->name, list->items[i].title);
    printf("\n%-16s %s\n", "PROFILE", "WHAT");
    for (size_t i = 0; profiles[i].name != NULL; i++)
        printf("%-16s %s\n", profiles[i].name, profiles[i].summary);
}

int ringside_workloads(const struct invocation *invocation, int argc,
                       char **argv, struct error *error)
{
    struct arguments arguments = {0};
    struct workload_list list;
    int result;

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    result = workload_list_load(invocation->paths, profiles[0].duration_ms,
                                &list, error);
    if (result < 0)
        return result;
    if (arguments.output.json)
        result = output_json(to_json(&list), error);
    else if (!arguments.names)
        print(&list);
    for (size_t i = 0; arguments.names && i < list.count; i++)
        printf("%s\n", list.items[i].name);
    workload_list_release(&list);
    return result;
}
