/* The checks of ringside doctor; see doctor.h. */
#include "bench/doctor.h"

#include "bench/files.h"
#include "bench/noise.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <time.h>

enum {
    FEW_PROCESSORS = 2,
    WATCH_MS = 1000,
    AVAILABLE_MEMORY_PERCENT = 10,
    MEMINFO_SIZE = 8192,
};

static const double quiet_load = 0.5, quiet_share = 0.02;

static void __attribute__((format(printf, 4, 5)))
find(struct finding *finding, enum finding_kind kind, const char *remedy,
     const char *format, ...)
{
    va_list arguments;

    finding->kind = kind;
    finding->remedy = remedy;
    va_start(arguments, format);
    vsnprintf(finding->text, sizeof(finding->text), format, arguments);
    va_end(arguments);
}

static const json_t *fact(const json_t *host, const char *group,
                          const char *name)
{
    return json_object_get(json_object_get(host, group), name);
}

static const char *fact_text(const json_t *host, const char *group,
                             const char *name)
{
    return json_string_value(fact(host, group, name));
}

static bool is_virtual(const json_t *host)
{
    return json_is_true(fact(host, "hypervisor", "present"));
}

static void judge_governor(const json_t *host, struct finding *finding)
{
    const char *governor = fact_text(host, "cpu", "governor");

    if (governor == NULL)
        return;
    if (strcmp(governor, "performance") == 0)
        find(finding, FINDING_GOOD, NULL, "governor is performance");
    else
        find(finding, FINDING_NOISY, "cpupower frequency-set -g performance",
             "governor is %.32s: the clock follows the load, and short runs "
             "see a slow one",
             governor);
}

static void judge_boost(const json_t *host, struct finding *finding)
{
    const json_t *boost = fact(host, "cpu", "frequency_boost");
    const json_t *no_turbo = fact(host, "cpu", "intel_no_turbo");

    if (json_is_integer(boost) && json_integer_value(boost) != 0)
        find(finding, FINDING_NOISY,
             "echo 0 >/sys/devices/system/cpu/cpufreq/boost",
             "frequency boost is on: the clock follows heat and neighbours");
    else if (json_is_integer(no_turbo) && json_integer_value(no_turbo) == 0)
        find(finding, FINDING_NOISY,
             "echo 1 >/sys/devices/system/cpu/intel_pstate/no_turbo",
             "turbo is on: the clock follows heat and neighbours");
    else if (json_is_integer(boost) || json_is_integer(no_turbo))
        find(finding, FINDING_GOOD, NULL, "frequency boost is off");
}

static void judge_smt(const json_t *host, struct finding *finding)
{
    const json_t *active = fact(host, "cpu", "smt_active");

    if (!json_is_integer(active))
        return;
    if (json_integer_value(active) == 0)
        find(finding, FINDING_GOOD, NULL, "no two threads share a core");
    else
        find(finding, FINDING_NOISY,
             "echo off >/sys/devices/system/cpu/smt/control",
             "SMT is on: what runs on the sibling thread slows a run");
}

static void judge_processors(const json_t *host, struct finding *finding)
{
    int processors = get_nprocs();

    (void)host;
    if (processors >= FEW_PROCESSORS)
        find(finding, FINDING_GOOD, NULL, "%d processors", processors);
    else
        find(finding, FINDING_NOISY, "give the machine two or more",
             "one processor: the harness and what it measures share it");
}

static void judge_huge_pages(const json_t *host, struct finding *finding)
{
    const char *chosen = fact_text(host, "memory", "huge_pages");

    if (chosen == NULL)
        find(finding, FINDING_LIMITED, "boot a kernel that has them",
             "no transparent huge pages: guests' memory is slower to touch");
    else if (strcmp(chosen, "never") == 0)
        find(finding, FINDING_LIMITED,
             "echo madvise >/sys/kernel/mm/transparent_hugepage/enabled",
             "transparent huge pages are off: guests' memory is slower to "
             "touch");
    else
        find(finding, FINDING_GOOD, NULL, "transparent huge pages: %.16s",
             chosen);
}

static void judge_merging(const json_t *host, struct finding *finding)
{
    const json_t *merging = fact(host, "memory", "same_page_merging");

    if (json_is_integer(merging) && json_integer_value(merging) != 0)
        find(finding, FINDING_NOISY, "echo 0 >/sys/kernel/mm/ksm/run",
             "same-page merging is on: memory figures change by themselves");
}

static void judge_swap(const json_t *host, struct finding *finding)
{
    const json_t *swap = fact(host, "memory", "swap_bytes");

    if (json_is_integer(swap) && json_integer_value(swap) > 0)
        find(finding, FINDING_NOISY, "swapoff -a",
             "swap is on: memory that was paged out is not in the figures");
}

/* Which mitigations hold decides what a system call and an exit cost. */
static void judge_mitigations(const json_t *host, struct finding *finding)
{
    const char *line = fact_text(host, "kernel", "command_line");

    if (line != NULL && strstr(line, "mitigations=off") != NULL)
        find(finding, FINDING_LIMITED, "boot without mitigations=off",
             "mitigations are off: system calls and exits cost less than on "
             "a machine as people run it");
    else
        find(finding, FINDING_GOOD, NULL, "processor mitigations as booted");
}

static void judge_clock(const json_t *host, struct finding *finding)
{
    const char *source = fact_text(host, "clock", "source");

    if (source == NULL)
        return;
    if (strcmp(source, "tsc") == 0 || strcmp(source, "kvm-clock") == 0)
        find(finding, FINDING_GOOD, NULL, "clock source is %s", source);
    else
        find(finding, FINDING_NOISY,
             "look in dmesg why the TSC was found unstable",
             "clock source is %.32s: each reading of the time is slow", source);
}

static void judge_nesting(const json_t *host, struct finding *finding)
{
    if (!is_virtual(host))
        find(finding, FINDING_GOOD, NULL, "no hypervisor below this machine");
    else
        find(finding, FINDING_LIMITED, "measure on the bare machine",
             "this is a virtual machine itself: its guests are nested, and "
             "figures of virtual machines are higher than on bare metal");
}

static bool has_back_end(const json_t *host, const char *name)
{
    const json_t *back_ends = fact(host, "kvm", "back_ends"), *back_end;
    size_t i;

    json_array_foreach((json_t *)back_ends, i, back_end)
    {
        const char *text = json_string_value(back_end);

        if (text != NULL && strcmp(text, name) == 0)
            return true;
    }
    return false;
}

static void judge_kvm(const json_t *host, struct finding *finding)
{
    const json_t *opens = fact(host, "kvm", "device_opens");

    if (json_is_null(opens) || opens == NULL)
        find(finding, FINDING_LIMITED,
             is_virtual(host)
                 ? "turn on nested virtualization in the hypervisor below"
                 : "turn on virtualization in the firmware; modprobe kvm-intel "
                   "or kvm-amd",
             "there is no /dev/kvm: no virtual machine takes part");
    else if (json_is_false(opens))
        find(finding, FINDING_LIMITED, "usermod -aG kvm USER, and log in again",
             "/dev/kvm may not be opened: no virtual machine takes part");
    else if (has_back_end(host, "kvm_pvm"))
        find(finding, FINDING_LIMITED, "use a host with VT-x or AMD-V",
             "KVM runs without hardware support (kvm_pvm): unikernels run, "
             "Linux guests do not, exits cost tens of microseconds");
    else
        find(finding, FINDING_GOOD, NULL, "/dev/kvm opens");
}

static void judge_cgroups(const json_t *host, struct finding *finding)
{
    const char *version = fact_text(host, "cgroup", "version");

    if (version == NULL)
        find(finding, FINDING_LIMITED, "mount -t cgroup2 none /sys/fs/cgroup",
             "no cgroups: CPU time and memory are not accounted");
    else if (strcmp(version, "v2") == 0)
        find(finding, FINDING_GOOD, NULL, "cgroup v2");
    else
        find(finding, FINDING_LIMITED,
             "boot with systemd.unified_cgroup_hierarchy=1",
             "cgroup %.16s: runtimes take slower paths than on cgroup v2",
             version);
}

static void judge_user(const json_t *host, struct finding *finding)
{
    const json_t *user = fact(host, "system", "user_id");

    if (json_is_integer(user) && json_integer_value(user) != 0)
        find(finding, FINDING_LIMITED, "run as root",
             "not root: runtimes that need it are left out, and cgroups may "
             "not be made");
}

static void judge_memory(const json_t *host, struct finding *finding)
{
    char text[MEMINFO_SIZE];
    int64_t total, available;

    (void)host;
    if (file_read("/proc/meminfo", text, sizeof(text)) < 0 ||
        field_number(text, "MemTotal", &total) < 0 ||
        field_number(text, "MemAvailable", &available) < 0)
        return;
    if (available < total / 100 * AVAILABLE_MEMORY_PERCENT)
        find(finding, FINDING_NOISY, "end what holds the memory",
             "little memory is available: the host reclaims while it measures");
    else
        find(finding, FINDING_GOOD, NULL, "%lld MiB of memory are available",
             (long long)available / 1024);
}

const struct check doctor_checks[] = {
    {"governor", judge_governor},
    {"boost", judge_boost},
    {"SMT", judge_smt},
    {"processors", judge_processors},
    {"huge pages", judge_huge_pages},
    {"page merging", judge_merging},
    {"swap", judge_swap},
    {"free memory", judge_memory},
    {"mitigations", judge_mitigations},
    {"clock", judge_clock},
    {"nesting", judge_nesting},
    {"KVM", judge_kvm},
    {"cgroups", judge_cgroups},
    {"user", judge_user},
    {NULL, NULL},
};

void doctor_watch(struct finding *finding)
{
    const struct timespec second = {.tv_sec = WATCH_MS / 1000};
    struct noise_counters before;
    struct result_noise noise;
    double span = (double)WATCH_MS * 1e6 * get_nprocs();
    double stolen, stalled;

    noise_read(&before);
    nanosleep(&second, NULL);
    noise_since(&before, &noise);
    stolen = noise.steal_ns > 0 ? (double)noise.steal_ns / span : 0;
    stalled =
        noise.pressure_us > 0 ? (double)noise.pressure_us / WATCH_MS / 1e3 : 0;
    if (stolen > quiet_share)
        find(finding, FINDING_NOISY,
             "move to a host whose processors are not shared",
             "the hypervisor below gave %.0f %% of the time to others",
             stolen * 100);
    else if (stalled > quiet_share || noise.load > quiet_load)
        find(finding, FINDING_NOISY, "end what else runs (top shows it)",
             "others run: load %.2f, somebody waited for a processor %.0f %% "
             "of the time",
             noise.load, stalled * 100);
    else
        find(finding, FINDING_GOOD, NULL, "quiet: load %.2f", noise.load);
}
