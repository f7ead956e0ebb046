/* Which cgroup hierarchies are mounted; see cgroup.h for the contract. */
#include "bench/cgroup.h"

#include "bench/files.h"
#include "bench/words.h"

#include <string.h>

static const struct controller {
    const char *name;
    unsigned bit;
} controllers[] = {
    {"memory", CGROUP_MEMORY},
    {"cpuacct", CGROUP_CPUACCT},
    {"pids", CGROUP_PIDS},
};

unsigned cgroup_controller_bits(char *list)
{
    unsigned bits = 0;
    char *state = NULL;

    for (char *word = strtok_r(list, ", \n", &state); word != NULL;
         word = strtok_r(NULL, ", \n", &state)) {
        for (size_t i = 0; i < sizeof(controllers) / sizeof(*controllers); i++)
            if (strcmp(word, controllers[i].name) == 0)
                bits |= controllers[i].bit;
    }
    return bits;
}

static unsigned unified_controllers(const char *mount)
{
    _cleanup_free_ char *path = text_format("%s/cgroup.controllers", mount);
    char list[512];

    if (path == NULL || file_read(path, list, sizeof(list)) < 0)
        return 0;
    return cgroup_controller_bits(list);
}

/* The octal escapes of mountinfo, \040 for a blank; see proc(5). */
static void unescape(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; to++) {
        unsigned value;
        int length = 0;

        if (sscanf(from, "\\%3o%n", &value, &length) == 1 && length == 4) {
            *to = (char)value;
            from += length;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

/*
 * One line: ID PARENT MAJOR:MINOR ROOT MOUNT OPTIONS [TAGS...] - TYPE SOURCE
 * SUPER-OPTIONS.
 */
static int read_line(char *line, struct cgroup_host *host)
{
    _cleanup_free_ char *mount = NULL, *type = NULL, *options = NULL;
    char *tail = strstr(line, " - ");
    struct cgroup_hierarchy *hierarchy;

    if (tail == NULL || host->count == CGROUP_MAX_HIERARCHIES ||
        sscanf(line, "%*s %*s %*s %*s %ms", &mount) != 1 ||
        sscanf(tail, " - %ms %*s %ms", &type, &options) != 2)
        return 0;
    if (*mount != '/' ||
        (strcmp(type, "cgroup") != 0 && strcmp(type, "cgroup2") != 0))
        return 0;
    unescape(mount);
    hierarchy = &host->hierarchies[host->count++];
    hierarchy->unified = strcmp(type, "cgroup2") == 0;
    hierarchy->controllers = hierarchy->unified
                                 ? unified_controllers(mount)
                                 : cgroup_controller_bits(options);
    hierarchy->mount = take_pointer(mount);
    return hierarchy->unified ? 2 : 1;
}

int cgroup_host_read(const char *mountinfo, struct cgroup_host *host,
                     struct error *error)
{
    _cleanup_file_ FILE *file = fopen(mountinfo, "re");
    _cleanup_free_ char *line = NULL;
    bool seen[3] = {false};
    size_t size = 0;

    *host = (struct cgroup_host){0};
    if (file == NULL)
        return error_errno(error, errno, "%s", mountinfo);
    while (getline(&line, &size, file) > 0)
        seen[read_line(line, host)] = true;
    host->hybrid = seen[1] && seen[2];
    return 0;
}

void cgroup_host_release(struct cgroup_host *host)
{
    for (size_t i = 0; i < host->count; i++)
        free(host->hierarchies[i].mount);
    *host = (struct cgroup_host){0};
}
