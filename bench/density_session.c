/* Density as a part of a session of measuring; see density.h. */
#include "bench/density.h"

#include "bench/results.h"
#include "bench/words.h"

/* The platforms that took part, the control aside. */
static int read_platforms(const char *directory, char ***names,
                          struct error *error)
{
    struct result_reader reader;
    int result = results_open(directory, &reader, error);

    if (result < 0)
        return result;
    *names = words_copy(NULL);
    if (*names == NULL)
        result = -ENOMEM;
    for (size_t i = 0; result == 0 && i < reader.header.platform_count; i++) {
        if (!reader.header.platforms[i].control)
            result = words_append(names, reader.header.platforms[i].name);
    }
    results_reader_close(&reader);
    return result < 0 ? error_set(error, ENOMEM, "out of memory") : 0;
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
    if (result < 0)
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
