/*
 * What a cgroup has used, from whichever hierarchy can tell; see cgroup.h.
 */
#include "bench/cgroup.h"

#include "bench/clock.h"
#include "bench/files.h"
#include "bench/results.h"
#include "bench/words.h"

/* The number in a group's FILE of one hierarchy, or RESULT_ABSENT. */
static int64_t read_number(const struct cgroup_hierarchy *hierarchy,
                           const char *session, const char *group,
                           const char *file)
{
    _cleanup_free_ char *path =
        text_format("%s/" CGROUP_SESSION_PREFIX "%s/%s/%s", hierarchy->mount,
                    session, group, file);
    int64_t number;

    if (path == NULL || file_read_number(path, &number) < 0 || number < 0)
        return RESULT_ABSENT;
    return number;
}

/* The number after a key in a group's FILE, or RESULT_ABSENT. */
static int64_t read_field(const struct cgroup_hierarchy *hierarchy,
                          const char *session, const char *group,
                          const char *file, const char *key)
{
    _cleanup_free_ char *path =
        text_format("%s/" CGROUP_SESSION_PREFIX "%s/%s/%s", hierarchy->mount,
                    session, group, file);
    char text[16384];
    int64_t number;

    if (path == NULL || file_read(path, text, sizeof(text)) < 0 ||
        field_number(text, key, &number) < 0 || number < 0)
        return RESULT_ABSENT;
    return number;
}

static void read_unified(const struct cgroup_hierarchy *hierarchy,
                         const char *session, const char *group,
                         struct cgroup_usage *usage)
{
    int64_t user =
        read_field(hierarchy, session, group, "cpu.stat", "user_usec");
    int64_t kernel =
        read_field(hierarchy, session, group, "cpu.stat", "system_usec");

    if (user >= 0 && kernel >= 0) {
        usage->user_ns = user * NS_PER_US;
        usage->system_ns = kernel * NS_PER_US;
    }
    if ((hierarchy->controllers & CGROUP_MEMORY) == 0)
        return;
    usage->peak = read_number(hierarchy, session, group, "memory.peak");
    usage->kernel =
        read_field(hierarchy, session, group, "memory.stat", "kernel");
}

/*
 * cpuacct.usage is exact; its split into user and system is sampled by the
 * timer tick, so the exact total is divided in that proportion, as the kernel
 * does for cpu.stat of version 2 and for a process (cputime_adjust).
 */
static void read_cpuacct(const struct cgroup_hierarchy *hierarchy,
                         const char *session, const char *group,
                         struct cgroup_usage *usage)
{
    int64_t total = read_number(hierarchy, session, group, "cpuacct.usage");
    int64_t user = read_number(hierarchy, session, group, "cpuacct.usage_user");
    int64_t kernel =
        read_number(hierarchy, session, group, "cpuacct.usage_sys");
    double share = 0;

    if (total < 0)
        return;
    if (user >= 0 && kernel >= 0 && user + kernel > 0)
        share = (double)user / (double)(user + kernel);
    usage->user_ns = (int64_t)((double)total * share);
    usage->system_ns = total - usage->user_ns;
}

void cgroup_read_usage(const struct cgroup_host *host, const char *session,
                       const char *group, struct cgroup_usage *usage)
{
    *usage = (struct cgroup_usage){RESULT_ABSENT, RESULT_ABSENT, RESULT_ABSENT,
                                   RESULT_ABSENT};
    /* Version 2 first: where version 1 has cpuacct too, that is finer. */
    for (size_t i = 0; i < host->count; i++) {
        if (host->hierarchies[i].used && host->hierarchies[i].unified)
            read_unified(&host->hierarchies[i], session, group, usage);
    }
    for (size_t i = 0; i < host->count; i++) {
        const struct cgroup_hierarchy *hierarchy = &host->hierarchies[i];

        if (!hierarchy->used || hierarchy->unified)
            continue;
        if (hierarchy->controllers & CGROUP_CPUACCT)
            read_cpuacct(hierarchy, session, group, usage);
        if (hierarchy->controllers & CGROUP_MEMORY) {
            usage->peak = read_number(hierarchy, session, group,
                                      "memory.max_usage_in_bytes");
            usage->kernel = read_number(hierarchy, session, group,
                                        "memory.kmem.usage_in_bytes");
        }
    }
}
