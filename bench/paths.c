/* Where things are; see paths.h for the contract. */
#include "bench/paths.h"

#include "bench/words.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Relative to the directory of ringside: installed, then a build tree
 * (build/bin), then a build tree one deeper (build/sanitize/bin).
 */
static const char *const platform_places[] = {
    "../share/ringside/platforms",
    "../../bench/platforms",
    "../../../bench/platforms",
    NULL,
};

static const char *const workload_places[] = {
    "../guests/workload",
    "../libexec/ringside/workload",
    NULL,
};

static const char *const large_places[] = {
    "../guests/workload-large",
    "../libexec/ringside/workload-large",
    NULL,
};

/* The first DIRECTORY/places[i] that exists, canonical; NULL when none. */
static char *find_place(const char *directory, const char *const *places)
{
    for (size_t i = 0; places[i] != NULL; i++) {
        _cleanup_free_ char *path = text_format("%s/%s", directory, places[i]);
        char *found = path == NULL ? NULL : realpath(path, NULL);

        if (found != NULL)
            return found;
    }
    return NULL;
}

static char *own_directory(struct error *error)
{
    char *path = realpath("/proc/self/exe", NULL);

    if (path == NULL)
        error_errno(error, errno, "/proc/self/exe");
    else
        *strrchr(path, '/') = '\0';
    return path;
}

int paths_find(struct paths *paths, struct error *error)
{
    static const char *const platforms[] = {"platforms", NULL};
    static const char *const workload[] = {"guests/workload", NULL};
    static const char *const large[] = {"guests/workload-large", NULL};
    const char *data = getenv("RINGSIDE_DATA");

    *paths = (struct paths){0};
    paths->bin = own_directory(error);
    if (paths->bin == NULL)
        return -error->code;
    if (data != NULL && *data != '\0') {
        paths->platforms = find_place(data, platforms);
        paths->workload = find_place(data, workload);
        paths->workload_large = find_place(data, large);
    } else {
        paths->platforms = find_place(paths->bin, platform_places);
    }
    if (paths->workload != NULL)
        return 0;
    paths->workload = find_place(paths->bin, workload_places);
    free(paths->workload_large); /* the two belong together */
    paths->workload_large = find_place(paths->bin, large_places);
    return 0;
}

void paths_release(struct paths *paths)
{
    free(paths->bin);
    free(paths->platforms);
    free(paths->workload);
    free(paths->workload_large);
    *paths = (struct paths){0};
}

static bool is_executable(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           access(path, X_OK) == 0;
}

/* DIRECTORY/NAME when that can be executed, else NULL. */
static char *executable_in(const char *directory, const char *name)
{
    char *path = text_format("%s/%s", directory, name);

    if (path != NULL && is_executable(path))
        return path;
    free(path);
    return NULL;
}

static char *find_on_path(const char *name)
{
    const char *path = getenv("PATH");
    _cleanup_free_ char *copy = strdup(path != NULL ? path : "/usr/bin:/bin");
    char *state = NULL;

    if (copy == NULL)
        return NULL;
    for (char *part = strtok_r(copy, ":", &state); part != NULL;
         part = strtok_r(NULL, ":", &state)) {
        /* A relative PATH entry would mean another program per directory. */
        char *found = *part == '/' ? executable_in(part, name) : NULL;

        if (found != NULL)
            return found;
    }
    return NULL;
}

char *paths_program(const struct paths *paths, const char *name)
{
    char *found;

    if (strchr(name, '/') != NULL)
        return is_executable(name) ? realpath(name, NULL) : NULL;
    found = executable_in(paths->bin, name);
    return found != NULL ? found : find_on_path(name);
}
