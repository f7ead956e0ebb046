/* Scopes of systemd; see systemd_scope.h. */
#include "cgroup/systemd_scope.h"

#include "cgroup/cgroup.h"
#include "oci/cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { MAX_WORDS = 48 };

/* A command line; words are freed with words_release. */
struct words {
    char *items[MAX_WORDS + 1];
    size_t count;
};

static void words_release(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
}

__attribute__((format(printf, 2, 3))) static void add(struct words *words,
                                                      const char *format, ...)
{
    va_list arguments;
    char *word;

    va_start(arguments, format);
    if (words->count < MAX_WORDS && vasprintf(&word, format, arguments) >= 0)
        words->items[words->count++] = word;
    va_end(arguments);
}

/* Files of cgroup v2 and the properties of systemd that stand for them. */
static const struct {
    const char *file, *property;
} properties[] = {
    {"memory.max", "MemoryMax"},
    {"memory.low", "MemoryLow"},
    {"memory.swap.max", "MemorySwapMax"},
    {"memory.high", "MemoryHigh"},
    {"pids.max", "TasksMax"},
    {"cpu.weight", "CPUWeight"},
    {"cpuset.cpus", "AllowedCPUs"},
    {"cpuset.mems", "AllowedMemoryNodes"},
};

/* "QUOTA PERIOD" of cpu.max, in us. */
static void add_quota(struct words *words, const char *prefix,
                      const char *value)
{
    long long quota, period;

    if (sscanf(value, "%lld %lld", &quota, &period) != 2 || period <= 0) {
        add(words, "%sCPUQuota=", prefix);
        return;
    }
    add(words, "%sCPUQuota=%lld%%", prefix,
        (quota * 100 + period - 1) / period);
    add(words, "%sCPUQuotaPeriodSec=%lldus", prefix, period);
}

static void add_properties(struct words *words, const char *prefix,
                           const struct cgroup *cgroup)
{
    for (int i = 0; i < cgroup->setting_count; i++) {
        const struct cgroup_setting *setting = &cgroup->settings[i];
        bool no_limit = strcmp(setting->value, "max") == 0;

        if (strcmp(setting->file, "cpu.max") == 0)
            add_quota(words, prefix, setting->value);
        for (size_t j = 0; j < sizeof(properties) / sizeof(properties[0]);
             j++) {
            if (strcmp(setting->file, properties[j].file) == 0)
                add(words, "%s%s=%s", prefix, properties[j].property,
                    no_limit ? "infinity" : setting->value);
        }
    }
}

/* In the child: its standard descriptors, and nothing of ours outlives us. */
static _Noreturn void execute(const struct words *words, const int *standard)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (dup2(standard[fd], fd) < 0)
            _exit(127);
    }
    execvp(words->items[0], words->items);
    dprintf(STDERR_FILENO, "cannot execute it: %s\n", strerror(errno));
    _exit(127);
}

/*
 * Runs a command whose standard input, output and error are pipes of ours, of
 * which *ends get our side. Returns its process id.
 */
static pid_t run(struct words *words, int ends[3], struct error *error)
{
    int theirs[3] = {-1, -1, -1};
    pid_t pid = -1;

    ends[0] = ends[1] = ends[2] = -1;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        int both[2];

        if (pipe2(both, O_CLOEXEC) < 0)
            goto out;
        theirs[fd] = both[fd == STDIN_FILENO ? 0 : 1];
        ends[fd] = both[fd == STDIN_FILENO ? 1 : 0];
    }
    pid = fork();
    if (pid == 0)
        execute(words, theirs);
out:
    if (pid < 0)
        (void)error_errno(error, errno, "cannot make a process");
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        cleanup_close(&theirs[fd]);
    return pid < 0 ? -error->code : pid;
}

/* Waits for the end of a command; what it said is why it failed. */
static int finish(const struct words *words, pid_t pid, int said,
                  struct error *error)
{
    char text[256];
    ssize_t n = read(said, text, sizeof(text) - 1);
    int outcome = 0;

    waitpid(pid, &outcome, 0);
    if (outcome == 0)
        return 0;
    text[n > 0 ? n : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return error_set(error, EIO, "%s: %s", words->items[0],
                     text[0] != '\0' ? text : "failed");
}

static int check_host(const struct cgroup *cgroup, struct error *error)
{
    if (access("/run/systemd/system", F_OK) < 0)
        return error_set(error, ENOTSUP,
                         "--systemd-cgroup: systemd does not run here; use "
                         "--cgroup-manager=cgroupfs");
    if (!cgroup->unified)
        return error_set(error, ENOTSUP,
                         "--systemd-cgroup: needs a host with cgroup v2 alone; "
                         "use --cgroup-manager=cgroupfs");
    return 0;
}

int systemd_scope_parse(const char *path, const char *id,
                        struct systemd_scope *scope, struct error *error)
{
    const char *first = path != NULL ? strchr(path, ':') : NULL;
    const char *second = first != NULL ? strchr(first + 1, ':') : NULL;
    const char *slice = geteuid() == 0 ? "system.slice" : "user.slice";
    int slice_length = (int)strlen(slice), n;

    if (path == NULL || path[0] == '\0') {
        n = snprintf(scope->unit, sizeof(scope->unit), "ringside-%s.scope", id);
    } else if (second == NULL || strchr(path, '/') != NULL) {
        return error_set(error, EINVAL,
                         "config.json: linux.cgroupsPath: expected "
                         "SLICE:PREFIX:NAME for systemd, got \"%s\"",
                         path);
    } else {
        if (first > path) {
            slice = path;
            slice_length = (int)(first - path);
        }
        n = snprintf(scope->unit, sizeof(scope->unit), "%.*s%s%s.scope",
                     (int)(second - first - 1), first + 1,
                     second - first > 1 ? "-" : "", second + 1);
    }
    if (n >= (int)sizeof(scope->unit) ||
        slice_length >= (int)sizeof(scope->slice))
        return error_set(error, ENAMETOOLONG,
                         "config.json: linux.cgroupsPath: too long");
    snprintf(scope->slice, sizeof(scope->slice), "%.*s", slice_length, slice);
    return 0;
}

int systemd_scope_start(struct cgroup *cgroup, struct error *error)
{
    static const char *const fixed[] = {
        "systemd-run",
        "--scope",
        "--quiet",
        "--collect",
        "--property=Delegate=yes",
        "--property=MemoryAccounting=yes",
        "--property=TasksAccounting=yes",
        "--property=CPUAccounting=yes",
        "--property=KillSignal=SIGKILL",
    };
    struct systemd_scope *scope = &cgroup->scope;
    _cleanup_(words_release) struct words words = {0};
    _cleanup_close_ int input = -1, output = -1, said = -1;
    int ends[3], status = check_host(cgroup, error);
    char byte = '\n';
    pid_t pid;

    if (status < 0)
        return status;
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        add(&words, "%s", fixed[i]);
    if (geteuid() != 0)
        add(&words, "--user");
    add(&words, "--slice=%s", scope->slice);
    add(&words, "--unit=%s", scope->unit);
    add_properties(&words, "--property=", cgroup);
    add(&words, "cat");
    pid = run(&words, ends, error);
    input = ends[0];
    output = ends[1];
    said = ends[2];
    if (pid < 0)
        return (int)pid;
    /* What it is given comes back once it is in the scope. */
    if (write(input, &byte, 1) != 1 || read(output, &byte, 1) != 1)
        return finish(&words, pid, said, error);
    scope->keeper = pid;
    scope->hold = take_fd(&input);
    if (!cgroup_path_of(pid, cgroup->path, sizeof(cgroup->path)))
        return error_set(error, ENOENT, "systemd-run: the scope has no cgroup");
    return 0;
}

void systemd_scope_release(struct systemd_scope *scope)
{
    if (scope->keeper <= 0)
        return;
    close(scope->hold);
    waitpid(scope->keeper, NULL, 0);
    scope->keeper = 0;
}

/* systemctl COMMAND [OPTION] UNIT WORD... */
static int control(struct words *words, struct error *error)
{
    int ends[3], status = run(words, ends, error);

    if (status > 0)
        status = finish(words, status, ends[2], error);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        cleanup_close(&ends[fd]);
    return status;
}

static void begin_control(struct words *words, const char *command,
                          const char *unit)
{
    add(words, "systemctl");
    add(words, "%s", geteuid() == 0 ? "--system" : "--user");
    add(words, "--runtime");
    add(words, "%s", command);
    add(words, "%s", unit);
}

int systemd_scope_update(const struct cgroup *cgroup, struct error *error)
{
    _cleanup_(words_release) struct words words = {0};
    size_t bare;

    begin_control(&words, "set-property", cgroup->scope.unit);
    bare = words.count;
    add_properties(&words, "", cgroup);
    return words.count > bare ? control(&words, error) : 0;
}

void systemd_scope_stop(const struct systemd_scope *scope)
{
    _cleanup_(words_release) struct words words = {0};
    struct error ignored = {0};

    begin_control(&words, "stop", scope->unit);
    (void)control(&words, &ignored);
}
