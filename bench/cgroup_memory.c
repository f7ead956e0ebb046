/* What a cgroup holds at this moment; see cgroup.h. */
#include "bench/cgroup.h"

#include "bench/files.h"
#include "bench/results.h"
#include "bench/words.h"

/* A group's FILE, at most size-1 bytes; false where there is none. */
static bool read_text(const struct cgroup_hierarchy *hierarchy,
                      const char *session, const char *group, const char *file,
                      char *text, size_t size)
{
    _cleanup_free_ char *path =
        text_format("%s/" CGROUP_SESSION_PREFIX "%s/%s/%s", hierarchy->mount,
                    session, group, file);

    return path != NULL && file_read(path, text, size) > 0;
}

static int64_t current_of(const struct cgroup_hierarchy *hierarchy,
                          const char *session, const char *group)
{
    const char *file =
        hierarchy->unified ? "memory.current" : "memory.usage_in_bytes";
    char text[64];
    long long number;

    if (!read_text(hierarchy, session, group, file, text, sizeof(text)) ||
        sscanf(text, "%lld", &number) != 1 || number < 0)
        return RESULT_ABSENT;
    return number;
}

static int64_t field_of(const char *text, const char *key)
{
    int64_t number;

    return field_number(text, key, &number) == 0 && number >= 0 ? number
                                                                : RESULT_ABSENT;
}

/* Version 1 has none of these in its memory.stat. */
static void read_kernel(const struct cgroup_hierarchy *hierarchy,
                        const char *session, const char *group,
                        struct cgroup_memory *memory)
{
    char text[16384];

    if (!hierarchy->unified || !read_text(hierarchy, session, group,
                                          "memory.stat", text, sizeof(text)))
        return;
    memory->stack = field_of(text, "kernel_stack");
    memory->page_tables = field_of(text, "pagetables");
    memory->secondary_page_tables = field_of(text, "sec_pagetables");
    memory->slab = field_of(text, "slab");
}

void cgroup_read_memory(const struct cgroup_host *host, const char *session,
                        const char *group, struct cgroup_memory *memory)
{
    *memory =
        (struct cgroup_memory){RESULT_ABSENT, RESULT_ABSENT, RESULT_ABSENT,
                               RESULT_ABSENT, RESULT_ABSENT, false};
    for (size_t i = 0; i < host->count; i++) {
        const struct cgroup_hierarchy *hierarchy = &host->hierarchies[i];

        if (!hierarchy->used || (hierarchy->controllers & CGROUP_MEMORY) == 0)
            continue;
        memory->current = current_of(hierarchy, session, group);
        memory->unified = hierarchy->unified;
        read_kernel(hierarchy, session, group, memory);
    }
}
