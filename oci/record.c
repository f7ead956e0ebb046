/* The state file of a container; see record.h. */
#include "oci/record.h"

#include "oci/cleanup.h"
#include "oci/file.h"
#include "oci/json.h"
#include "oci/path.h"
#include "oci/runtime.h"
#include "oci/start_gate.h"

#include <pwd.h>
#include <string.h>
#include <time.h>

enum { RECORD_VERSION = 1, NANOSECONDS = 1000000000 };

static const char file_name[] = "state.json";

static json_t *make_document(const struct record_facts *facts,
                             uint64_t start_time)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return json_pack("{si ss ss ss ss sI si si sI sb sb sO* sO*}", "version",
                     RECORD_VERSION, "id", facts->id, "bundle", facts->bundle,
                     "rootfs", facts->rootfs, "config", facts->config,
                     "created",
                     (json_int_t)now.tv_sec * NANOSECONDS + now.tv_nsec, "uid",
                     (int)geteuid(), "pid", (int)facts->pid, "startTime",
                     (json_int_t)start_time, "attached", facts->attached,
                     "creating", facts->creating, "details", facts->details,
                     "annotations", facts->annotations);
}

static int write_document(const char *directory, const json_t *document,
                          struct error *error)
{
    _cleanup_free_ char *path = path_join(directory, file_name);
    _cleanup_free_ char *text =
        document != NULL ? json_dumps(document, JSON_COMPACT) : NULL;

    if (path == NULL || text == NULL)
        return error_errno(error, ENOMEM, "%s", directory);
    return file_replace(path, text, error);
}

int record_write(const char *directory, const struct record_facts *facts,
                 struct error *error)
{
    struct process_identity init = {0};
    json_t *document;
    int status;

    if (facts->pid > 0 && process_identify(facts->pid, &init) < 0)
        return error_set(error, ESRCH, "the container's process is gone");
    document = make_document(facts, init.start_time);
    status = write_document(directory, document, error);
    json_decref(document);
    return status;
}

int record_rewrite(const char *directory, const struct record *record,
                   struct error *error)
{
    return write_document(directory, record->document, error);
}

static int unpack(struct record *record)
{
    json_t *document = record->document;
    json_int_t start_time = 0, created = 0;
    int version = 0, pid = 0, attached = 0, creating = 0;

    if (json_unpack(document, "{si ss ss ss ss sI si sI sb sb}", "version",
                    &version, "id", &record->id, "bundle", &record->bundle,
                    "rootfs", &record->rootfs, "config", &record->config,
                    "created", &created, "pid", &pid, "startTime", &start_time,
                    "attached", &attached, "creating", &creating) < 0 ||
        version != RECORD_VERSION)
        return -EINVAL;
    record->init.pid = pid;
    record->init.start_time = (uint64_t)start_time;
    record->created = created > 0 ? created : 0;
    record->attached = attached != 0;
    record->creating = creating != 0;
    record->details = json_object_get(document, "details");
    return 0;
}

int record_read(const char *directory, struct record *record,
                struct error *error)
{
    _cleanup_free_ char *path = path_join(directory, file_name);
    int status;

    memset(record, 0, sizeof(*record));
    if (path == NULL)
        return error_errno(error, ENOMEM, "%s", directory);
    status = json_read_file(path, &record->document, error);
    if (status < 0)
        return status;
    if (unpack(record) < 0) {
        record_release(record);
        return error_set(error, EINVAL,
                         "%s: not a state file of this version; remove the "
                         "container with the version that made it",
                         path);
    }
    return 0;
}

void record_release(struct record *record)
{
    json_decref(record->document);
    memset(record, 0, sizeof(*record));
}

enum container_status record_status(const struct runtime *runtime,
                                    const char *directory,
                                    const struct record *record)
{
    if (!process_alive(&record->init))
        return STATUS_STOPPED;
    if (record->creating)
        return STATUS_CREATING;
    if (runtime->is_paused != NULL && runtime->is_paused(record))
        return STATUS_PAUSED;
    if (!record->attached && start_gate_is_closed(directory))
        return STATUS_CREATED;
    return STATUS_RUNNING;
}

const char *container_status_name(enum container_status status)
{
    static const char *const names[] = {
        [STATUS_CREATING] = "creating", [STATUS_CREATED] = "created",
        [STATUS_RUNNING] = "running",   [STATUS_PAUSED] = "paused",
        [STATUS_STOPPED] = "stopped",
    };

    return names[status];
}

/* Whose container it is, as /etc/passwd has it: the name services of glibc
 * are shared objects, not for a static program. The caller frees it. */
static char *owner_name(const struct record *record)
{
    json_t *uid = json_object_get(record->document, "uid");
    _cleanup_file_ FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *entry;

    while (file != NULL && (entry = fgetpwent(file)) != NULL) {
        if (entry->pw_uid == (uid_t)json_integer_value(uid))
            return strdup(entry->pw_name);
    }
    return strdup("");
}

/* The time as RFC 3339 has it. */
static void format_time(int64_t nanoseconds, char *text, size_t size)
{
    time_t seconds = nanoseconds / NANOSECONDS;
    char date[sizeof("2026-01-01T00:00:00")];
    struct tm utc;

    gmtime_r(&seconds, &utc);
    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text, size, "%s.%09uZ", date,
             (unsigned int)(nanoseconds % NANOSECONDS));
}

json_t *record_state(const struct record *record, enum container_status status,
                     pid_t pid)
{
    json_t *annotations = json_object_get(record->document, "annotations");
    _cleanup_free_ char *owner = owner_name(record);
    char created[48];

    format_time(record->created, created, sizeof(created));
    return json_pack("{ss ss si ss ss ss ss sO* ss}", "ociVersion",
                     RUNTIME_SPEC_VERSION, "id", record->id, "pid",
                     status == STATUS_STOPPED ? 0 : (int)pid, "status",
                     container_status_name(status), "bundle", record->bundle,
                     "rootfs", record->rootfs, "created", created,
                     "annotations", annotations, "owner", owner);
}
