/*
 * What is run: the workloads of the multi-call ELFs, as they list them
 * themselves, or one program of the user's own.
 */
#ifndef RINGSIDE_BENCH_WORKLOAD_H
#define RINGSIDE_BENCH_WORKLOAD_H

#include "bench/paths.h"
#include "oci/error.h"

#include <stdbool.h>
#include <stddef.h>

struct workload {
    char *name;
    char *title;
    char *program;    /* the ELF, as the user knows it */
    char **arguments; /* argv[1] and on */
    /* What docs/results.md says of its group. */
    const struct workload_group *group;
};

struct workload_group {
    const char *name;
    const char *primary; /* metric that it is judged by, or NULL */
    bool timed;          /* takes --duration */
    bool idle;           /* ends only when it is ended */
    bool records;        /* speaks the record protocol */
};

struct workload_list {
    struct workload *items;
    size_t count;
};

/*
 * Asks the workload ELFs for their lists: the small one, without which there
 * is nothing, then the large one, where there is one. duration_ms is the
 * measured time of those that time themselves. Errors: -ENOENT without the
 * small one, of starting them; -EINVAL when a list is not one. The caller
 * releases *list.
 */
int workload_list_load(const struct paths *paths, int duration_ms,
                       struct workload_list *list, struct error *error);

/* The one workload that is the user's own program, argv[0] and on. */
int workload_list_own(char *const *argv, struct workload_list *list,
                      struct error *error);

/*
 * Keeps those named, in the list's order; NULL names keep all. -EINVAL for a
 * name that is not in the list.
 */
int workload_list_select(struct workload_list *list, char *const *names,
                         struct error *error);

void workload_list_release(struct workload_list *list);

#endif
