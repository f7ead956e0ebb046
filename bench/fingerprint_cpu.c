/* Facts about the processor, and about what may be below it. */
#include "bench/fingerprint_facts.h"

#include "oci/cleanup.h"

#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

/*
 * The value of a key in the first block of /proc/cpuinfo, allocated; NULL when
 * it is not there. Lines read "key<tabs>: value".
 */
static char *cpuinfo_value(const char *key)
{
    _cleanup_file_ FILE *file = fopen("/proc/cpuinfo", "re");
    _cleanup_free_ char *line = NULL;
    size_t size = 0, length = strlen(key);

    while (file != NULL && getline(&line, &size, file) > 1) {
        const char *rest = line + length;

        if (strncmp(line, key, length) != 0)
            continue;
        rest += strspn(rest, "\t ");
        if (*rest != ':')
            continue; /* "model" is also the beginning of "model name" */
        rest++;
        rest += strspn(rest, " ");
        return strndup(rest, strcspn(rest, "\n"));
    }
    return NULL;
}

json_t *fact_cpuinfo(const char *key)
{
    _cleanup_free_ char *value = cpuinfo_value(key);

    return value != NULL ? json_string(value) : NULL;
}

json_t *fact_cpu_flag(const char *flag)
{
    _cleanup_free_ char *flags = cpuinfo_value("flags");
    char *rest = NULL;

    if (flags == NULL)
        return NULL;
    for (char *word = strtok_r(flags, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest))
        if (strcmp(word, flag) == 0)
            return json_true();
    return json_false();
}

static json_t *cache_member(const char *cache, const char *member)
{
    char path[128];
    json_t *value;

    snprintf(path, sizeof(path), "%s/%s", cache, member);
    value = fact_line(path);
    return value != NULL ? value : json_null();
}

json_t *fact_caches(const char *unused)
{
    json_t *caches = json_array();

    (void)unused;
    for (int i = 0; i < 16; i++) {
        char cache[96];

        snprintf(cache, sizeof(cache),
                 "/sys/devices/system/cpu/cpu0/cache/index%d", i);
        if (access(cache, F_OK) < 0)
            break;
        json_array_append_new(
            caches, json_pack("{s:o, s:o, s:o, s:o}", "level",
                              cache_member(cache, "level"), "type",
                              cache_member(cache, "type"), "size",
                              cache_member(cache, "size"), "shared_by",
                              cache_member(cache, "shared_cpu_list")));
    }
    if (json_array_size(caches) > 0)
        return caches;
    json_decref(caches);
    return NULL;
}

/* Source: Linux, Documentation/virt/kvm/x86/cpuid.rst; other hypervisors use
 * the same leaf. Without a hypervisor the leaf means nothing. */
json_t *fact_hypervisor_signature(const char *unused)
{
    (void)unused;
#if defined(__x86_64__)
    json_t *present = fact_cpu_flag("hypervisor");
    uint32_t leaf, words[3];
    char signature[sizeof(words) + 1] = "";

    if (!json_is_true(present))
        return NULL;
    __cpuid(0x40000000, leaf, words[0], words[1], words[2]);
    if (leaf < 0x40000000)
        return NULL;
    memcpy(signature, words, sizeof(words));
    return json_string(signature); /* NULL for what is no UTF-8 */
#else
    return NULL;
#endif
}
