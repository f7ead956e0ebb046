/* Density as a part of a session of measuring; see density.h. */
#include "bench/density.h"

#include "bench/results.h"
#include "bench/words.h"

#include <string.h>

/* Which platforms had a good run of a workload that idles, by their index. */
static int find_idling(struct result_reader *reader, bool *idling,
                       struct error *error)
{
    const struct result_header *header = &reader->header;
    struct result_run run;
    int result;

    while ((result = results_next(reader, &run, error)) > 0) {
        if (run.failure == NULL &&
            strcmp(header->workloads[run.workload_index].group, "idle") == 0)
            idling[run.platform_index] = true;
    }
    return result;
}

/* Those and no others: what was too slow for the profile is so here too. */
static int choose_platforms(struct result_reader *reader, char ***names,
                            struct error *error)
{
    const struct result_header *header = &reader->header;
    _cleanup_free_ bool *idling = calloc(header->platform_count + 1, 1);
    int result;

    *names = words_copy(NULL);
    if (idling == NULL || *names == NULL)
        return error_set(error, ENOMEM, "out of memory");
    result = find_idling(reader, idling, error);
    for (size_t i = 0; result == 0 && i < header->platform_count; i++) {
        if (idling[i] && !header->platforms[i].control &&
            words_append(names, header->platforms[i].name) < 0)
            result = error_set(error, ENOMEM, "out of memory");
    }
    return result;
}

static int read_platforms(const char *directory, char ***names,
                          struct error *error)
{
    struct result_reader reader;
    int result = results_open(directory, &reader, error);

    if (result < 0)
        return result;
    result = choose_platforms(&reader, names, error);
    results_reader_close(&reader);
    return result;
}

int density_of_session(const struct experiment_options *session,
                       const struct paths *paths, struct error *error)
{
    const struct profile *profile = session->profile;
    _cleanup_words_ char **names = NULL;
    struct density_options options;
    int result;

    if (profile->density_seconds == 0 || session->workloads != NULL ||
        session->own != NULL)
        return 0;
    result = read_platforms(session->directory, &names, error);
    if (result < 0 || words_count(names) == 0)
        return result;
    density_options_init(&options);
    options.platforms = names;
    options.platform_directories = session->platform_directories;
    options.directory = session->directory;
    options.maximum = profile->density_maximum;
    options.memory_limit = session->memory_limit;
    options.seconds = profile->density_seconds;
    options.slow = true; /* they are named */
    options.quiet = session->quiet;
    return density_run(&options, paths, error);
}
