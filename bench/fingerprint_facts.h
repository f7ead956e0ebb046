/*
 * How a fact is found: each function takes the argument of its row in the
 * table of fingerprint.c and returns a new reference, or NULL when the host
 * does not tell. Values are strings, integers, booleans, and lists and
 * objects of them, never reals: their text is the digest's input.
 */
#ifndef RINGSIDE_BENCH_FINGERPRINT_FACTS_H
#define RINGSIDE_BENCH_FINGERPRINT_FACTS_H

#include <jansson.h>

/* The first line of a file, its ends trimmed. */
json_t *fact_line(const char *path);

/* A file that holds one number. */
json_t *fact_number(const char *path);

/* The word in brackets of a file such as "always [madvise] never". */
json_t *fact_chosen(const char *path);

/* The first line of each file in a directory, by name. */
json_t *fact_directory(const char *path);

/* A value of /proc/meminfo, in bytes. */
json_t *fact_meminfo(const char *key);

/* The first processor's value of a key of /proc/cpuinfo. */
json_t *fact_cpuinfo(const char *key);

/* Is this one of the first processor's flags? */
json_t *fact_cpu_flag(const char *flag);

/* The first processor's caches: level, type, size, who shares it. */
json_t *fact_caches(const char *unused);

/* CPUID leaf 0x40000000: the hypervisor's signature ("KVMKVMKVM"). */
json_t *fact_hypervisor_signature(const char *unused);

/* A member of uname(2): "release", "version", "machine". */
json_t *fact_uname(const char *member);

/* The names of the KVM back ends that are loaded or built in. */
json_t *fact_kvm_backends(const char *unused);

/* A parameter of each back end that has it, by back end. */
json_t *fact_kvm_parameter(const char *parameter);

/* Does /dev/kvm open for reading and writing? NULL: there is none. */
json_t *fact_kvm_opens(const char *unused);

/* KVM_GET_API_VERSION (12 since Linux 2.6.22). */
json_t *fact_kvm_api(const char *unused);

/* "v1", "v2" or "hybrid" (both), by what is mounted. */
json_t *fact_cgroup_version(const char *unused);

/* Controllers of the mounted hierarchies: "v1" or "v2". */
json_t *fact_cgroup_controllers(const char *version);

/* A key of os-release(5). */
json_t *fact_os_release(const char *key);

/* The C library and the compiler of this program. */
json_t *fact_libc(const char *unused);
json_t *fact_compiler(const char *unused);

/* The effective user id. */
json_t *fact_user_id(const char *unused);

/* Capabilities of this kernel that are not effective. */
json_t *fact_capabilities_missing(const char *unused);

#endif
