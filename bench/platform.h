/*
 * A platform: a command that runs an OCI bundle, described by a JSON file.
 * The harness knows nothing else about it. Format: docs/platforms.md.
 */
#ifndef RINGSIDE_BENCH_PLATFORM_H
#define RINGSIDE_BENCH_PLATFORM_H

#include "oci/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PLATFORM_MAX_FILE = 1 << 20, /* bytes of a platform file */
    PLATFORM_MAX_NEEDS = 16,
    PLATFORM_MAX_CANNOT = 16,
    PLATFORM_PROBE_SECONDS = 5,      /* default */
    PLATFORM_PROBE_SECONDS_MAX = 60, /* most that a file may ask for */
};

enum need_kind { NEED_PROGRAM, NEED_FILE, NEED_ROOT, NEED_PROBE };

/* needs[]: checked in order; the first missing one is the reason. */
struct platform_need {
    enum need_kind kind;
    char *name;   /* program or file */
    char **probe; /* command */
    int seconds;  /* for the probe */
    char *remedy; /* NULL: none given */
};

/* cannot[]: workloads, and why the platform cannot run them. */
struct platform_inability {
    char **workloads;
    char *reason; /* one line */
};

enum enter_when { ENTER_ALWAYS, ENTER_HYBRID_CGROUPS, ENTER_ROOT };

struct platform {
    char *name; /* [A-Za-z0-9-]{1,63} */
    char *title;
    char *summary;    /* NULL: none */
    char *class_name; /* one of the classes of docs/platforms.md */
    int64_t order;
    char **version; /* command or NULL */
    struct platform_need needs[PLATFORM_MAX_NEEDS];
    size_t need_count;
    struct platform_inability cannot[PLATFORM_MAX_CANNOT];
    size_t cannot_count; /* platform_cannot.h */
    char **enter;        /* command or NULL */
    enum enter_when enter_when;
    char **run;
    char **run_without_root;  /* NULL: the same as run */
    char **cleanup;           /* NULL: none */
    char **prepare, **finish; /* NULL: none */
    char *start;              /* "cold", "restored" or "pooled" */
    bool control;
    bool floor;
    bool elsewhere; /* it works in processes that are not charged to it */
    bool slow;      /* a run takes seconds: takes part only when asked for */
    bool heavy;     /* a tenth of one: no part of the briefest profile */
    bool untested;  /* written from documentation alone */
    /* Facts to set beside those of others; NULL where the file is silent. */
    char *kernel, *network, *seccomp, *limits, *files;
    char **differs;  /* NULL: none */
    char *directory; /* {here}: of the file it came from, absolute */
    char *path;      /* the file it came from */
};

/*
 * Reads and checks one file. Errors: the errno of the file, or -EINVAL with
 * "PATH:LINE: ..." for bad JSON and "PATH: KEY: expected ..., got ..." for
 * anything that docs/platforms.md does not allow. The caller releases
 * *platform with platform_release.
 */
int platform_load(const char *path, struct platform *platform,
                  struct error *error);

void platform_release(struct platform *platform);

/* Every platform that was found, by order and then name. */
struct platform_list {
    struct platform *items;
    size_t count;
};

/*
 * Reads every *.json of the directories. Errors: those of platform_load, and
 * -EEXIST when a name comes twice. The caller releases *list.
 */
int platform_list_load(char *const *directories, struct platform_list *list,
                       struct error *error);
void platform_list_release(struct platform_list *list);

/* The platform of that name or NULL. */
const struct platform *platform_find(const struct platform_list *list,
                                     const char *name);

#endif
